/**
 * The language of the page. Every string that a person reads comes from the catalogue of its
 * feature (`en/`, `de/`): `i18n.t.annotate.save`, or a function where words depend on a number.
 * A German catalogue that misses a string does not compile.
 */
import { de } from './de';
import { en, type Catalogue } from './en';

export type Language = 'en' | 'de';

/** Languages by their own names, as they are offered. */
export const LANGUAGES: Record<Language, string> = { en: 'English', de: 'Deutsch' };

const KEY = 'tiebreak.language';
const CATALOGUES: Record<Language, Catalogue> = { en, de };

const isLanguage = (text: string | null): text is Language => text === 'en' || text === 'de';

function initial(): Language {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(KEY);
  } catch {
    // Storage may be closed; the choice then lasts as long as the window.
  }
  if (isLanguage(stored)) return stored;
  return navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en';
}

class Interface {
  language = $state<Language>(initial());

  /** The strings of the language in use. */
  get t(): Catalogue {
    return CATALOGUES[this.language];
  }

  set(language: Language): void {
    this.language = language;
    try {
      localStorage.setItem(KEY, language);
    } catch {
      // As above.
    }
    this.apply();
  }

  apply(): void {
    document.documentElement.lang = this.language;
  }
}

export const i18n = new Interface();
i18n.apply();
