/** Which changes set later judgments apart from those that a study has already. */
import type { Ask, StudySettings } from '../../ipc/bindings';

export type Change =
  | { kind: 'question' | 'answers' | 'strength' | 'confidence' | 'blind' | 'loudness' }
  | { kind: 'overlap'; from: number; to: number }
  | { kind: 'aspectAdded' | 'aspectRemoved' | 'aspectScale' | 'aspectAsk'; name: string };

const isAsked = (ask: Ask) => ask !== 'off';

/** What changed between the settings that judgments were made under and the new ones. */
export function lessComparable(before: StudySettings, after: StudySettings): Change[] {
  const changes: Change[] = [];
  if (before.question !== after.question) changes.push({ kind: 'question' });
  if (before.tie !== after.tie || before.both_bad !== after.both_bad) {
    changes.push({ kind: 'answers' });
  }
  if (isAsked(before.strength) !== isAsked(after.strength)) changes.push({ kind: 'strength' });
  if (isAsked(before.confidence) !== isAsked(after.confidence)) {
    changes.push({ kind: 'confidence' });
  }
  changes.push(...aspectChanges(before, after));
  if (before.match_loudness !== after.match_loudness) changes.push({ kind: 'loudness' });
  if (before.blind !== after.blind) changes.push({ kind: 'blind' });
  if (before.overlap !== after.overlap) {
    changes.push({ kind: 'overlap', from: before.overlap, to: after.overlap });
  }
  return changes;
}

/** Aspects are the same where their ids are; an aspect that is off is none. */
function aspectChanges(before: StudySettings, after: StudySettings): Change[] {
  const changes: Change[] = [];
  const old = new Map(before.aspects.filter((one) => isAsked(one.ask)).map((one) => [one.id, one]));
  for (const aspect of after.aspects.filter((one) => isAsked(one.ask))) {
    const { name } = aspect;
    const was = old.get(aspect.id);
    old.delete(aspect.id);
    if (!was) changes.push({ kind: 'aspectAdded', name });
    else if (was.scale !== aspect.scale) changes.push({ kind: 'aspectScale', name });
    else if (was.ask !== aspect.ask) changes.push({ kind: 'aspectAsk', name });
  }
  for (const { name } of old.values()) changes.push({ kind: 'aspectRemoved', name });
  return changes;
}
