import type { Catalogue } from '../en';

export const audio: Catalogue['audio'] = {};
