/**
 * What to do about errors, by their code. The program itself advises in English: a language has
 * its own words here, and where they are missing those of the program stand.
 */
export const errors = {
  hints: {
    no_head: 'Train one on people’s labels: “Reward models…”, “Train now”.',
  } as Record<string, string>,
};
