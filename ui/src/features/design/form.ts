import { createContext } from 'svelte';

import type { Rule } from './rules';

/** What the fields of the form know of the form. */
export interface Form {
  /** What is wrong with a field, once its writer has left it. */
  problem(field: string): Rule | null;
}

export const [getForm, setForm] = createContext<Form>();
