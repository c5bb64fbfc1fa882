import assert from "node:assert/strict";
import fc from "fast-check";
import { join } from "node:path";
import { UsageError } from "../model/errors.ts";
import type { Block } from "../model/record.ts";
import { arbitraryBlocks } from "./_arbitraries.ts";
import { CELLS, edit, END, exampleBlock, exampleStart, START, withDirectory } from "./_fixtures.ts";
import { listRuns } from "./list_runs.ts";
import { loadRun } from "./load_run.ts";
import { createRun, resumeRun } from "./run_folder.ts";

Deno.test("createRun() makes a folder that loads as a running run without blocks", () => {
  withDirectory((root) => {
    using run = createRun(exampleStart(join(root, "deep", "results"), "first"));
    assert.equal(run.folder, join(root, "deep", "results", "2026-11-21T23-55-07-first"));
    const record = loadRun(run.folder);
    assert.equal(record.id, "2026-11-21T23-55-07-first");
    assert.equal(record.label, "first");
    assert.equal(record.status, "running");
    assert.equal(record.startedAt, START.toISOString());
    assert.deepEqual(record.results, []);
    assert.deepEqual(Array.from(Deno.readDirSync(run.folder), ({ name }) => name).sort(), [
      "blocks.jsonl",
      "record.json",
    ]);
    assert.equal(
      Array.from(Deno.readDirSync(join(root, "deep", "results"))).length,
      1,
      "nothing else is left",
    );
  });
});

Deno.test("createRun() refuses a second run in the same folder and leaves the first alone", () => {
  withDirectory((root) => {
    using run = createRun(exampleStart(root, "twin"));
    run.append(exampleBlock(0));
    assert.throws(() => createRun(exampleStart(root, "twin")), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /its folder must be new: it exists/);
      return true;
    });
    run.append(exampleBlock(1));
    assert.equal(loadRun(run.folder).results.length, 2);
  });
});

Deno.test("createRun() refuses a folder that is there already though it is empty", () => {
  withDirectory((root) => {
    Deno.mkdirSync(join(root, "2026-11-21T23-55-07-taken"));
    assert.throws(() => createRun(exampleStart(root, "taken")), {
      name: "UsageError",
      message: /must be new: it exists/,
    });
    assert.deepEqual(listRuns(root).runs, []);
  });
});

Deno.test("createRun() writes nothing when the label is hostile", () => {
  withDirectory((directory) => {
    const root = join(directory, "results");
    for (const label of ["../../x", "", ".", "-x", "a\n", "a".repeat(10_000)]) {
      assert.throws(() => createRun(exampleStart(root, label)), UsageError);
    }
    assert.deepEqual(Array.from(Deno.readDirSync(directory)), []);
  });
});

Deno.test("createRun() says that the results folder must be a writable folder when it is a file", () => {
  withDirectory((directory) => {
    const root = join(directory, "results");
    Deno.writeTextFileSync(root, "not a folder");
    assert.throws(() => createRun(exampleStart(root)), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(
        error.message,
        /^Cannot create run ".+" as the results folder ".+" must be a writable folder: ./,
      );
      return true;
    });
    assert.equal(Deno.readTextFileSync(root), "not a folder");
  });
});

Deno.test({
  name: "createRun() says that the results folder must be a writable folder when it is read-only",
  // Not even root can make folders there.
  ignore: Deno.build.os !== "linux",
  fn() {
    assert.throws(() => createRun(exampleStart("/proc/self")), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /must be a writable folder/);
      return true;
    });
  },
});

Deno.test("createRun() throws a TypeError when the header breaks the format", () => {
  withDirectory((root) => {
    const start = exampleStart(root);
    assert.throws(
      () => createRun({ ...start, settings: { ...start.settings, seed: NaN } }),
      { name: "TypeError", message: /its header must be sound: "settings\.seed"/ },
    );
    assert.deepEqual(Array.from(Deno.readDirSync(root)), []);
  });
});

Deno.test("append() has the block on the disk when it returns", () => {
  withDirectory((root) => {
    using run = createRun(exampleStart(root));
    for (let position = 0; position < 5; position++) {
      run.append(exampleBlock(position));
      assert.deepEqual(
        loadRun(run.folder).results,
        Array.from({ length: position + 1 }, (_, i) => exampleBlock(i)),
      );
    }
    assert.ok(run.has(CELLS[0]!.key, 2));
    assert.ok(!run.has(CELLS[1]!.key, 2));
    assert.ok(!run.has("no such cell", 0));
  });
});

for (
  const [what, change, rule] of [
    ["holds NaN", { elapsedMs: NaN }, /"elapsedMs"/],
    ["is of an undeclared cell", { cellKey: "fan-out@2/fast/smoke" }, /"cellKey" must be one of the cells/],
    ["is there already", { blockIndex: 0 }, /has block 0 twice/],
    ["goes back in position", { position: 0 }, /"position" must grow from line to line: it is 0 after 0/],
  ] as const
) {
  Deno.test(`append() throws a TypeError and writes nothing when the block ${what}`, () => {
    withDirectory((root) => {
      using run = createRun(exampleStart(root));
      run.append(exampleBlock(0));
      assert.throws(
        () => run.append({ ...exampleBlock(2), ...change }),
        (error) => error instanceof TypeError && rule.test(error.message),
      );
      assert.deepEqual(loadRun(run.folder).results, [exampleBlock(0)]);
      run.append(exampleBlock(2));
    });
  });
}

Deno.test("seal() returns what loadRun() loads, with the end and the new warnings", () => {
  withDirectory((root) => {
    using run = createRun(exampleStart(root));
    run.append(exampleBlock(0));
    const record = run.seal({
      status: "complete",
      now: END,
      warnings: [{ kind: "cpu-pressure", share: 0.5 }],
    });
    assert.deepEqual(loadRun(run.folder), record);
    assert.equal(record.status, "complete");
    assert.equal(record.endedAt, END.toISOString());
    assert.deepEqual(record.warnings, [{ kind: "dirty-tree" }, { kind: "cpu-pressure", share: 0.5 }]);
    assert.equal(record.blocks?.count, 1);
  });
});

Deno.test("seal() returns what is stored when a value has no exact JSON or changes after append()", () => {
  withDirectory((root) => {
    using run = createRun(exampleStart(root));
    const metrics: Record<string, number> = { settle_ns: -0 };
    run.append({ ...exampleBlock(0), metrics });
    metrics["settle_ns"] = 5;
    const record = run.seal({ status: "complete", now: END });
    assert.deepEqual(record, loadRun(run.folder));
  });
});

Deno.test("seal() throws a TypeError and stays open when a warning breaks the format", () => {
  withDirectory((root) => {
    using run = createRun(exampleStart(root));
    const warnings = [{ kind: "cpu-pressure", share: NaN }] as const;
    assert.throws(() => run.seal({ status: "complete", now: END, warnings }), {
      name: "TypeError",
      message: /Cannot seal run ".+" as its header must be sound: "warnings\.1\.share"/,
    });
    run.seal({ status: "complete", now: END });
  });
});

Deno.test("seal() round-trips every block", () => {
  fc.assert(
    fc.property(arbitraryBlocks, (blocks: readonly Block[]) => {
      withDirectory((root) => {
        using run = createRun(exampleStart(root));
        for (const block of blocks) run.append(block);
        run.seal({ status: "partial", now: END });
        assert.deepEqual(loadRun(run.folder).results, blocks);
      });
    }),
    { numRuns: 40 },
  );
});

Deno.test("seal() refuses and stays open when something else wrote to the blocks", () => {
  withDirectory((root) => {
    using run = createRun(exampleStart(root));
    run.append(exampleBlock(0));
    edit(run.folder, "blocks.jsonl", (text) => text.replace("12.5", "11.5"));
    assert.throws(() => run.seal({ status: "complete", now: END }), /nothing else may write to it/);
    assert.equal(loadRun(run.folder).status, "running");
    edit(run.folder, "blocks.jsonl", (text) => text.replace("11.5", "12.5"));
    run.seal({ status: "complete", now: END });
  });
});

Deno.test("append() and seal() say what the run is when it is no longer open", () => {
  withDirectory((root) => {
    const sealed = createRun(exampleStart(root, "sealed"));
    sealed.seal({ status: "partial", now: END });
    sealed.close();
    assert.throws(() => sealed.append(exampleBlock(0)), /must be open: it is sealed/);
    const closed = createRun(exampleStart(root, "closed"));
    closed.close();
    closed.close();
    assert.throws(() => closed.seal({ status: "partial", now: END }), /must be open: it is closed/);
  });
});

Deno.test("resumeRun() goes on after close() and after a partial seal", () => {
  withDirectory((root) => {
    const first = createRun(exampleStart(root));
    first.append(exampleBlock(0));
    first.close();

    const second = resumeRun(first.folder);
    assert.deepEqual(second.blocks, [exampleBlock(0)]);
    assert.ok(second.has(CELLS[0]!.key, 0));
    second.append(exampleBlock(1));
    second.seal({ status: "partial", now: END });

    const third = resumeRun(first.folder);
    assert.equal(third.header.status, "running");
    assert.equal(loadRun(first.folder).status, "partial", "sealed until there is something to add");
    third.append(exampleBlock(2));
    const running = loadRun(first.folder);
    assert.equal(running.status, "running");
    assert.equal(running.blocks, undefined);
    assert.equal(running.sha256, undefined);
    assert.equal(running.endedAt, undefined);
    third.seal({ status: "complete", now: END });
    assert.deepEqual(loadRun(first.folder).results, [0, 1, 2].map(exampleBlock));
  });
});

Deno.test("resumeRun() cuts an unfinished line off, wherever it was cut, and warns", () => {
  withDirectory((root) => {
    const run = createRun(exampleStart(root));
    run.append(exampleBlock(0));
    run.close();
    const path = join(run.folder, "blocks.jsonl");
    const sound = Deno.readFileSync(path);
    const line = new TextEncoder().encode(JSON.stringify(exampleBlock(1)));
    for (let byteCount = 1; byteCount <= line.length; byteCount += 7) {
      Deno.writeFileSync(path, new Uint8Array([...sound, ...line.subarray(0, byteCount)]));
      const warning = { kind: "unfinished-line", line: 2, byteCount } as const;
      const loaded = loadRun(run.folder);
      assert.deepEqual(loaded.results, [exampleBlock(0)]);
      assert.deepEqual(loaded.warnings.at(-1), warning);
      using resumed = resumeRun(run.folder);
      assert.deepEqual(resumed.header.warnings.at(-1), warning);
      assert.deepEqual(Deno.readFileSync(path), sound);
    }
  });
});

Deno.test("resumeRun() refuses a complete run", () => {
  withDirectory((root) => {
    using run = createRun(exampleStart(root));
    run.seal({ status: "complete", now: END });
    assert.throws(() => resumeRun(run.folder), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /must be partial or killed: it is complete/);
      return true;
    });
    loadRun(run.folder);
  });
});

Deno.test("resumeRun() goes on with a complete run when its budget is longer than before, and with no other", () => {
  withDirectory((root) => {
    const start = exampleStart(root);
    const stopping = {
      metrics: ["done_ns"],
      confidence: 0.95,
      reachShare: 0.1,
      leastBlockCount: 6,
      budgetMs: 60_000,
    };
    using run = createRun({ ...start, settings: { ...start.settings, stopping } });
    run.append(exampleBlock(0));
    run.seal({ status: "complete", now: END });
    assert.throws(() => resumeRun(run.folder), /it is complete; a longer --budget narrows its intervals/);
    assert.throws(
      () => resumeRun(run.folder, 60_000),
      /must be longer than before: it had 60 s, and 60 s were given/,
    );

    using longer = resumeRun(run.folder, 90_000);
    assert.equal(
      loadRun(run.folder).settings.stopping?.budgetMs,
      60_000,
      "sealed until there is something to add",
    );
    longer.append(exampleBlock(1));
    longer.seal({ status: "complete", now: END });
    const { settings, results } = loadRun(run.folder);
    assert.deepEqual([settings.stopping?.budgetMs, results.length], [90_000, 2]);
  });
});

Deno.test("resumeRun() refuses a budget for a run whose blocks were counted beforehand", () => {
  withDirectory((root) => {
    using run = createRun(exampleStart(root));
    run.seal({ status: "partial", now: END });
    assert.throws(() => resumeRun(run.folder, 90_000), /repetitions were counted beforehand/);
  });
});

Deno.test("resumeRun() refuses a partial run whose blocks were edited, and releases it", () => {
  withDirectory((root) => {
    using run = createRun(exampleStart(root));
    run.append(exampleBlock(0));
    run.seal({ status: "partial", now: END });
    edit(run.folder, "blocks.jsonl", (text) => text.replace("12.5", "11.5"));
    assert.throws(() => resumeRun(run.folder), { name: "RecordFormatError", message: /digest/ });
    edit(run.folder, "blocks.jsonl", (text) => text.replace("11.5", "12.5"));
    resumeRun(run.folder).close();
  });
});

Deno.test("resumeRun() refuses a run that is open, in this process too", () => {
  withDirectory((root) => {
    using run = createRun(exampleStart(root));
    assert.throws(() => resumeRun(run.folder), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /only one process may write it/);
      return true;
    });
    run.append(exampleBlock(0));
  });
});

Deno.test("resumeRun() throws a UsageError when there is no such folder", () => {
  withDirectory((root) => {
    assert.throws(() => resumeRun(join(root, "none")), {
      name: "UsageError",
      message: /must be a readable folder/,
    });
  });
});
