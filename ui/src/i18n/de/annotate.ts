import type { Catalogue } from '../en';

export const annotate: Catalogue['annotate'] = {};
