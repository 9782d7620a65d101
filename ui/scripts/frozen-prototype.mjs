/**
 * The window freezes `Object.prototype`, and an assignment to a name that a frozen prototype has
 * fails. Two modules of the chart library assign `constructor` and `toString` to their own
 * prototypes while they load. This gives these prototypes a writable property of the name first.
 */

const ASSIGNED = /((?:[\w$]+\.)?prototype)\.(constructor|toString)\s*=(?!=)/g;

/** The code of a module, changed where it would fail; null if nothing in it would. */
export function withOwnProperties(/** @type {string} */ code) {
  const changed = code.replace(
    ASSIGNED,
    (_, owner, name) =>
      `Object.defineProperty(${owner}, '${name}', { writable: true, configurable: true }).${name} =`,
  );
  return changed === code ? null : changed;
}

/** For Vite. */
export const frozenPrototype = {
  name: 'frozen-prototype',
  transform(/** @type {string} */ code, /** @type {string} */ id) {
    const changed = /\/node_modules\/d3-/.test(id) ? withOwnProperties(code) : null;
    // Each assignment stays on its line: the map of the module as it was still holds.
    return changed === null ? undefined : { code: changed, map: null };
  },
};
