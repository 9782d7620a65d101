/** The keys in words: rows for the help, and key caps for buttons. */
import { i18n } from '../../i18n/i18n.svelte';
import type { StudySettings } from '../../ipc/bindings';
import { chordLabel } from './chord';
import { COMMANDS, scopeOf, type Command, type Refusal, type Scope } from './commands';
import { hasForm } from './form';
import { keymap } from './keymap.svelte';

export { keymap } from './keymap.svelte';

export interface KeyRow {
  keys: string[];
  words: string;
}

export interface KeyGroup {
  title: string;
  rows: KeyRow[];
}

/** What is printed on the key that a command has now. */
export function keyLabel(command: Command): string {
  return label(keymap.keys[command]);
}

/** A chord as it is printed on key caps. */
export const label = (chord: string): string => chordLabel(chord, i18n.t.annotate.keyNames);

const row = (command: Command, ...more: string[]): KeyRow => ({
  keys: [keyLabel(command), ...more.map(label)],
  words: i18n.t.annotate.commands[command],
});

const fixed = (chords: string[], words: string): KeyRow => ({ keys: chords.map(label), words });

/** Every key that is of use in a study, as it is set now, in groups. */
export function describeKeys(settings: StudySettings, modality: string, k: number): KeyGroup[] {
  const { keyGroups: titles, keyRows: words } = i18n.t.annotate;
  const ranking = k > 2;
  const answer: KeyRow[] = [
    ...(ranking ? [] : [row('left'), row('right')]),
    ...(!ranking && settings.tie ? [row('tie')] : []),
    ...(settings.both_bad
      ? [ranking ? { ...row('both-bad'), words: i18n.t.annotate.noneGood } : row('both-bad')]
      : []),
    { ...row('skip'), words: `${row('skip').words}. ${words.skipReasons}` },
    row('undo', 'Ctrl+z'),
    fixed(['Enter'], words.confirm),
    fixed(['Escape'], words.cancel),
  ];
  const order: KeyRow[] = [
    fixed(['1', '2', '…'], words.placeNext),
    row('same-place'),
    row('take-out'),
    fixed(['Enter'], words.saveRanking),
  ];
  const read: KeyRow[] = [
    fixed(
      [keymap.keys['scroll-down'], keymap.keys['scroll-up'], 'ArrowDown', 'ArrowUp'],
      words.scroll,
    ),
    fixed(['PageDown', 'PageUp'], words.page),
    row('raw'),
    ...(settings.guidelines.trim() === '' ? [] : [row('guidelines')]),
    row('theme'),
    row('help'),
  ];
  const groups: KeyGroup[] = [
    ...(ranking ? [{ title: titles.ranking, rows: order }] : []),
    { title: titles.answer, rows: answer },
    ...further(settings, ranking),
    { title: titles.read, rows: read },
  ];
  const useless: Command[] = [
    ...(settings.highlights === 'off' ? (['highlight'] as const) : []),
    ...(settings.steps === 'off' ? (['steps'] as const) : []),
    ...(ranking ? (['diff'] as const) : []),
  ];
  const own = COMMANDS.filter((one) => scopeOf(one) === modality && !useless.includes(one)).map(
    (one) => row(one),
  );
  const title = titles[modality as 'text' | 'image' | 'music'] ?? titles.text;
  return own.length > 0 ? [...groups, { title, rows: own }] : groups;
}

function further(settings: StudySettings, ranking: boolean): KeyGroup[] {
  const { keyGroups: titles, keyRows: words, strengths } = i18n.t.annotate;
  const found: KeyGroup[] = [];
  const strength = strengths.map((word, n) => fixed([String(n)], word));
  if (hasForm(settings)) {
    const scales = settings.aspects.filter((one) => one.ask !== 'off').map((one) => one.scale);
    const reasons =
      settings.reason_tags.length + settings.aspects.flatMap((one) => one.reasons).length;
    found.push({
      title: titles.form,
      rows: [
        ...(scales.includes('preference') ? [fixed(['1', '0', '2'], words.aspect)] : []),
        ...(scales.includes('rating') ? [fixed(['1', '…', '5'], words.rating)] : []),
        ...(reasons > 0 ? [fixed(['1', '…', '9'], words.reasons)] : []),
        ...(settings.confidence === 'off' ? [] : [fixed(['1', '…', '4'], words.confidence)]),
        fixed(['Enter'], words.next),
        fixed(['Escape'], words.back),
        fixed(['Ctrl+Enter'], words.saveAll),
      ],
    });
  }
  if (settings.strength !== 'off' && !ranking) {
    const sideways = fixed(['ArrowLeft', 'ArrowRight'], words.changeSide);
    found.push({ title: titles.strength, rows: [...strength, sideways] });
  }
  if (settings.rationale !== 'off') {
    const rows = [row('write-reason'), fixed(['Ctrl+Enter'], words.ctrlEnter)];
    found.push({ title: titles.reason, rows });
  }
  return found;
}

/** Why a command cannot have a chord, in words. */
export function refusalWords(refusal: Refusal, chord: string): string {
  const t = i18n.t.annotate;
  switch (refusal.because) {
    case 'fixed':
      return t.keyFixed(label(chord));
    case 'digit':
      return t.keyDigit;
    case 'taken':
      return t.keyTaken(label(chord), t.commands[refusal.by]);
  }
}

/** Commands in groups, as they are offered for change. */
export function commandGroups(
  modality: string,
  k: number,
): { title: string; commands: Command[] }[] {
  const titles = i18n.t.annotate.keyGroups;
  const READ = ['scroll-down', 'scroll-up', 'raw', 'guidelines', 'theme', 'help'];
  const shape: Scope = k > 2 ? 'ranking' : 'pair';
  const general = COMMANDS.filter((one) => scopeOf(one) === 'all' || scopeOf(one) === shape);
  const own = COMMANDS.filter((one) => scopeOf(one) === modality);
  return [
    { title: titles.answer, commands: general.filter((one) => !READ.includes(one)) },
    { title: titles.read, commands: general.filter((one) => READ.includes(one)) },
    { title: titles[modality as 'text'] ?? titles.text, commands: own },
  ].filter((group) => group.commands.length > 0);
}
