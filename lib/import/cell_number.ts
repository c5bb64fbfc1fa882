/** Numbers as result tables write them, and units as their headings say them. */
import type { ImportedValue } from "./imported_results.ts";

type ImportedUnit = ImportedValue["unit"];

/** A number as a cell writes it. */
export interface CellNumber {
  /** As it stands there. */
  readonly value: number;
  /** Where the cell itself says it. */
  readonly unit?: ImportedUnit;
  /** What it is of an interval. */
  readonly bound?: ImportedValue["bound"];
}

const NUMBER = String.raw`[-+]?\d[\d,]*(?:\.\d+)?`;
const PLAIN = new RegExp(`^${NUMBER}$`);
const WITH_UNIT = new RegExp(`^(${NUMBER})\\s*(ns|us|µs|μs|ms|s|MB|KiB|B|%|ops/s|qps)$`);
const RANGE = new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})$`);
const MARGIN = new RegExp(`^±\\s*(${NUMBER})$`);
const ABSENT = new Set(["", "-", "–", "—", "n/a", "N/A"]);

const UNIT_NAMES: Readonly<Record<string, ImportedUnit>> = {
  ns: "ns",
  us: "us",
  "µs": "us",
  "μs": "us",
  ms: "ms",
  s: "s",
  b: "B",
  bytes: "B",
  kib: "KiB",
  mb: "MB",
  "%": "percent",
  pct: "percent",
  percent: "percent",
  qps: "per-second",
  "ops/s": "per-second",
  "ops/sec": "per-second",
  "writes/s": "per-second",
  "writes/sec": "per-second",
  "rows/s": "per-second",
};

/** Numbers of a cell; none where it says that there is none, `undefined` where it cannot be read. */
export function parseCell(cell: string): CellNumber[] | undefined {
  const text = cell.replace(/^`(.*)`$|^\*\*(.*)\*\*$/, "$1$2").trim();
  if (ABSENT.has(text)) return [];
  if (PLAIN.test(text)) return [{ value: toNumber(text) }];
  const withUnit = WITH_UNIT.exec(text);
  if (withUnit !== null) {
    return [{ value: toNumber(withUnit[1]!), unit: UNIT_NAMES[withUnit[2]!.toLowerCase()]! }];
  }
  const range = RANGE.exec(text);
  if (range !== null) {
    return [{ value: toNumber(range[1]!), bound: "lower" }, { value: toNumber(range[2]!), bound: "upper" }];
  }
  const margin = MARGIN.exec(text);
  return margin === null ? undefined : [{ value: toNumber(margin[1]!), bound: "margin" }];
}

/**
 * The unit that a name states: `Wall med (ms)`, `time_to_quiet_ms`, `us per handler call`, `ops/s`, `resqlite qps`;
 * `undefined` where it states none. A ratio such as `handler_us / wall_us` has none either, whatever its parts have.
 */
export function statedUnit(name: string): ImportedUnit | undefined {
  const plain = name.replaceAll("`", "").trim();
  const whole = UNIT_NAMES[plain.toLowerCase()];
  if (whole !== undefined) return whole;
  const bracketed = /\(([^()]+)\)$/.exec(plain)?.[1];
  if (bracketed !== undefined) return UNIT_NAMES[bracketed.toLowerCase()];
  if (/\w\s*\/\s*\w/.test(plain) && !/\b(?:ops|writes|rows)\/s(?:ec)?$/.test(plain)) return undefined;
  const leading = /^(ns|us|ms) per /.exec(plain)?.[1];
  if (leading !== undefined) return UNIT_NAMES[leading];
  const trailing = /(?:_|\s)([^_\s]+)$/.exec(plain)?.[1];
  return trailing === undefined ? undefined : UNIT_NAMES[trailing.toLowerCase()];
}

function toNumber(text: string): number {
  return Number(text.replaceAll(",", ""));
}
