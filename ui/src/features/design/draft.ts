/** A study design while it is being written: fields may be empty or half typed. */
import type { AspectSetting, StudySettings } from '../../ipc/bindings';

export interface DraftAspect extends AspectSetting {
  /** Names the aspect while the form is open, whatever becomes of its id. */
  key: number;
  /** The id is made from the name until someone writes one. */
  idFollowsName: boolean;
}

type NumberField = 'min_dwell_s' | 'min_listen_s' | 'overlap' | 'break_after_min';

export interface DraftSettings extends Omit<StudySettings, 'aspects' | NumberField> {
  aspects: DraftAspect[];
  /** Null while the field is empty. */
  min_dwell_s: number | null;
  min_listen_s: number | null;
  overlap: number | null;
  break_after_min: number | null;
}

let keys = 0;

export function draftOf(settings: StudySettings): DraftSettings {
  return {
    ...settings,
    reason_tags: [...settings.reason_tags],
    aspects: settings.aspects.map((aspect) => ({
      ...aspect,
      reasons: [...aspect.reasons],
      key: (keys += 1),
      idFollowsName: false,
    })),
  };
}

export function newAspect(): DraftAspect {
  keys += 1;
  return {
    key: keys,
    id: '',
    name: '',
    description: '',
    scale: 'preference',
    ask: 'required',
    reasons: [],
    idFollowsName: true,
  };
}

const written = (texts: string[]) =>
  texts.map((text) => text.trim()).filter((text) => text !== '');

/** What is saved: spaces around texts and blank reasons left out, nothing else changed. */
export function settingsOf(draft: DraftSettings): StudySettings {
  return {
    question: draft.question.trim(),
    guidelines: draft.guidelines,
    preset: draft.preset,
    tie: draft.tie,
    both_bad: draft.both_bad,
    strength: draft.strength,
    confidence: draft.confidence,
    rationale: draft.rationale,
    reason_tags: written(draft.reason_tags),
    aspects: draft.aspects.map((aspect) => ({
      id: aspect.id,
      name: aspect.name.trim(),
      description: aspect.description.trim(),
      scale: aspect.scale,
      ask: aspect.ask,
      reasons: written(aspect.reasons),
    })),
    highlights: draft.highlights,
    steps: draft.steps,
    min_dwell_s: draft.min_dwell_s ?? 0,
    min_listen_s: draft.min_listen_s ?? 0,
    match_loudness: draft.match_loudness,
    blind: draft.blind,
    overlap: draft.overlap ?? 1,
    budget: draft.budget.trim().replace(',', '.'),
    break_after_min: draft.break_after_min ?? 0,
    // Chosen on the screen of the reward models.
    packs: draft.packs,
    retrain_every: draft.retrain_every,
    // And on that of routing.
    routing: draft.routing,
  };
}

/** Whether saving would change anything. */
export function differs(draft: DraftSettings, saved: StudySettings): boolean {
  const incomplete = [
    draft.min_dwell_s,
    draft.min_listen_s,
    draft.overlap,
    draft.break_after_min,
  ].includes(null);
  const same = JSON.stringify(settingsOf(draft)) === JSON.stringify(settingsOf(draftOf(saved)));
  return incomplete || !same;
}

/**
 * Another design in the form. The budget and the reward models are no part of a design and stay,
 * as do guidelines where it brings none.
 */
export function filled(draft: DraftSettings, design: StudySettings, preset: string): DraftSettings {
  const guidelines = design.guidelines.trim() === '' ? draft.guidelines : design.guidelines;
  const { budget, packs, retrain_every, routing } = draft;
  const kept = { budget, packs, retrain_every, routing };
  return { ...draftOf({ ...design, guidelines, preset }), ...kept };
}

/** An aspect's id out of its name: `Über-all quality!` is `uber-all_quality`. */
export function idFrom(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/ß/g, 'ss')
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** The list with one element `by` places further down; the same list at either end. */
export function moved<T>(list: T[], at: number, by: number): T[] {
  const to = at + by;
  if (at < 0 || at >= list.length || to < 0 || to >= list.length) return list;
  const result = [...list];
  result.splice(to, 0, ...result.splice(at, 1));
  return result;
}
