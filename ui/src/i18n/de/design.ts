import type { Catalogue } from '../en';

export const design: Catalogue['design'] = {};
