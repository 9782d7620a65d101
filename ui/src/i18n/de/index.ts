import type { Catalogue } from '../en';
import { annotate } from './annotate';
import { audio } from './audio';
import { common } from './common';
import { design } from './design';
import { image } from './image';
import { study } from './study';
import { text } from './text';

export const de: Catalogue = { annotate, audio, common, design, image, study, text };
