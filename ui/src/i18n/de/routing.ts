import type { Catalogue } from '../en';
import { counted, n } from './number';

const comparisons = (items: number) => counted(items, 'Vergleich', 'Vergleiche');
const withLabels = (labels: number) => counted(labels, 'Urteil', 'Urteile');

export const routing: Catalogue['routing'] = {
  title: 'Verteilung',
  back: (study) => `Zurück zu ${study}`,
  loading: 'Die Verteilung wird gelesen …',
  again: 'Noch einmal versuchen',
  empty: 'Diese Studie ist leer. Es gibt noch nichts zu verteilen.',
  failed: 'Die letzte Verteilung im Hintergrund ist gescheitert:',

  sides: {
    title: 'Wer den Anteil der KI bewertet',
    reward: 'Reward-Modell',
    judge: (name) => `KI-Urteile: ${name}`,
    coverage: (items, all) => `${n(items)} von ${n(all)}`,
    labelled: 'Bewertet',
    scored: 'Berechnet',
    accuracy: 'In der Stichprobe',
    accuracyLabelled: 'Soweit bewertet',
    interval: (share, range) => `${share} (${range})`,
    unknown: 'noch nicht bekannt',
    hint: 'Richtig: wie die meisten Menschen sagen; unentschieden zählt halb.',
    notReady: 'Kein Reward-Modell ist bereit. Was es nicht berechnen kann, geht an Menschen.',
    none: 'Nur Menschen können hier urteilen: Es gibt weder ein Reward-Modell noch Urteile einer KI. Alle Vergleiche gehen an Menschen.',
    missing: (items) =>
      `${comparisons(items)} ohne Urteil dieser KI ${items === 1 ? 'geht' : 'gehen'} an Menschen.`,
  },

  pilot: {
    title: 'Pilotstichprobe',
    what: 'Eine Zufallsstichprobe, die Menschen bewerten und die KI ebenso. Aus ihr stammt, was die Verteilung weiß.',
    size: 'Vergleiche in der Stichprobe',
    sizeHint: (proposed) => `Vorschlag: ${n(proposed)}.`,
    sizeWrong: (most) => `Eine ganze Zahl von 1 bis ${n(most)} wird gebraucht.`,
    draw: 'Stichprobe ziehen',
    drawing: 'Die Stichprobe wird gezogen',
    drawn: (items) => `${comparisons(items)} für die Stichprobe gezogen.`,
    progress: (labelled, size) => `${n(labelled)} von ${counted(size, 'Vergleich', 'Vergleichen')} bewertet`,
    when: (when) => `Gezogen ${when}.`,
    imported: (items) =>
      `${counted(items, 'weiterer Vergleich', 'weitere Vergleiche')} mit importierten Urteilen von Menschen ${items === 1 ? 'zählt' : 'zählen'} mit.`,
    complete: 'Die Stichprobe ist bewertet.',
    missing: (items) =>
      `Für eine Budgetkurve ${items === 1 ? 'fehlt' : 'fehlen'} noch ${counted(items, 'bewerteter Vergleich', 'bewertete Vergleiche')}.`,
    annotate: 'Bewerten',
    resize: 'Mehr ziehen',
  },

  policies: {
    auto: { name: 'Automatisch', what: 'das in der Stichprobe beste der anderen Verfahren, sonst Zufall' },
    random: { name: 'Zufall', what: 'durch Los' },
    'least-certain': {
      name: 'Am wenigsten sicher',
      what: 'wo die KI nach eigener Auskunft am unsichersten ist',
    },
    'ai-error': { name: 'KI-Fehler', what: 'wo das Urteil der KI am ehesten falsch ist' },
    'ppm-top-k': { name: 'PPM, die besten k', what: 'die größten vorhergesagten Gewinne, einer nach dem anderen' },
    'ppm-simulated': {
      name: 'PPM, simuliert',
      what: 'die beste vorhergesagte von vielen Mischungen zu diesem Budget',
    },
    'ppm-unlimited': {
      name: 'PPM, unbegrenzt',
      what: 'die beste vorhergesagte Mischung, auch für weniger als das Budget',
    },
    value: { name: 'Ertrag', what: 'der größte erwartete Gewinn je Sekunde menschlicher Zeit' },
    'people-only': { name: 'Nur Menschen', what: 'wo keine KI urteilen kann' },
    pilot: { name: 'Stichprobe', what: 'eine Zufallsstichprobe für Menschen' },
  },

  curve: {
    title: 'Was ein Budget bringt',
    none: 'Die Kurve zeigt nach der Pilotstichprobe, wie genau die Urteile mit jedem Budget werden.',
    missing: (items) =>
      `Sie lässt sich berechnen, sobald ${counted(items, 'weiterer Vergleich', 'weitere Vergleiche')} der Stichprobe bewertet ${items === 1 ? 'ist' : 'sind'}.`,
    compute: 'Kurve berechnen',
    again: 'Neu berechnen',
    computing: 'Die Budgetkurve wird berechnet',
    computed: 'Die Budgetkurve ist berechnet.',
    basis: (items, prompts, when, time) =>
      `Kreuzvalidiert an ${counted(items, 'bewerteten Vergleich', 'bewerteten Vergleichen')} zu ${counted(prompts, 'Prompt', 'Prompts')}. ${when}, Dauer ${time}.`,
    stale: (labels) =>
      `Seither ${labels === 1 ? 'ist' : 'sind'} ${withLabels(labels)} von Menschen dazugekommen.`,
    otherSide: (name) => `Diese Kurve wurde mit einer anderen KI berechnet: ${name}.`,
    measure: 'Gemessen an',
    measures: { labels: 'Übereinstimmung mit der Mehrheit', reward: 'Genauigkeit des Reward-Modells' },
    forPeople: 'Von Menschen bewertet',
    row: (policy, share) => `${policy}: ${share}`,
    words: (measure, ai, people, half) =>
      `${measure} von ${ai}, wenn die KI alles bewertet, bis ${people}, wenn Menschen alles bewerten. Bei 50 %: ${half}.`,
    withInterval: (share, range) => `${share} (${range})`,
    note: 'Bänder: 95-%-Intervalle der hervorgehobenen Verfahren. Die Linie lässt sich ziehen und ändert das Budget.',
  },

  budget: {
    title: 'Budget für Menschen',
    of: (percent, items, all) => `${percent} · ${n(items)} von ${counted(all, 'Vergleich', 'Vergleichen')}`,
    moved: (percent, accuracy) => `${percent}, Übereinstimmung mit der Mehrheit der Menschen ${accuracy}`,
    upTo: (percent, spends) => `bis ${percent}, braucht ${spends}`,
    leaves: (percent, spends, items, all) =>
      `bis ${percent} · braucht ${spends}: ${n(items)} von ${n(all)}`,
    expected: 'Zu erwarten',
    here: 'Dieses Budget',
    allAi: 'KI allein',
    allHuman: 'Menschen allein',
    labels: 'Übereinstimmung mit der Mehrheit der Menschen',
    reward: 'Damit trainiertes Reward-Modell',
    byLot: (percent) =>
      `Stichprobe und Kontrolle, ${percent} der Vergleiche, bestimmt das Los; das Verfahren verteilt nur den Rest eines Budgets. Die Übereinstimmung hier berücksichtigt das, die Kurve nicht.`,
    items: 'Vergleiche für Menschen',
    itemsNote: (done, left) => `${n(done)} schon bewertet, ${n(left)} offen`,
    above: 'Menschen behalten die Stichprobe, was sie bewertet haben und was die KI nicht bewerten kann: mehr, als dieses Budget verlangt.',
    time: 'Zeit von Menschen',
    timeNote: (labels, seconds) => `${withLabels(labels)}, je ${seconds}`,
    basis: {
      measured: (labels) => `an ${counted(labels, 'Urteil', 'Urteilen')} gemessen`,
      given: () => 'wie eingestellt',
      assumed: () => 'nach der Länge der Texte angenommen',
    },
    price: 'Kosten',
    priceNote: (hour) => `${hour} die Stunde`,
    priceNone: 'kein Preis eingestellt',
    unknown: 'Was es bringt, ist erst bekannt, wenn die Kurve berechnet ist.',
  },

  choice: {
    title: 'Wie das Budget verteilt wird',
    takes: (policy) => `nimmt ${policy}`,
    advantage: 'Über Zufall',
    points: (value, low, high) => `${value} Punkte (${low} bis ${high})`,
    more: 'mehr als Zufall',
    chance: 'vielleicht Zufall',
    nothing: 'Nichts ist in dieser Stichprobe besser als das Los. Die Fehler der KI folgen keinem gefundenen Muster, oder zu wenige Vergleiche sind bewertet, um eines zu zeigen.',
    unmeasured: 'nicht gemessen',
  },

  fit: {
    title: 'Wie gut die Vorhersagemodelle (PPM) passen',
    kind: 'Modell',
    kinds: {
      linear: 'Linear',
      quadratic: 'Quadratisch',
      'linear, ridge': 'Linear (Ridge)',
      'quadratic, ridge': 'Quadratisch (Ridge)',
      'linear, minimum norm': 'Linear (kleinste Norm)',
      'quadratic, minimum norm': 'Quadratisch (kleinste Norm)',
    },
    mixes: 'Mischungen',
    spearman: 'Rangkorrelation',
    rmse: 'Fehler (RMSE)',
    constant: 'RMSE des Mittelwerts',
    worse: 'nicht besser als der Mittelwert',
    better: 'besser als der Mittelwert',
  },

  notes: 'Beim Lesen zu wissen',

  confirm: {
    open: (items) => `${comparisons(items)} an Menschen geben …`,
    title: (items) => `${comparisons(items)} an Menschen geben?`,
    by: (policy) => `Ausgewählt nach: ${policy}`,
    people: (items, left) =>
      `Menschen bewerten ${comparisons(items)}; davon ${left === 1 ? 'ist' : 'sind'} noch ${n(left)} offen.`,
    ai: (items, who) => `Die übrigen ${comparisons(items)} bewertet: ${who}.`,
    cost: (time, price) =>
      price === null
        ? `Das kostet Menschen ${time} Zeit.`
        : `Das kostet Menschen ${time} Zeit, zusammen ${price}.`,
    accuracy: (share, range) =>
      `Zu erwarten ist eine Übereinstimmung der Urteile mit der Mehrheit der Menschen von ${share} (95-%-Intervall ${range}).`,
    leaves: (percent, spends) =>
      `Das Verfahren darf bis zu ${percent} brauchen und braucht voraussichtlich ${spends}; wie viel es ist, steht erst danach fest.`,
    notes: (notes) => `Beim Lesen zu wissen: ${notes}.`,
    replaces: 'Die geltende Verteilung wird ersetzt. Kein Urteil geht verloren.',
    later: (every) =>
      `Nach je ${counted(every, 'neuen Urteil', 'neuen Urteilen')} wird der Rest im Hintergrund neu verteilt.`,
    never: 'So bleibt es, bis jemand neu verteilt.',
    run: 'Verteilen',
    running: 'Verteilung läuft',
    routed: (people, ai) => `Verteilt: ${comparisons(people)} an Menschen, ${n(ai)} an die KI.`,
  },

  run: {
    title: 'Geltende Verteilung',
    pilot: {
      label: 'Die Pilotstichprobe wird bewertet. Alles andere wartet, bis ein Budget gewählt ist.',
      more: 'Die Pilotstichprobe ist bewertet, aber zu klein für eine Budgetkurve: Mehr ziehen. Alles andere wartet.',
      compute: 'Die Pilotstichprobe ist bewertet: Jetzt die Kurve berechnen. Alles andere wartet, bis ein Budget gewählt ist.',
      choose: 'Die Pilotstichprobe ist bewertet: Jetzt ein Budget wählen. Alles andere wartet so lange.',
    },
    policy: 'Verfahren',
    took: (asked, used) => `${asked} (${used})`,
    why: 'Warum',
    budget: 'Budget',
    seed: 'Startwert',
    fitted: 'Gelernt aus',
    fittedOn: (labels) => counted(labels, 'Urteil', 'Urteilen'),
    since: (labels) => `${n(labels)} neue seither`,
    ran: 'Zuletzt verteilt',
    byItself: 'im Hintergrund',
    asked: 'auf Wunsch',
    rerouted: (times) => `${n(times)}-mal neu verteilt`,
    progress: (labelled, people) => `${n(labelled)} von ${n(people)} von Menschen bewertet`,
    ai: (items) => `${comparisons(items)} für die KI`,
    imported:
      'Importierte Urteile zählen als bewertet. Auch nach diesen Vergleichen wird gefragt, aber erst nach allen anderen.',
    tags: 'Wo Menschen am meisten gebraucht werden',
    tagsLeast: 'Wo Menschen am wenigsten gebraucht werden',
    tag: (tag, items) => `${tag} (${n(items)})`,
    more: 'mehr',
    less: 'weniger',
    tagWords: (tag, gain) => `${tag}: ${gain}`,
  },

  audit: {
    title: 'Stichprobe zur Kontrolle',
    what: 'Ein kleiner zufälliger Anteil geht immer an Menschen, damit diese Schätzung unverzerrt bleibt.',
    none: 'Dafür ist noch nichts gezogen.',
    accuracy: 'KI richtig',
    interval: (range) => `95-%-Intervall ${range}`,
    items: (labelled, items) => `${n(labelled)} von ${counted(items, 'Vergleich', 'Vergleichen')} bewertet`,
    unknown: 'noch nicht bekannt',
    less: (earlier, later) =>
      `In der späteren Hälfte der Urteile stimmen Menschen der KI seltener zu: bei ${later}, vorher bei ${earlier} (p < 0,001).`,
    more: (earlier, later) =>
      `In der späteren Hälfte der Urteile stimmen Menschen der KI häufiger zu: bei ${later}, vorher bei ${earlier} (p < 0,001).`,
    why: 'Die KI ist in beiden dieselbe; die Vergleiche oder die Menschen sind andere.',
  },

  settings: {
    title: 'Einstellungen',
    audit: 'Anteil zur Kontrolle',
    auditHint: 'Prozent der Vergleiche, 0 bis 100',
    every: 'Neu verteilen nach',
    everyHint: 'neuen Urteilen von Menschen; 0: nie',
    order: 'Reihenfolge für Menschen',
    orders: { 'teaches-most': 'zuerst, was am meisten lehrt', plan: 'wie geplant' },
    seconds: 'Sekunden je Urteil',
    secondsHint: 'leer: wie gemessen',
    price: 'Preis einer Stunde',
    priceHint: 'leer: nicht bekannt',
    currency: 'Währung',
    tags: 'Felder mit eigenen Merkmalen',
    tagsHint: 'Felder der Metadaten, durch Kommas getrennt',
    wrong: 'Nicht gespeichert: keine Zahl in den Grenzen.',
    tagged: 'Woher die Merkmale stammen',
    taggedItems: (items, when) => `${comparisons(items)}, ${when}`,
    how: {
      imported: 'aus den Daten',
      likeness: 'nach Ähnlichkeit mit Beispielen',
      none: 'gar nicht: kein Text-Encoder',
      rules: 'nach Regeln',
      measured: 'gemessen',
      own: 'eigenes Feld',
    },
  },

  items: {
    title: 'Wer welchen Vergleich bewertet',
    side: 'Seite',
    human: (items) => `Menschen (${n(items)})`,
    ai: (items) => `KI (${n(items)})`,
    rank: 'Platz',
    item: 'Nummer',
    prompt: 'Aufgabe',
    gain: 'Gewinn',
    reason: 'Warum',
    purpose: 'Für',
    purposes: {
      policy: 'Budget',
      pilot: 'Stichprobe',
      audit: 'Kontrolle',
      'people-only': 'nur Menschen können es',
    },
    labelled: 'Bewertet',
    yes: 'ja',
    more: 'Mehr',
    none: 'Kein Vergleich.',
    shown: (items) => `${comparisons(items)} gezeigt`,
  },
};
