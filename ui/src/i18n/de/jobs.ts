import type { Catalogue } from '../en';

export const jobs: Catalogue['jobs'] = {
  starting: 'Beginnt',
  stages: {
    Scoring: 'Reward-Modell rechnet',
    Routing: 'Verteilung auf Menschen und Modell',
    Labelling: 'Das Reward-Modell bewertet',
    'Labelling by the reward model': 'Das Reward-Modell bewertet',
    Exporting: 'Zeilen werden geschrieben',
    'Checking the pack': 'Das Paket wird geprüft',
    'Opening the reward model': 'Das Reward-Modell wird geladen',
    'Reading labels': 'Urteile werden gelesen',
    'Cross-validating': 'Kreuzvalidierung',
    'Fitting the ensemble': 'Der Kopf wird trainiert',
  },
  importing: (file) => `${file} wird importiert`,
  of: (done, total) => `${done} von ${total}`,
  left: (time) => `noch etwa ${time}`,
  cancelled: 'Abgebrochen. Was vollständig war, bleibt erhalten.',
  cancelling: 'Wird abgebrochen …',
};
