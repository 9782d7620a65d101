export const welcome = {
  intro:
    'Compare answers, images and music. A reward model labels what is clear; people decide the rest.',
  newStudy: 'New study…',
  openStudy: 'Open study…',
  recent: 'Recent studies',
  looking: 'Looking…',
  none: 'None yet. A study is one file, NAME.tiebreak, that holds all of its data.',
  gone: '(the file is not there any more)',
  version: (version: string): string => `Version ${version}`,
};
