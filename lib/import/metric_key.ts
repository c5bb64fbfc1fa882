import type { ImportedValue } from "./imported_results.ts";

const MAIN = " [main]";

/** One metric of the source's history as a value: `Section / Subsection / label`, with `[main]` for the main isolate. */
export function parseKey(key: string, value: number): ImportedValue {
  const isMain = key.endsWith(MAIN);
  const parts = (isMain ? key.slice(0, -MAIN.length) : key).split(" / ");
  const label = parts.at(-1)!;
  const isRate = /\bqps$/.test(label);
  return {
    section: parts.length > 1 ? parts[0]! : "",
    subsection: parts.slice(1, -1).join(" / "),
    label,
    column: isRate ? "Value" : isMain ? "Main med (ms)" : "Wall med (ms)",
    key,
    isMetric: true,
    unit: isRate ? "per-second" : "ms",
    value,
  };
}
