import type { Catalogue } from '../en';
import { counted, n } from './number';

export const exporting: Catalogue['exporting'] = {
  title: 'Exportieren',
  running: 'Export läuft',
  format: 'Format',
  formats: {
    trl: {
      title: 'JSON Lines, Text',
      description: 'prompt, chosen und rejected als Text: das Standardformat von TRL für Präferenzen',
    },
    'trl-conversational': {
      title: 'JSON Lines, Gespräche',
      description: 'prompt, chosen und rejected als Nachrichten: das Gesprächsformat von TRL',
    },
    parquet: {
      title: 'Parquet, Gespräche',
      description: 'für Hugging Face Datasets; Nachrichten, komprimiert',
    },
    'parquet-standard': {
      title: 'Parquet, Text',
      description: 'für Hugging Face Datasets; Text, komprimiert',
    },
  },
  sources: (people, model) =>
    `Jede Zeile sagt, ob Menschen oder das Reward-Modell sie bewertet haben, wie deutlich und unter welchem Pseudonym; eine Karte beschreibt das Ganze. Bisher haben Menschen ${counted(people, 'Vergleich', 'Vergleiche')} bewertet und das Reward-Modell ${n(model)}.`,
  waiting: (items) =>
    items === 1
      ? '1 Vergleich wartet noch auf Menschen.'
      : `${n(items)} Vergleiche warten noch auf Menschen.`,
  run: 'Ordner wählen und exportieren …',
  done: 'Exportiert',
  rows: 'Zeilen',
  byPeople: 'Von Menschen bewertet',
  byAi: 'Von KI bewertet',
  folder: 'Ordner',
  files: 'Dateien',
  leftOut: 'Ausgelassen',
  reasons: {
    tie: 'gleich gut',
    'both bad': 'beide schlecht',
    'no majority': 'keine Mehrheit',
    'identical answers': 'gleiche Antworten',
    'no human label yet': 'noch kein Urteil von Menschen',
    'no label of the reward model yet': 'noch kein Urteil des Reward-Modells',
    'only one candidate': 'nur eine Antwort',
    'imported after the routing': 'nach der Verteilung importiert',
    'the preferred candidate is gone': 'die bevorzugte Antwort ist nicht mehr da',
  },
  notes: 'Zu beachten',
};
