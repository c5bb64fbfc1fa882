/**
 * Functions of SQL as a user would write them, and some that do what they must not, for tests.
 *
 * @module
 */

import type { SqlFunctions } from "../mod.ts";

const gifts = [null, undefined, 7, 2n ** 60n, 0.5, "é", new Uint8Array([1, 2]), true] as const;
const spoilt = ["a\0b", 2n ** 63n, {}, Symbol("s"), Promise.resolve(1)] as const;

export default {
  slug: (text) => String(text).toLowerCase().replaceAll(" ", "-"),
  twice: { deterministic: true, compute: (x) => x === null ? null : Number(x) * 2 },
  kinds: {
    varargs: true,
    compute: (...args) => args.map((arg) => arg === null ? "null" : typeof arg).join(),
  },
  gift: (which) => gifts[Number(which)],
  spoil: (which) => {
    if (which === null) throw new Error("it is spoilt");
    return spoilt[Number(which)] as string;
  },
  product: {
    start: () => ({ value: 1 }),
    step: (state, x) => {
      if (x === 13) throw new Error("unlucky");
      return { value: state.value * Number(x) };
    },
    result: ({ value }) => value,
  },
  /** What runs in the thread of a test may ask it for more. */
  ask: () => {
    (globalThis as { watchliteAsked?: () => void }).watchliteAsked?.();
    return 1;
  },
} satisfies SqlFunctions;
