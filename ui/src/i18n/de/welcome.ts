import type { Catalogue } from '../en';

export const welcome: Catalogue['welcome'] = {
  intro:
    'Antworten, Bilder und Musik vergleichen. Ein Reward-Modell entscheidet, was klar ist; den Rest entscheiden Menschen.',
  newStudy: 'Neue Studie …',
  openStudy: 'Studie öffnen …',
  recent: 'Zuletzt geöffnete Studien',
  looking: 'Wird gesucht …',
  none: 'Noch keine. Eine Studie ist eine Datei, NAME.tiebreak, die alle ihre Daten enthält.',
  gone: '(die Datei ist nicht mehr da)',
  version: (version) => `Version ${version}`,
};
