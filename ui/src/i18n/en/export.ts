import { counted, n } from './number';

/** What a format is called and for whom, where the program's own words are not in this language. */
export interface FormatWords {
  title: string;
  description: string;
}

export const exporting = {
  title: 'Export',
  running: 'Exporting',
  format: 'Format',
  formats: {} as Record<string, FormatWords>,
  sources: (people: number, model: number): string =>
    `Each row says whether people or the reward model labelled it, how strongly, and by which pseudonym; a card describes the whole. So far people have labelled ${counted(people, 'item')} and the reward model ${n(model)}.`,
  waiting: (items: number): string =>
    `${counted(items, 'item')} still ${items === 1 ? 'waits' : 'wait'} for people.`,
  run: 'Choose folder and export…',
  done: 'Exported',
  rows: 'Rows',
  byPeople: 'Labelled by people',
  byAi: 'Labelled by AI',
  folder: 'Folder',
  files: 'Files',
  leftOut: 'Left out',
  /** Why items are left out, by the program's own words; what is missing is shown as it is. */
  reasons: {} as Record<string, string>,
  notes: 'To note',
};
