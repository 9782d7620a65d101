import type { Catalogue } from '../en';

export const study: Catalogue['study'] = {};
