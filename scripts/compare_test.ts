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
    const results = record.results.filter(({ cellKey }) => cells.some(({ key }) => key === cellKey));
    const verified = { ...record, settings: { ...record.settings, cells }, results };
    storeFixture(join(root, "2026-11-21-verified"), { ...verified, id: "2026-11-21-verified" });
    storeFixture(join(root, "2026-11-22-verified"), { ...verified, id: "2026-11-22-verified" });
    storeFixture(join(root, "2026-11-23-mixed"), { ...record, id: "2026-11-23-mixed" });
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
      /^burst +wall +3\.1 ms ±2 % +3\.1 ms ±2 % +1\.00x +0\.962x to 1\.04x +undecided$/m,
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
    assert.equal(comparison.cells[0].metrics[0].metric.id, "wall_ns");
    assert.equal(comparison.cells[0].metrics[0].comparison.ratio, 1);
  });
});

Deno.test("compare() refuses names that fit no run or several, and unknown metrics", () => {
  withRuns((run) => {
    assert.throws(() => run("2026-11-2", "2026-11-22"), { name: "UsageError", message: /3 begin so/ });
    assert.throws(() => run("1999", "2026-11-22"), { name: "UsageError", message: /Cannot find run "1999"/ });
    assert.throws(() => run("2026-11-21", "2026-11-22", "--metric", "wal_ns"), {
      name: "UsageError",
      message: /did you mean "wall_ns"/,
    });
  });
});

Deno.test("parseCompareArguments() refuses one run, three runs and unknown flags", () => {
  for (const args of [["a"], ["a", "b", "c"], ["a", "b", "--jsn"]]) {
    assert.throws(() => parseCompareArguments(args), { name: "UsageError" });
  }
});
