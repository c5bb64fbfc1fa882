import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import type { RunRecord } from "../model/mod.ts";
import { olderRecordFixture, recordFixture } from "../testing/record_fixture.ts";
import { overviewMatrix, overviewSentences } from "./overview_matrix.ts";
import { summarizeRun } from "./summarize_run.ts";
import { renderOverview } from "./terminal_overview.ts";

function texts(record: RunRecord): string[][] {
  const { columns, rows } = overviewMatrix(summarizeRun(record))!;
  return [columns.map(({ title }) => title), ...rows.map((row) => row.map(({ text }) => text))];
}

/** The record with the metrics of one cell's phases changed. */
function withMetrics(adapter: string, change: Readonly<Record<string, number>>): RunRecord {
  const record = recordFixture();
  return {
    ...record,
    results: record.results.map((block) =>
      block.status !== "measured" || !block.cellKey.includes(`/${adapter}/`) ? block : {
        ...block,
        phases: block.phases.map((phase) => ({ ...phase, metrics: { ...phase.metrics, ...change } })),
      }
    ),
  };
}

Deno.test("overviewMatrix() has a row per database and a column per phase, by class, and says what is missing", () => {
  const [head, ...rows] = texts(recordFixture());
  deepStrictEqual(head, ["database", "class", "keyed-pk", "overlap baseline", "overlap overlap"]);
  const byName = new Map(rows.map(([name, ...rest]) => [name, rest]));
  strictEqual(byName.get("liar[note=a|b]")![1], "wrong");
  strictEqual(byName.get("crasher")![1], "failed");
  strictEqual(byName.get("late")![1], "not run");
  strictEqual(byName.get("node-sqlite")![0], "lower bound");
  strictEqual(byName.get("node-sqlite")![2], "skipped");
  match(byName.get("tinybase")![1]!, /^\d.* ms$/);
  strictEqual(rows.at(-1)![0], "node-sqlite");
});

Deno.test("overviewMatrix() marks what is stale, and says what the mark means only where it is", () => {
  const told = (record: RunRecord): string => {
    const matrix = overviewMatrix(summarizeRun(record))!;
    return overviewSentences(matrix, "*").join("\n");
  };
  const stale = withMetrics("tinybase", { shown_p99_ns: 101e6 });
  match(texts(stale).flat().join("\n"), /ms stale$/m);
  match(told(stale), /stale: changes took longer than 100 ms to be seen/);
  const fresh = withMetrics("tinybase", { shown_p99_ns: 99e6 });
  strictEqual(/stale/.test(texts(fresh).filter(([name]) => name === "tinybase").join()), false);
});

Deno.test("overviewMatrix() is of the lead metric of the run's own meanings, and is not there without one", () => {
  match(overviewMatrix(summarizeRun(olderRecordFixture()))!.title, /^Databases x workloads: wall$/);
  const record = recordFixture();
  strictEqual(overviewMatrix(summarizeRun({ ...record, results: [] })), undefined);
});

Deno.test("renderOverview() matches the golden file", async (t) => {
  await t.assertSnapshot(renderOverview(recordFixture(), { isColored: false, width: 100 }));
});
