import type { Catalogue } from '../en';

export const image: Catalogue['image'] = {};
