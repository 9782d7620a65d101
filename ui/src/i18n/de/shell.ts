import type { Catalogue } from '../en';

export const shell: Catalogue['shell'] = {
  starting: 'Wird gestartet …',
  dismiss: 'Ausblenden',
  language: 'Sprache',
  ctrl: 'Strg',
  colour: { auto: 'Automatisch', light: 'Hell', dark: 'Dunkel' },
  colours: (now) => `Farben: ${now}`,
  coloursNext: (now, next) => `Farben: ${now}. Ein Klick wechselt zu „${next}“.`,
};
