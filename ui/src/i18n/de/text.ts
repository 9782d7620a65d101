import type { Catalogue } from '../en';

export const text: Catalogue['text'] = {};
