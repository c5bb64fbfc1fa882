/**
 * `deno run -A lib/engine/bench/result_bench.ts [rows]`: what a result costs on its way: reading is not in it. Medians of many runs.
 *
 * @module
 */

import { makeHashKey, ResultHasher, toColumnar, toRows } from "../sqlite/result.ts";
import type { SqlValue } from "../values.ts";

const rowCount = Number(Deno.args[0] ?? 100);
const names = ["id", "name", "body"];
const rows = Array.from(
  { length: rowCount },
  (_, i): SqlValue[] => [i, `name ${i}`, `a body of some words ${i}`],
);
const hasher = new ResultHasher(makeHashKey());
const columnar = toColumnar(names, rows);

const steps: readonly (readonly [name: string, run: () => unknown])[] = [
  ["hashing", () => hasher.hash(names, rows)],
  ["turning into columns", () => toColumnar(names, rows)],
  ["structured clone of the columns", () => structuredClone(columnar)],
  ["making row objects", () => toRows(columnar)],
];

for (const [name, run] of steps) {
  const took: number[] = [];
  for (let i = 0; i < 3000; i++) {
    const startedMs = performance.now();
    run();
    took.push((performance.now() - startedMs) * 1000);
  }
  const sorted = took.slice(1000).sort((a, b) => a - b);
  console.log(`${name}: ${sorted[sorted.length >> 1]!.toFixed(1)} us`);
}
