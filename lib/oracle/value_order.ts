/** The order of values in SQLite: NULL, then numbers, then text by code points, then bytes. */
import type { Value } from "../model/value.ts";

/** Negative when `a` sorts before `b`, positive when after, 0 when they tie. */
export function compareValues(a: Value, b: Value): number {
  const rankA = rank(a);
  const rankB = rank(b);
  if (rankA !== rankB) return rankA - rankB;
  switch (rankA) {
    case 1:
      return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
    case 2:
      return compareText(a as string, b as string);
    case 3:
      return compareBytes(a as Uint8Array, b as Uint8Array);
    default:
      return 0;
  }
}

/**
 * A value as a key of a Map. Equal integers meet: as numbers where these are exact, else as bigints.
 * Byte arrays stay objects and never meet: no key or filter of a declared column has them.
 */
export function keyOf(value: Value): Value {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value !== "number" || Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
  return BigInt(value);
}

function rank(value: Value): number {
  switch (typeof value) {
    case "number":
    case "bigint":
      return 1;
    case "string":
      return 2;
    default:
      return value === null ? 0 : 3;
  }
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i += 1) {
    const unitA = a.charCodeAt(i);
    const unitB = b.charCodeAt(i);
    if (unitA !== unitB) return codePointRank(unitA) - codePointRank(unitB);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others, yet their units sort below U+E000 to U+FFFF. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i += 1) {
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
  return a.length - b.length;
}
