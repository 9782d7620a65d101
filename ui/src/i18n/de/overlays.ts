import type { Catalogue } from '../en';

export const overlays: Catalogue['overlays'] = {
  keys: 'Tasten',
  changeKeys: 'Tasten ändern …',
};
