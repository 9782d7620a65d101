import { annotate } from './annotate';
import { audio } from './audio';
import { common } from './common';
import { design } from './design';
import { image } from './image';
import { study } from './study';
import { text } from './text';

export const en = { annotate, audio, common, design, image, study, text };

/** What every language has: the same strings, whatever they say. */
export type Catalogue = Widen<typeof en>;

type Widen<T> = T extends string
  ? string
  : T extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { [Key in keyof T]: Widen<T[Key]> };
