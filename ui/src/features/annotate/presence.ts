import type { ActiveTime } from './active-time';

const SIGNS = ['pointermove', 'pointerdown', 'wheel', 'input'] as const;

/** Tells clocks about signs of life and about the window; returns how to stop. */
export function watchPresence(...clocks: ActiveTime[]): () => void {
  const activity = () => clocks.forEach((clock) => clock.activity());
  const present = () => {
    const here = document.visibilityState === 'visible' && document.hasFocus();
    clocks.forEach((clock) => clock.setPresent(here));
  };
  present();
  for (const sign of SIGNS) window.addEventListener(sign, activity, { passive: true });
  window.addEventListener('focus', present);
  window.addEventListener('blur', present);
  document.addEventListener('visibilitychange', present);
  return () => {
    for (const sign of SIGNS) window.removeEventListener(sign, activity);
    window.removeEventListener('focus', present);
    window.removeEventListener('blur', present);
    document.removeEventListener('visibilitychange', present);
  };
}
