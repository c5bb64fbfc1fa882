import assert from "node:assert/strict";
import { readResqliteFile } from "../../lib/import/mod.ts";
import { importedHistory } from "./imported_history.ts";

const FIXTURES = new URL("../../lib/import/fixtures/", import.meta.url);

function historyOf(
  name: string,
): (readonly [metric: string, unit: string, direction: string, value: number])[] {
  const read = readResqliteFile(name, Deno.readFileSync(new URL(name, FIXTURES)))!;
  const { lanes, metrics } = importedHistory(read);
  return [...lanes.values()].flat().map(({ name, key, point: [value] }) => {
    const id = (JSON.parse(key) as string[])[2];
    const { title, unit, direction } = metrics.find((metric) => metric.id === id)!;
    return [`${name}: ${title}`, unit, direction, value];
  });
}

Deno.test("importedHistory() keeps rates, times and counts of one column apart", () => {
  const shown = historyOf("2026-04-16T22-30-30-x.md");
  const find = (name: string) => shown.filter(([one]) => one === name).map(([, ...rest]) => rest);
  assert.deepEqual(find("resqlite qps: Value"), [["per-second", "higher", 136351]]);
  assert.deepEqual(find("resqlite per query: Value"), [["ns", "lower", 7000]]);
  assert.deepEqual(find("20000: resqlite wall"), [["ns", "lower", 14.99e6]]);
  assert.deepEqual(find("8: resqlite wall"), [["ns", "lower", 1.07e6]]);
});

Deno.test("importedHistory() writes microseconds as times and counts as counts", () => {
  const row = "A11c overlap / 50 streams x 500 writes";
  assert.deepEqual(historyOf("exp-127-writer-dispatch-aggregate.md"), [
    [`${row}: wall`, "ns", "lower", 98.92e6],
    [`${row}: writer_handle`, "ns", "lower", 24_104_000],
    [`${row}: writer_step`, "ns", "lower", 10_546_000],
    [`${row}: writer_handle_count`, "count", "context", 500],
    [`${row}: invalidate_count`, "count", "context", 500],
    [`${row}: parked_total`, "count", "context", 0],
  ]);
});

Deno.test("importedHistory() shows the interval of repeats around the value", () => {
  const name = "2026-09-11T08-27-49-exp289-warm-connection-reruns.md";
  const { lanes } = importedHistory(readResqliteFile(name, Deno.readFileSync(new URL(name, FIXTURES)))!);
  const [wall] = lanes.get("imported from resqlite: High-Cardinality Stream Fan-out (v1)")!;
  assert.deepEqual(wall!.point, [234.99e6, 232.35e6, 435.06e6]);
});
