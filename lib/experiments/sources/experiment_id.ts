/** Ids of experiments: a number and sometimes a letter, such as `008b`. */

/** Leading number first, then what follows it; ids without a number come last. */
export function compareIds(a: string, b: string): number {
  return numberOf(a) - numberOf(b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** The leading number; larger than any id when there is none. */
export function numberOf(id: string): number {
  const digits = /^\d+/.exec(id)?.[0];
  // Infinity - Infinity is not a number, which no comparison can use.
  return digits === undefined ? Number.MAX_SAFE_INTEGER : Number(digits);
}

/** The next free id: one more than the highest. */
export function nextId(ids: readonly string[]): string {
  const numbers = ids.filter((id) => /^\d/.test(id)).map(numberOf);
  return String(Math.max(0, ...numbers) + 1).padStart(3, "0");
}
