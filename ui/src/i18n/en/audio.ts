export const audio = {};
