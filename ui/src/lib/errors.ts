import { i18n } from '../i18n/i18n.svelte';
import type { UserError } from '../ipc/bindings';

/** What to do about an error, in the language of the page where it has words for that. */
export const hintOf = (error: UserError): string | null =>
  i18n.t.errors.hints[error.code] ?? error.hint;
