/** Light or dark: what the system says, unless the annotator chose. */

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'tiebreak.theme';
const THEMES: readonly string[] = ['auto', 'light', 'dark'];
const system = window.matchMedia?.('(prefers-color-scheme: dark)');

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value !== null && THEMES.includes(value) ? (value as Theme) : 'auto';
  } catch {
    // Storage may be closed; the choice then lasts as long as the window.
    return 'auto';
  }
}

class ThemeChoice {
  choice = $state<Theme>(stored());

  /** What is on the screen. */
  get resolved(): 'light' | 'dark' {
    if (this.choice !== 'auto') return this.choice;
    return system?.matches ? 'dark' : 'light';
  }

  set(choice: Theme): void {
    this.choice = choice;
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // As above.
    }
    this.apply();
  }

  /** The other of the two, whatever the system says. */
  toggle(): void {
    this.set(this.resolved === 'dark' ? 'light' : 'dark');
  }

  apply(): void {
    document.documentElement.dataset.theme = this.resolved;
  }
}

export const theme = new ThemeChoice();
theme.apply();
system?.addEventListener('change', () => theme.apply());
