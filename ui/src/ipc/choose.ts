import type { Backend } from './backend';

/** The program behind the window, or, in a plain browser, one made of memory. */
export async function chooseBackend(): Promise<Backend> {
  if ('__TAURI_INTERNALS__' in window) return (await import('./tauri')).tauriBackend;
  const { FakeBackend, optionsFromAddress } = await import('./fake');
  return new FakeBackend(optionsFromAddress(location.search));
}
