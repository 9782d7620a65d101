/**
 * Answers as they read, without letting them act: Markdown, formulas, code, and what is marked in
 * them. Every piece of text on the screen knows where it stands in the source, so that a selection
 * becomes offsets into the text as it was imported.
 */
export { segments, type Change, type Mark, type Segment } from './paint';
export { type Stretch } from './positions';
export { TextView } from './view';
export { type Piece } from './writer';
