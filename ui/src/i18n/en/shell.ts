/** What frames every screen: the language, the colours, dialogs and messages. */
export const shell = {
  starting: 'Starting…',
  dismiss: 'Dismiss',
  language: 'Language',
  /** The key's name. */
  ctrl: 'Ctrl',
  colour: { auto: 'Auto', light: 'Light', dark: 'Dark' },
  colours: (now: string): string => `Colours: ${now}`,
  coloursNext: (now: string, next: string): string => `Colours: ${now}. Click for ${next}.`,
};
