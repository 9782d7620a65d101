export const image = {};
