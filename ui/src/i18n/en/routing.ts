import { counted, n } from './number';

export const routing = {
  title: 'Routing',
  back: (study: string): string => `Back to ${study}`,
  loading: 'Reading how the study is routed…',
  again: 'Try again',
  empty: 'This study is empty. There is nothing to route yet.',
  failed: 'The last routing in the background failed:',

  sides: {
    title: 'Who labels the AI’s share',
    reward: 'Reward model',
    judge: (name: string): string => `Judge: ${name}`,
    coverage: (items: number, all: number): string => `${n(items)} of ${n(all)}`,
    labelled: 'Labelled',
    scored: 'Scored',
    accuracy: 'On the pilot',
    accuracyLabelled: 'On labelled items',
    interval: (share: string, range: string): string => `${share} (${range})`,
    unknown: 'not known yet',
    hint: 'Right: as most people say, a tie counts half.',
    notReady: 'No reward model is ready. What it cannot score goes to people.',
    none: 'Nobody but people can label these items: there is neither a reward model nor a judge with labels. All items go to people.',
    missing: (items: number): string =>
      `${counted(items, 'item')} without a label of this judge ${items === 1 ? 'goes' : 'go'} to people.`,
  },

  pilot: {
    title: 'Pilot',
    what: 'A random sample that people label and the AI labels too. What routing knows comes from it.',
    size: 'Items in the pilot',
    sizeHint: (proposed: number): string => `Proposed: ${n(proposed)}.`,
    sizeWrong: (most: number): string => `A whole number from 1 to ${n(most)} is needed.`,
    draw: 'Draw the pilot',
    drawing: 'Drawing the pilot',
    drawn: (items: number): string => `${counted(items, 'item')} drawn for the pilot.`,
    progress: (labelled: number, size: number): string =>
      `${n(labelled)} of ${counted(size, 'item')} labelled`,
    when: (when: string): string => `Drawn ${when}.`,
    imported: (items: number): string =>
      `${counted(items, 'further item')} with imported labels of people ${items === 1 ? 'counts' : 'count'} as well.`,
    complete: 'The pilot is labelled.',
    missing: (items: number): string =>
      `${counted(items, 'more labelled item')} ${items === 1 ? 'is' : 'are'} needed for a budget curve.`,
    annotate: 'Label it',
    resize: 'Draw more',
  },

  policies: {
    auto: { name: 'Automatic', what: 'the best of the others on the pilot, or random' },
    random: { name: 'Random', what: 'by lot' },
    'least-certain': {
      name: 'Least certain',
      what: 'where the AI is least sure by its own account',
    },
    'ai-error': { name: 'AI error', what: 'where the AI’s label is most likely wrong' },
    'ppm-top-k': {
      name: 'PPM top k',
      what: 'the largest predicted gains, one by one',
    },
    'ppm-simulated': {
      name: 'PPM simulated',
      what: 'the best predicted of many mixes at the budget',
    },
    'ppm-unlimited': {
      name: 'PPM unlimited',
      what: 'the best predicted mix, for less than the budget too',
    },
    value: { name: 'Value', what: 'the largest expected gain per second of a person’s time' },
    'people-only': { name: 'People only', what: 'where no AI can label' },
    pilot: { name: 'Pilot', what: 'a random sample for people' },
  } as Record<string, { name: string; what: string }>,

  curve: {
    title: 'What a budget buys',
    none: 'The curve shows how accurate the labels become with each budget, by the pilot.',
    missing: (items: number): string =>
      `It can be computed once ${counted(items, 'more item')} of the pilot ${items === 1 ? 'is' : 'are'} labelled.`,
    compute: 'Compute the curve',
    again: 'Compute again',
    computing: 'Computing the budget curve',
    computed: 'The budget curve is computed.',
    basis: (items: number, prompts: number, when: string, time: string): string =>
      `Cross-validated on ${counted(items, 'labelled item')} of ${counted(prompts, 'prompt')}. ${when}, took ${time}.`,
    stale: (labels: number): string =>
      `People have given ${counted(labels, 'label')} since this was computed.`,
    otherSide: (name: string): string => `This curve was computed with another AI side: ${name}.`,
    measure: 'Measured by',
    measures: { labels: 'Agreement with people’s majority', reward: 'Reward-model accuracy' },
    forPeople: 'Labelled by people',
    row: (policy: string, share: string): string => `${policy} ${share}`,
    words: (measure: string, ai: string, people: string, half: string): string =>
      `${measure} from ${ai} when the AI labels all to ${people} when people label all. At 50%: ${half}.`,
    withInterval: (share: string, range: string): string => `${share} (${range})`,
    note: 'Bands: 95% intervals of the policies that stand out. Drag the line to move the budget.',
  },

  budget: {
    title: 'Budget for people',
    of: (percent: string, items: number, all: number): string =>
      `${percent} · ${n(items)} of ${n(all)} items`,
    moved: (percent: string, accuracy: string): string => `${percent}, agreement with people’s majority ${accuracy}`,
    upTo: (percent: string, spends: string): string => `up to ${percent}, would spend ${spends}`,
    leaves: (percent: string, spends: string, items: number, all: number): string =>
      `up to ${percent} · would spend ${spends}, ${n(items)} of ${n(all)} items`,
    expected: 'Expected',
    here: 'This budget',
    allAi: 'AI alone',
    allHuman: 'People alone',
    labels: 'Agreement with people’s majority',
    reward: 'Reward model trained on it',
    byLot: (percent: string): string =>
      `Pilot and audit, ${percent} of the items, are drawn by lot; the policy places only the rest of a budget. The agreement here counts that, the curve does not.`,
    items: 'Items for people',
    itemsNote: (done: number, left: number): string =>
      `${n(done)} labelled already, ${n(left)} to do`,
    above: 'People keep the pilot, what they have labelled, and what the AI cannot label: more than this budget asks for.',
    time: 'Time of people',
    timeNote: (labels: number, seconds: string): string =>
      `${counted(labels, 'label')}, ${seconds} each`,
    basis: {
      measured: (labels: number): string => `measured on ${counted(labels, 'label')}`,
      given: (): string => 'as set',
      assumed: (): string => 'assumed from the length of the texts',
    } as Record<string, (labels: number) => string>,
    price: 'Cost',
    priceNote: (hour: string): string => `${hour} an hour`,
    priceNone: 'no price set',
    unknown: 'What it buys is not known before the curve is computed.',
  },

  choice: {
    title: 'How the budget is spent',
    takes: (policy: string): string => `takes ${policy}`,
    advantage: 'Above random',
    points: (value: string, low: string, high: string): string =>
      `${value} points (${low} to ${high})`,
    more: 'more than chance',
    chance: 'may be chance',
    nothing: 'Nothing beats a draw by lot on this pilot. The AI’s errors follow no pattern that was found, or too few are labelled to show one.',
    unmeasured: 'not measured',
  },

  fit: {
    title: 'How well the performance prediction models fit',
    kind: 'Model',
    kinds: {
      linear: 'Linear',
      quadratic: 'Quadratic',
      'linear, ridge': 'Linear, ridge',
      'quadratic, ridge': 'Quadratic, ridge',
      'linear, minimum norm': 'Linear, minimum norm',
      'quadratic, minimum norm': 'Quadratic, minimum norm',
    } as Record<string, string>,
    mixes: 'Mixes',
    spearman: 'Rank correlation',
    rmse: 'RMSE',
    constant: 'RMSE of the mean',
    worse: 'no better than the mean',
    better: 'better than the mean',
  },

  notes: 'To know when reading this',

  confirm: {
    open: (items: number): string => `Route ${counted(items, 'item')} to people…`,
    title: (items: number): string => `Route ${counted(items, 'item')} to people?`,
    by: (policy: string): string => `Chosen by: ${policy}`,
    people: (items: number, left: number): string =>
      `People label ${counted(items, 'item')}; ${n(left)} of them ${left === 1 ? 'is' : 'are'} still to be done.`,
    ai: (items: number, who: string): string =>
      `The other ${counted(items, 'item')} ${items === 1 ? 'is' : 'are'} labelled by: ${who}.`,
    cost: (time: string, price: string | null): string =>
      price === null ? `That takes people ${time}.` : `That takes people ${time} and costs ${price}.`,
    accuracy: (share: string, range: string): string =>
      `Agreement of the labels with people’s majority is expected to be ${share} (95% interval ${range}).`,
    leaves: (percent: string, spends: string): string =>
      `It may spend up to ${percent} and is expected to spend ${spends}; how much is known once it has run.`,
    notes: (notes: string): string => `To know when reading this: ${notes}.`,
    replaces: 'The routing in force is replaced. No label is lost.',
    later: (every: number): string =>
      `After every ${counted(every, 'new label')} the rest is routed again in the background.`,
    never: 'It stays as it is until somebody routes again.',
    run: 'Route',
    running: 'Routing',
    routed: (people: number, ai: number): string =>
      `Routed: ${counted(people, 'item')} to people, ${n(ai)} to the AI.`,
  },

  run: {
    title: 'Routing in force',
    pilot: {
      label: 'The pilot is being labelled. The other items wait until a budget is chosen.',
      more: 'The pilot is labelled, but too small for a budget curve: draw more. The other items wait.',
      compute: 'The pilot is labelled: compute the curve. The other items wait until a budget is chosen.',
      choose: 'The pilot is labelled: choose a budget. The other items wait until then.',
    },
    policy: 'Policy',
    took: (asked: string, used: string): string => `${asked} (${used})`,
    why: 'Why',
    budget: 'Budget',
    seed: 'Seed',
    fitted: 'Fitted on',
    fittedOn: (labels: number): string => counted(labels, 'label'),
    since: (labels: number): string => `${n(labels)} new since`,
    ran: 'Last routed',
    byItself: 'in the background',
    asked: 'on request',
    rerouted: (times: number): string => `routed again ${counted(times, 'time')}`,
    progress: (labelled: number, people: number): string =>
      `${n(labelled)} of ${n(people)} labelled by people`,
    ai: (items: number): string => `${counted(items, 'item')} for the AI`,
    imported:
      'Imported labels count as labelled. The queue asks people for those items too, after all others.',
    tags: 'Where people are needed most',
    tagsLeast: 'Where people are needed least',
    tag: (tag: string, items: number): string => `${tag} (${n(items)})`,
    more: 'more',
    less: 'less',
    tagWords: (tag: string, gain: string): string => `${tag}: ${gain}`,
  },

  audit: {
    title: 'Audit',
    what: 'A small random share goes to people whatever the policy says, so that this stays unbiased.',
    none: 'Nothing was drawn for it yet.',
    accuracy: 'AI right',
    interval: (range: string): string => `95% interval ${range}`,
    items: (labelled: number, items: number): string => `${n(labelled)} of ${counted(items, 'item')} labelled`,
    unknown: 'not known yet',
    less: (earlier: string, later: string): string =>
      `People agree with the AI less in the later half of the labels: on ${later}, before on ${earlier} (p < 0.001).`,
    more: (earlier: string, later: string): string =>
      `People agree with the AI more in the later half of the labels: on ${later}, before on ${earlier} (p < 0.001).`,
    why: 'The AI is the same in both; the items or the people differ.',
  },

  settings: {
    title: 'Settings',
    audit: 'Audit share',
    auditHint: 'per cent of the items, 0 to 100',
    every: 'Route again after',
    everyHint: 'new labels of people; 0: never',
    order: 'Order for people',
    orders: { 'teaches-most': 'what teaches most first', plan: 'as planned' } as Record<
      string,
      string
    >,
    seconds: 'Seconds for a label',
    secondsHint: 'empty: as measured',
    price: 'Price of an hour',
    priceHint: 'empty: not known',
    currency: 'Currency',
    tags: 'Own tag fields',
    tagsHint: 'fields of the metadata, with commas between them',
    wrong: 'Not saved: this is not a number within the bounds.',
    tagged: 'How items were tagged',
    taggedItems: (items: number, when: string): string => `${counted(items, 'item')}, ${when}`,
    how: {
      imported: 'from the data',
      likeness: 'by likeness to examples',
      none: 'not at all: no text encoder',
      rules: 'by rules',
      measured: 'measured',
      own: 'own field',
    } as Record<string, string>,
  },

  items: {
    title: 'Who labels which item',
    side: 'Side',
    human: (items: number): string => `People (${n(items)})`,
    ai: (items: number): string => `AI (${n(items)})`,
    rank: 'Place',
    item: 'Item',
    prompt: 'Prompt',
    gain: 'Gain',
    reason: 'Why',
    purpose: 'For',
    purposes: {
      policy: 'budget',
      pilot: 'pilot',
      audit: 'audit',
      'people-only': 'only people can',
    } as Record<string, string>,
    labelled: 'Labelled',
    yes: 'yes',
    more: 'More',
    none: 'No item.',
    shown: (items: number): string => `${counted(items, 'item')} shown`,
  },
};
