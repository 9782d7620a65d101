/** The keys as this machine's annotator has set them. */
import { COMMANDS, DEFAULT_KEYS, refusal, type Command, type Keys, type Refusal } from './commands';

const KEY = 'tiebreak.keys';

/** What is stored, as far as it still makes sense: a conflict falls back to the first key. */
function stored(): Keys {
  const keys = { ...DEFAULT_KEYS };
  try {
    const own: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (typeof own !== 'object' || own === null) return keys;
    for (const command of COMMANDS) {
      const chord = (own as Record<string, unknown>)[command];
      if (typeof chord === 'string') keys[command] = chord;
    }
  } catch {
    // Storage may be closed or hold something else: the first keys are right then.
  }
  for (const command of COMMANDS) {
    if (refusal(keys, command, keys[command])) keys[command] = DEFAULT_KEYS[command];
  }
  return keys;
}

class Keymap {
  keys = $state.raw<Keys>(stored());

  get changed(): boolean {
    return COMMANDS.some((command) => this.keys[command] !== DEFAULT_KEYS[command]);
  }

  /** Gives a command a chord, unless it cannot have it. */
  set(command: Command, chord: string): Refusal | null {
    const refused = refusal(this.keys, command, chord);
    if (!refused) this.replace({ ...this.keys, [command]: chord });
    return refused;
  }

  /** Every command has its first key again. */
  reset(): void {
    this.replace(DEFAULT_KEYS);
  }

  /** Reads what is stored anew. */
  reload(): void {
    this.keys = stored();
  }

  private replace(keys: Keys): void {
    this.keys = keys;
    const own = COMMANDS.filter((command) => keys[command] !== DEFAULT_KEYS[command]);
    try {
      localStorage.setItem(
        KEY,
        JSON.stringify(Object.fromEntries(own.map((command) => [command, keys[command]]))),
      );
    } catch {
      // The keys then last as long as the window.
    }
  }
}

export const keymap = new Keymap();
