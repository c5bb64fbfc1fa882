/** What an adapter could put in the place of things that the harness in its process might call. */

const { setTimeout, queueMicrotask } = globalThis;
const { defineProperty } = Object;

/** Each patch by name, as a forger would write it: clocks that stand, delays that are over, text that is always the same. */
const PATCHES = {
  "performance.now": () => replace(performance, "now", () => 0),
  "Performance.prototype.now": () => replace(Performance.prototype, "now", () => 0),
  "Date": () => {
    replace(Date, "now", () => 0);
    replace(Date.prototype, "getTime", () => 0);
  },
  "setTimeout": () => replace(globalThis, "setTimeout", (work: () => void) => setTimeout(work, 0)),
  "setImmediate": () => replace(globalThis, "setImmediate", (work: () => void) => queueMicrotask(work)),
  "Array.prototype.push": () => replace(Array.prototype, "push", () => 0),
  "Array.prototype.map": () => replace(Array.prototype, "map", () => []),
  "Array.prototype.reduce": () => replace(Array.prototype, "reduce", () => 0),
  "WeakMap.prototype.get": () => replace(WeakMap.prototype, "get", () => undefined),
  "JSON.stringify": () => replace(JSON, "stringify", () => "[]"),
  "toJSON": () => {
    replace(Array.prototype, "toJSON", () => []);
    replace(Object.prototype, "toJSON", () => ({}));
  },
  "Math.imul": () => {
    for (const name of ["imul", "abs", "floor", "max", "min"]) replace(Math, name, () => 0);
  },
  "Number": () => {
    replace(Number, "isSafeInteger", () => true);
    replace(Number, "isNaN", () => false);
    replace(globalThis, "Number", () => 0);
  },
} as const satisfies Readonly<Record<string, () => void>>;

/** Name of a patch. */
export type RealmPatch = keyof typeof PATCHES;

/** All patches. */
export const REALM_PATCHES = Object.keys(PATCHES) as readonly RealmPatch[];

/** Patches this realm, for good. */
export function patchRealm(patch: RealmPatch): void {
  PATCHES[patch]();
}

/** As a plain assignment would, but not seen by `for in`, and whatever the property was before. */
function replace(target: object, name: string, value: unknown): void {
  defineProperty(target, name, { configurable: true, enumerable: false, writable: true, value });
}
