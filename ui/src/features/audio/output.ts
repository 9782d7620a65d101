/** The page's one way to the loudspeaker, and how loud it is on this machine. */

let context: AudioContext | null = null;
let users = 0;

/** Opens the output; throws where there is none. Each call wants its own {@link closeOutput}. */
export function openOutput(): AudioContext {
  context ??= new AudioContext();
  users += 1;
  return context;
}

/** With the last user gone, the device may sleep. */
export function closeOutput(): void {
  users -= 1;
  if (users === 0 && context?.state === 'running') void context.suspend().catch(() => {});
}

const KEY = 'tiebreak.volume';

/** 0 to 1, as the slider stands. */
export function storedVolume(): number {
  try {
    const stored = localStorage.getItem(KEY);
    const volume = stored === null ? NaN : Number(stored);
    return volume >= 0 && volume <= 1 ? volume : 1;
  } catch {
    // Storage may be closed; the volume then lasts as long as the comparison.
    return 1;
  }
}

export function storeVolume(volume: number): void {
  try {
    localStorage.setItem(KEY, String(volume));
  } catch {
    // As above.
  }
}
