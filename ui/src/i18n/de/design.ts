import type { Catalogue } from '../en';
import { counted, n } from './number';

const comparisons = (items: number) => counted(items, 'Vergleich', 'Vergleiche');
const reasons = (count: number) => counted(count, 'Grund', 'Gründe');
const seconds = (count: number) => counted(count, 'Sekunde', 'Sekunden');

export const design: Catalogue['design'] = {
  title: 'Studie gestalten',
  back: (study) => `Zurück zu ${study}`,
  sections: {
    presets: 'Mit einem bekannten Entwurf beginnen',
    text: 'Frage und Richtlinien',
    answers: 'Antworten',
    detail: 'Was außerdem gefragt wird',
    aspects: 'Aspekte',
    pace: 'Tempo und Anhören',
    running: 'Ablauf der Studie',
  },
  navigation: 'Teile des Formulars',
  attention: (problems) =>
    problems === 1 ? '1 Feld braucht Aufmerksamkeit' : `${n(problems)} Felder brauchen Aufmerksamkeit`,
  unsaved: 'Nicht gespeicherte Änderungen',
  unchanged: 'Keine Änderungen',
  saved: (time) => `Gespeichert um ${time}`,
  saving: 'Wird gespeichert …',

  ask: { off: 'Aus', optional: 'Freiwillig', required: 'Pflicht' },

  problems: {
    empty: 'Hier fehlt noch etwas.',
    id: 'Erlaubt sind nur Buchstaben (a–z), Ziffern, _ und -.',
    idTaken: 'Ein anderer Aspekt hat diese Kennung schon.',
    repeated: 'Einer der Einträge kommt doppelt vor.',
    seconds: 'Hier muss eine ganze Zahl von 0 bis 3.600 stehen.',
    minutes: 'Hier muss eine ganze Zahl von 0 bis 1.440 stehen.',
    overlap: 'Hier muss eine ganze Zahl von 1 bis 1.000 stehen.',
    budget: 'Einen Anteil wie 25 % oder eine ganze Zahl von Vergleichen angeben.',
  },

  presetWords: {
    multipref:
      'Zwei Antworten, beurteilt nach Nützlichkeit, Wahrheit und Harmlosigkeit, je mit Gründen zum Ankreuzen, dann insgesamt. Nach Miranda u. a., Hybrid Preferences (arXiv 2410.19133); im Datensatz MultiPref beurteilen zwei Crowdworker und zwei Fachleute jeden Vergleich.',
    ultrafeedback:
      'Jede Antwort von 1 bis 5 benotet: Befolgen der Anweisung, Wahrheit, Ehrlichkeit und Nützlichkeit. Nach Cui u. a., UltraFeedback (arXiv 2310.01377), wo eine KI die Noten gab.',
    helpsteer:
      'Fünf Merkmale, für jede Antwort benotet, dann eine Präferenz mit Deutlichkeit und Begründung. Nach Wang u. a., HelpSteer2 (arXiv 2406.08673) und HelpSteer2-Preference (arXiv 2410.01257). HelpSteer benotet von 0 bis 4; hier sind dieselben fünf Stufen 1 bis 5.',
    'music-arena':
      'Zwei Stücke zu einem Prompt: links, rechts, gleich gut oder beide schlecht; jedes wird mindestens 5 Sekunden gehört, und was gehört wurde, wird festgehalten. Nach Kim u. a., Music Arena (arXiv 2507.20900).',
    'pick-a-pic':
      'Zwei Bilder zu einem Prompt: welches besser passt und gefällt, oder gleich gut. Nach Kirstain u. a., Pick-a-Pic (arXiv 2305.01569).',
    prism:
      'Bis zu vier Antworten auf den eigenen Prompt eines Menschen, in eine Reihenfolge gebracht und nach den Merkmalen benotet, die PRISM erfragt. Nach Kirk u. a., The PRISM Alignment Dataset (arXiv 2404.16019), wo auf einer Skala von 1 bis 100 benotet wird.',
    'step-dpo':
      'Antworten, die in Schritten denken: den ersten falschen Schritt jeder Antwort markieren, dann die bessere wählen. Nach Lai u. a., Step-DPO (arXiv 2406.18629).',
  },
  presetHint:
    'Ein Entwurf aus einem veröffentlichten Datensatz füllt das Formular darunter. Alles lässt sich ändern; vor dem Speichern gilt nichts davon.',
  presetChoose: 'Bekannte Entwürfe',
  presetUse: 'Diesen Entwurf eintragen',
  presetLoading: 'Entwürfe werden gesucht …',
  presetNow: 'jetzt',
  presetFilled: (title) => `Im Formular steht jetzt der Entwurf von ${title}.`,
  presetTakeBack: 'Zurücknehmen',
  presetAsks: 'Gefragt wird',
  replaceTitle: 'Die Änderungen ersetzen?',
  replaceWords: (title) =>
    `Das Formular wurde geändert. Der Entwurf von ${title} ersetzt das Geschriebene; Richtlinien bleiben, wo er keine mitbringt.`,
  replace: 'Ersetzen',

  question: 'Frage',
  questionHint: 'Steht über jedem Vergleich.',
  guidelines: 'Richtlinien für Annotierende',
  guidelinesHint: (key) =>
    `Markdown: # Überschrift, **fett**, - Liste. Beim Vergleichen mit ${key} zu öffnen.`,
  guidelinesPreview: 'So liest es sich',
  guidelinesEmpty: 'Noch nichts geschrieben.',

  tie: 'Gleich gut',
  tieHint: 'Beide sind gleich gut.',
  bothBad: 'Beide schlecht',
  bothBadHint: 'Keine ist brauchbar. Zählt nicht als Gleichstand.',
  answersHint: 'Links, rechts und Überspringen mit Grund gibt es immer.',

  strength: 'Deutlichkeit',
  strengthHint: 'Wie viel besser: kaum, etwas, deutlich, viel.',
  confidence: 'Sicherheit',
  confidenceHint: 'Wie sicher: geraten, unsicher, ziemlich sicher, ganz sicher.',
  rationale: 'Begründung in Worten',
  rationaleHint: 'Freier Text; als Pflicht kostet er die meiste Zeit.',
  highlights: 'Markierungen',
  highlightsHint: 'Gute und schlechte Textstellen. Als Pflicht: mindestens eine.',
  steps: 'Erster falscher Schritt',
  stepsHint: 'Für Lösungen in Schritten: wo jede Antwort zuerst fehlgeht.',
  reasons: 'Gründe zum Ankreuzen',
  reasonsHint: 'Für den ganzen Vergleich; beliebig viele können angekreuzt werden.',

  list: {
    item: (what, at) => `${what}, ${at}`,
    remove: (text) => (text === '' ? 'Leere Zeile entfernen' : `„${text}“ entfernen`),
    add: 'Grund hinzufügen',
    keys: 'Die Eingabetaste beginnt eine neue Zeile; eingefügte Zeilen werden einzelne Gründe.',
  },

  aspectsHint:
    'Jeder Aspekt ist eine eigene Frage neben der Antwort; gefragt wird in dieser Reihenfolge.',
  aspectsNone: 'Keine Aspekte: Der Vergleich wird als Ganzes beurteilt.',
  aspectAdd: 'Aspekt hinzufügen',
  aspectUntitled: 'Aspekt ohne Namen',
  aspectName: 'Bezeichnung',
  aspectNameHint: 'Was beim Vergleichen zu lesen ist.',
  aspectId: 'Kennung',
  aspectIdHint: 'Der Name in Exporten.',
  aspectIdFollow: 'Aus der Bezeichnung bilden',
  aspectDescription: 'Beschreibung',
  aspectDescriptionHint: 'Was gemeint ist, in einem Satz; darf leer sein.',
  aspectScale: 'Beurteilt als',
  scale: { preference: 'Was ist besser', rating: 'Je 1 bis 5' },
  aspectAsk: 'Gefragt',
  aspectReasons: 'Gründe zum Ankreuzen',
  aspectUp: (name) => `${name} nach oben`,
  aspectDown: (name) => `${name} nach unten`,
  aspectRemove: (name) => `${name} entfernen`,
  aspectMoved: (name, place, of) => `${name} ist jetzt Nummer ${place} von ${of}.`,
  aspectKeys: 'verschiebt einen Aspekt',
  aspectReasonCount: reasons,

  dwell: 'Lesen vor einer Antwort',
  dwellHint: 'Wie lange ein Vergleich zu sehen sein muss. 0: keine Grenze.',
  listen: 'Anhören vor einer Antwort',
  listenHint: 'Wie lange jedes Stück zu hören sein muss, ein kürzeres ganz. Nur Musik. 0: keine Grenze.',
  breakAfter: 'Pause vorschlagen nach',
  breakHint: 'Arbeit ohne Pausen ermüdet; der Vorschlag lässt sich übergehen. 0: nie.',
  seconds: 'Sekunden',
  minutes: 'Minuten',
  loudness: 'Stücke gleich laut abspielen',
  loudnessHint:
    'Nur Musik. Sonst gewinnt leicht das lautere Stück. Beim Vergleichen abschaltbar.',

  blind: 'Verbergen, welches System eine Antwort erzeugt hat',
  blindHint: 'Namen von Systemen bleiben verborgen, bis das Urteil gespeichert ist.',
  overlap: 'Menschen je Vergleich',
  overlapHint: 'Ab zwei zeigt sich, wie einig sich die Annotierenden sind.',
  people: 'Menschen',
  budget: 'Budget an menschlichen Urteilen',
  budgetHint: 'Ein Anteil wie 25 % oder eine Zahl von Vergleichen.',
  budgetItems: (items, total) =>
    `Zurzeit ${n(items)} von ${counted(total, 'Vergleich', 'Vergleichen')}`,

  preview: {
    title: 'Was beim Vergleichen zu sehen ist',
    words: 'Für jeden Vergleich von zweien, in dieser Reihenfolge:',
    answer: 'Antwort',
    answers: {
      sides: 'links oder rechts',
      tie: 'gleich gut',
      bothBad: 'beide schlecht',
      skip: 'überspringen mit Grund',
    },
    or: ', ',
    strength: 'Wie viel besser',
    confidence: 'Wie sicher',
    reasons: 'Gründe zum Ankreuzen',
    highlights: 'Gute und schlechte Stellen',
    steps: 'Erster falscher Schritt jeder Antwort',
    rationale: 'Begründung in Worten',
    required: 'Pflicht',
    optional: 'freiwillig',
    keys: (keys) => counted(keys, 'Taste', 'Tasten'),
    typed: 'geschrieben',
    marked: 'markiert',
    reasonCount: reasons,
    fewest: 'Mindestens',
    all: 'Mit allem',
    more: 'und was geschrieben oder markiert wird',
    dwell: (given) => `Antworten gelten ab ${seconds(given)}.`,
    listen: (given) => `Jedes Stück muss ${seconds(given)} lang gehört werden.`,
    systems: 'Die Namen der Systeme sind zu sehen.',
    overlap: (people) =>
      people === 1
        ? 'Ein Mensch beurteilt jeden Vergleich.'
        : `${n(people)} Menschen beurteilen jeden Vergleich.`,
    breakAfter: (minutes) => `Nach ${counted(minutes, 'Minute', 'Minuten')} wird eine Pause vorgeschlagen.`,
  },

  compare: {
    title: (items) =>
      items === 1
        ? '1 Vergleich ist schon beurteilt'
        : `${comparisons(items)} sind schon beurteilt`,
    words:
      'Frühere Urteile bleiben, wie sie sind. Mit diesen Änderungen sind spätere schlechter mit ihnen vergleichbar:',
    question: 'Die Frage lautet anders.',
    answers: 'Andere Antworten sind erlaubt.',
    strength: 'Nach der Deutlichkeit wird jetzt gefragt oder nicht mehr gefragt.',
    confidence: 'Nach der Sicherheit wird jetzt gefragt oder nicht mehr gefragt.',
    blind: 'Namen von Systemen sind jetzt verborgen oder nicht mehr verborgen.',
    loudness: 'Die Lautheit der Stücke wird jetzt angeglichen oder nicht mehr angeglichen.',
    overlap: (from, to) => `Menschen je Vergleich: ${n(to)} statt ${n(from)}.`,
    aspectAdded: (name) => `Der Aspekt „${name}“ ist neu.`,
    aspectRemoved: (name) => `Nach dem Aspekt „${name}“ wird nicht mehr gefragt.`,
    aspectScale: (name) => `Der Aspekt „${name}“ wird anders gemessen.`,
    aspectAsk: (name) => `Der Aspekt „${name}“ ist jetzt Pflicht oder keine Pflicht mehr.`,
  },

  leaveTitle: 'Änderungen speichern?',
  leaveWords: 'Der Entwurf der Studie hat Änderungen, die noch nicht gespeichert sind.',
  leaveSave: 'Speichern und verlassen',
  leaveDiscard: 'Verlassen, ohne zu speichern',
  leaveStay: 'Weiter schreiben',
};
