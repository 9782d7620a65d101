/** What parts of routing are called, in the language of the page. */
import { i18n } from '../../i18n/i18n.svelte';

/** `reward`, or the name of a judge. */
export const sideName = (name: string): string =>
  name === 'reward' ? i18n.t.routing.sides.reward : i18n.t.routing.sides.judge(name);

/** A policy by its name in settings; as it is if it has none here. */
export const policyName = (policy: string): string =>
  i18n.t.routing.policies[policy]?.name ?? policy;
