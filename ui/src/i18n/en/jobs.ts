export const jobs = {
  starting: 'Starting',
  /** The stages of long work by the program's own names; what is missing here is shown as it is. */
  stages: {} as Record<string, string>,
  /** A stage that names a file: `Importing answers.jsonl`. */
  importing: (file: string): string => `Importing ${file}`,
  of: (done: string, total: string): string => `${done} of ${total}`,
  left: (time: string): string => `about ${time} left`,
  cancelled: 'Cancelled. What was complete is kept.',
  cancelling: 'Cancelling…',
};
