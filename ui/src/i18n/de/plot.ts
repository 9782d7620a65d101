import type { Catalogue } from '../en';

export const plot: Catalogue['plot'] = {
  table: 'Tabelle',
  tableOf: (title) => `Tabelle: ${title}`,
  drawing: 'Wird gezeichnet …',
  failed: 'Das Diagramm lässt sich nicht zeichnen. Seine Zahlen stehen in der Tabelle.',
};
