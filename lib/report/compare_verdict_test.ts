import { match, strictEqual } from "node:assert/strict";
import type { MeasuredBlock, RunRecord } from "../model/mod.ts";
import { brokenMargins, parseMargins } from "./compare_margins.ts";
import { compareRuns } from "./compare_runs.ts";
import { recordFixture } from "../testing/record_fixture.ts";
import { compareVerdict } from "./compare_verdict.ts";

/** A side of one cell with eight blocks of nearly the same times. */
function side(slowness: number, blockCount = 8): RunRecord {
  const record = recordFixture();
  const template = record.results.find((block): block is MeasuredBlock =>
    // The anchor corrects itself away.
    block.status === "measured" && block.cellKey.includes("tinybase")
  )!;
  const [cell] = record.settings.cells.filter(({ key }) => key === template.cellKey);
  return {
    ...record,
    settings: { ...record.settings, cells: [cell!] },
    results: Array.from({ length: blockCount }, (_, blockIndex) => ({
      ...template,
      blockIndex,
      host: {},
      metrics: {},
      phases: [{
        ...template.phases[0]!,
        operations: [],
        metrics: {
          done_ns: 1e6 * slowness * (1 + blockIndex / 1000),
          shown_p50_ns: 1e4 * slowness * (1 + blockIndex / 1000),
        },
      }],
    })),
  };
}

function verdict(first: RunRecord, second: RunRecord, failOn: readonly string[] = []): string {
  const comparison = compareRuns(first, second);
  const broken = brokenMargins(comparison, parseMargins(failOn));
  return compareVerdict(comparison, broken, { base: "aaaa", head: "bbbb" });
}

Deno.test("compareVerdict() says better, worse, worse than allowed and no difference in one line", () => {
  strictEqual(verdict(side(1), side(1)), "Verdict: no difference found. bbbb against aaaa");
  match(verdict(side(1), side(0.5)), /^Verdict: better\./);
  match(verdict(side(1), side(1.5)), /^Verdict: worse, within what is allowed\./);
  match(verdict(side(1), side(1.5), ["done:5%"]), /^Verdict: worse than allowed\..* breaks 1 margin$/);
});

Deno.test("compareVerdict() says that few blocks cannot tell, and nothing of a side that failed", () => {
  match(verdict(side(1, 3), side(1, 3)), /^Verdict: cannot tell\..*3 repetitions a side are too few/);
  const failed = side(1);
  const results = failed.results.map((block) => ({ ...block, verdict: "lost" as const }) as MeasuredBlock);
  match(verdict(side(1), { ...failed, results }), /^Verdict: none\..*failed or gave wrong answers/);
});

Deno.test("compareVerdict() tells nothing of runs of two machines", () => {
  const other = side(1);
  const environment = { ...other.environment, machineId: "another" };
  match(
    verdict(side(1), { ...other, environment }),
    /^Verdict: none\. bbbb against aaaa: they were measured under another machine$/,
  );
  match(
    verdict(side(1), { ...other, settings: { ...other.settings, cells: [] }, results: [] }),
    /^Verdict: none\. .*no database x workload in common$/,
  );
});
