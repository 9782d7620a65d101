/** Words that several features use. */
export const common = {
  save: 'Save',
  cancel: 'Cancel',
  close: 'Close',
  left: 'Left',
  right: 'Right',
  tie: 'Tie',
  /** A candidate by its place on the screen, from 0, among `of`. */
  place: (index: number, of: number): string =>
    of === 2 ? (index === 0 ? 'Left' : 'Right') : `Candidate ${index + 1}`,
  /** It has a place in the ranking. */
  placed: 'Placed',
  placedLong: (place: string): string => `Placed: ${place}`,
  choose: 'Choose',
  chooseLong: (place: string): string => `Choose: ${place}`,
  chosen: 'Chosen',
  chosenLong: (place: string): string => `Chosen: ${place}`,
  earlier: 'Your earlier answer',
};
