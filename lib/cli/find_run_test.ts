import assert from "node:assert/strict";
import { join } from "node:path";
import { saveBaseline } from "../record/baselines.ts";
import { findRun } from "./find_run.ts";

function withRuns(ids: readonly string[], test: (root: string) => void): void {
  const root = Deno.makeTempDirSync();
  try {
    for (const id of ids) {
      Deno.mkdirSync(join(root, id));
      Deno.writeTextFileSync(join(root, id, "record.json"), "{}");
    }
    Deno.mkdirSync(join(root, "2026-no-run"));
    Deno.writeTextFileSync(join(root, "README.md"), "");
    test(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

const IDS = ["2026-11-22T10-00-00-bench", "2026-11-22T10-00-00-bench2", "2026-11-23T08-00-00-nightly"];

Deno.test("findRun() takes paths, whole ids and unique beginnings of ids", () => {
  withRuns(IDS, (root) => {
    assert.equal(findRun(join(root, IDS[1]!), "nowhere"), join(root, IDS[1]!));
    assert.equal(findRun("2026-11-23", root), join(root, IDS[2]!));
    // A whole id is meant even when it begins another one.
    assert.equal(findRun(IDS[0]!, root), join(root, IDS[0]!));
  });
});

Deno.test("findRun() takes a label for its newest run, and latest for the newest of all", () => {
  const older = "2026-11-20T08-00-00-nightly";
  withRuns([...IDS, older], (root) => {
    assert.equal(findRun("nightly", root), join(root, IDS[2]!));
    assert.equal(findRun("latest", root), join(root, IDS[2]!));
    assert.equal(findRun("bench", root), join(root, IDS[0]!));
  });
});

Deno.test("findRun() takes a baseline for the run that was saved under it, before labels and beginnings", () => {
  withRuns(IDS, (root) => {
    saveBaseline(root, "nightly", IDS[0]!);
    saveBaseline(root, "gone", "2026-11-01T00-00-00-bench");
    assert.equal(findRun("nightly", root), join(root, IDS[0]!));
    assert.throws(() => findRun("gone", root), {
      name: "UsageError",
      message:
        /baseline "gone" as its run must be there: 2026-11-01T00-00-00-bench is gone; bench --save-baseline gone/,
    });
    assert.throws(() => findRun("gon", root), { message: /did you mean "gone"\?/ });
  });
});

Deno.test("findRun() lists what it could have been, and strips what a terminal would obey", () => {
  withRuns(IDS, (root) => {
    assert.throws(() => findRun("2026-11-22", root), {
      name: "UsageError",
      message:
        'Cannot find run "2026-11-22" as it must be a run folder, a baseline, a label, "latest", or begin the id of one run: ' +
        `2 begin so, ${IDS[1]}, ${IDS[0]}`,
    });
    for (const name of ["\x1b[31mx", "", "../..", "README.md", "2026-no-run"]) {
      assert.throws(
        () => findRun(name, root),
        (error: Error) =>
          error.name === "UsageError" && error.message.endsWith(`holds ${IDS.toReversed().join(", ")}`) &&
          !error.message.includes("\x1b"),
      );
    }
  });
});

Deno.test("findRun() names the run that was probably meant", () => {
  withRuns(IDS, (root) => {
    for (
      const [name, meant] of [
        ["2026-11-23T08-00-00-nighlty", IDS[2]],
        ["2026-11-23T08-00-01", IDS[2]],
        ["nighlty", IDS[2]],
        ["benhc", IDS[0]],
      ]
    ) {
      assert.throws(() => findRun(name!, root), {
        message: new RegExp(`^Cannot find run "${name}" \\(did you mean "${meant}"\\?\\) as it must`),
      });
    }
    assert.throws(() => findRun("something-else", root), {
      message: /^Cannot find run "something-else" as it must/,
    });
  });
});

Deno.test("findRun() says so when there are no runs or no folder", () => {
  withRuns([], (root) => {
    assert.throws(() => findRun("x", root), /holds no run$/);
    assert.throws(() => findRun("x", join(root, "absent")), /holds no run$/);
    assert.throws(() => findRun("x", join(root, "README.md")), { name: "UsageError" });
  });
});
