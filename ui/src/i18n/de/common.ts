import type { Catalogue } from '../en';

export const common: Catalogue['common'] = {
  save: 'Speichern',
  cancel: 'Abbrechen',
  close: 'Schließen',
  left: 'Links',
  right: 'Rechts',
  tie: 'Gleich gut',
  place: (index, of) => (of === 2 ? (index === 0 ? 'Links' : 'Rechts') : `Kandidat ${index + 1}`),
  placed: 'Eingeordnet',
  placedLong: (place) => `Eingeordnet: ${place}`,
  choose: 'Wählen',
  chooseLong: (place) => `Wählen: ${place}`,
  chosen: 'Gewählt',
  chosenLong: (place) => `Gewählt: ${place}`,
  earlier: 'Frühere Antwort',
};
