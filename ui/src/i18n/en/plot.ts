export const plot = {
  table: 'Table',
  tableOf: (title: string): string => `Table: ${title}`,
  drawing: 'Drawing…',
  failed: 'The plot cannot be drawn. Its numbers are in the table.',
};
