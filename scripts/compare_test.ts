import assert from "node:assert/strict";
import { join } from "node:path";
import { EXIT } from "../lib/cli/exit_code.ts";
import { recordFixture, storeFixture } from "../lib/testing/record_fixture.ts";
import { compare, parseCompareArguments } from "./compare.ts";

function withRuns(test: (run: (...args: string[]) => { code: number; printed: string }) => void): void {
  const root = Deno.makeTempDirSync();
  try {
    const record = recordFixture();
    const cells = record.settings.cells.filter(({ adapter }) => adapter === "tinybase");
    const results = record.results.filter(({ cellKey }) => cells.some(({ key }) => key === cellKey))
      .flatMap((block, index, { length }) =>
        [0, 1].map((half) => ({
          ...block,
          blockIndex: block.blockIndex + 3 * half,
          position: index + length * half,
        }))
      ).toSorted((a, b) => a.position - b.position);
    const verified = { ...record, settings: { ...record.settings, cells }, results };
    storeFixture(join(root, "2026-11-21-verified"), { ...verified, id: "2026-11-21-verified" });
    storeFixture(join(root, "2026-11-22-verified"), { ...verified, id: "2026-11-22-verified" });
    storeFixture(join(root, "2026-11-23-mixed"), { ...record, id: "2026-11-23-mixed" });
    const slower = results.map((block) =>
      block.status !== "measured" ? block : {
        ...block,
        phases: block.phases.map((phase) => ({
          ...phase,
          metrics: { ...phase.metrics, done_ns: phase.metrics["done_ns"]! * 1.2 },
        })),
      }
    );
    storeFixture(join(root, "2026-11-24-slower"), { ...verified, results: slower, id: "2026-11-24-slower" });
    storeFixture(join(root, "2026-11-25-before"), {
      ...verified,
      metricsVersion: 1,
      id: "2026-11-25-before",
    });
    test((...args) => {
      let printed = "";
      const parsed = parseCompareArguments([...args, "--results", root]);
      assert.ok(parsed);
      const code = compare(parsed, (text) => void (printed += text));
      return { code, printed };
    });
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

Deno.test("compare() prints ratios and ends fine when every common cell was compared", () => {
  withRuns((run) => {
    const { code, printed } = run("2026-11-21", "2026-11-22", "--metric", "wall_ns,settle_ns");
    assert.equal(code, EXIT.fine);
    assert.match(printed, /First: {2}2026-11-21-verified\nSecond: 2026-11-22-verified/);
    assert.match(
      printed,
      /^burst +wall +3\.1 ms ±2 % +3\.1 ms ±2 % +1\.00x +0\.9\d\dx to 1\.0\dx +no difference found$/m,
    );
    assert.doesNotMatch(printed, /caller CPU/);
  });
});

Deno.test("compare() ends wrong when a cell of both runs failed or lied", () => {
  withRuns((run) => assert.equal(run("2026-11-23", "2026-11-23").code, EXIT.wrong));
});

Deno.test("compare() with --json prints one JSON object", () => {
  withRuns((run) => {
    const comparison = JSON.parse(run("2026-11-21", "2026-11-22", "--json").printed);
    assert.equal(comparison.cells[0].metrics[0].metric.id, "done_ns");
    assert.equal(comparison.cells[0].metrics[0].comparison.ratio, 1);
  });
});

Deno.test("compare() refuses names that fit no run or several, and unknown metrics", () => {
  withRuns((run) => {
    assert.throws(() => run("2026-11-2", "2026-11-22"), { name: "UsageError", message: /5 begin so/ });
    assert.throws(() => run("1999", "2026-11-22"), { name: "UsageError", message: /Cannot find run "1999"/ });
    assert.throws(() => run("2026-11-21", "2026-11-22", "--metric", "wal_ns"), {
      name: "UsageError",
      message: /did you mean "wall_ns"/,
    });
  });
});

Deno.test("compare() ends with a code of its own when an interval lies beyond its margin, and only then", () => {
  withRuns((run) => {
    const { code, printed } = run("2026-11-21", "2026-11-24", "--fail-on", "done:10%,shown_p50:5%");
    assert.equal(code, EXIT.regressed);
    assert.match(printed, /^keyed-pk@2, standard: worse: tinybase burst done 1\.20x/);
    assert.match(
      printed,
      /- keyed-pk@2\/tinybase\/standard burst done is 1\.20x .* beyond the margin of 10 %/,
    );
    assert.equal(run("2026-11-21", "2026-11-24", "--fail-on", "done:25%").code, EXIT.fine);
    assert.equal(run("2026-11-24", "2026-11-21", "--fail-on", "done:5%").code, EXIT.fine);
    const json = run("2026-11-21", "2026-11-24", "--json", "--fail-on", "done:5%").printed;
    assert.equal(JSON.parse(json).brokenMargins.length, 3);
    // A margin on what is not asked for compares it.
    const beside = run("2026-11-21", "2026-11-24", "--metric", "wall_ns", "--fail-on", "done:5%");
    assert.equal(beside.code, EXIT.regressed);
  });
});

Deno.test("compare() refuses margins that make no sense and runs of two meanings", () => {
  withRuns((run) => {
    for (
      const [margins, message] of [
        ["", /must name one/],
        ["done:0%", /above 0 %/],
        ["dne:5%", /did you mean "done"/],
      ] as const
    ) {
      assert.throws(() => run("2026-11-21", "2026-11-22", "--fail-on", margins), {
        name: "UsageError",
        message,
      });
    }
    assert.throws(() => run("2026-11-25", "2026-11-21"), {
      name: "UsageError",
      message: /must have one meaning/,
    });
  });
});

Deno.test("compare() with --markdown prints a comment", () => {
  withRuns((run) => {
    const { printed } = run("2026-11-21", "2026-11-24", "--markdown");
    assert.match(
      printed,
      /^### 2026-11-24-slower against 2026-11-21-verified\n\n\*\*Verdict: worse.*\*\*\n\n- keyed-pk@2, standard: worse: /,
    );
    assert.match(printed, /<details><summary>Ratios<\/summary>\n\n\| workload\/database /);
    assert.throws(() => run("2026-11-21", "2026-11-22", "--markdown", "--json"), { name: "UsageError" });
  });
});

Deno.test("parseCompareArguments() refuses one run, three runs and unknown flags", () => {
  for (const args of [["a"], ["a", "b", "c"], ["a", "b", "--jsn"]]) {
    assert.throws(() => parseCompareArguments(args), { name: "UsageError" });
  }
});
