/** The keys that are not of one modality. */
export const overlays = {
  keys: 'Keys',
  changeKeys: 'Change keys…',
};
