/**
 * What to do about errors, by their code. The program itself advises in English: a language has
 * its own words here, and where they are missing those of the program stand.
 */
export const errors = {
  hints: {} as Record<string, string>,
};
