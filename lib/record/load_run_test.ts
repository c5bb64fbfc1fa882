import assert from "node:assert/strict";
import fc from "fast-check";
import { join } from "node:path";
import { RecordFormatError } from "../model/errors.ts";
import type { RunRecord } from "../model/record.ts";
import { edit, END, exampleBlock, exampleStart, withDirectory } from "./_fixtures.ts";
import { headerDigest, loadRun, loadStoredRun } from "./load_run.ts";
import { type Migration, MIGRATIONS } from "./migrate.ts";
import { createRun } from "./run_folder.ts";

/** A run with three blocks, sealed unless said otherwise. */
function storeRun(root: string, isSealed = true): { folder: string; record: RunRecord } {
  using run = createRun(exampleStart(root));
  for (let position = 0; position < 3; position++) run.append(exampleBlock(position));
  if (isSealed) run.seal({ status: "complete", now: END });
  return { folder: run.folder, record: loadRun(run.folder) };
}

function assertFormatError(
  folder: string,
  file: string,
  line: number | undefined,
  rule: RegExp,
  migrations?: readonly Migration[],
): void {
  assert.throws(() => loadRun(folder, migrations), (error) => {
    assert.ok(error instanceof RecordFormatError, String(error));
    assert.equal(error.file, join(folder, file));
    assert.equal(error.line, line);
    assert.match(error.message, rule);
    return true;
  });
}

const lines = (change: (lines: string[]) => string[]) => (text: string) =>
  change(text.trimEnd().split("\n")).map((line) => line + "\n").join("");

for (
  const [what, change, line, rule] of [
    ["a changed digit", (text: string) => text.replace("123457", "123458"), undefined, /their digest is/],
    ["a removed line", lines(([a, , c]) => [a!, c!]), undefined, /it has 2, expected 3/],
    ["swapped lines", lines(([a, b, c]) => [a!, c!, b!]), 3, /"position" must grow/],
    ["a doubled line", lines(([a, b, c]) => [a!, b!, c!, c!]), 4, /has block 1 twice/],
    ["an empty line", (text: string) => text + "\n", 4, /must be JSON/],
    ["an array in a line", lines(([a, b]) => [a!, b!, "[]"]), 3, /must be a JSON object/],
    ["no line feed at its end", (text: string) => text.trimEnd(), 3, /must end in a line feed/],
    [
      "an undeclared cell",
      (text: string) => text.replace("/slow/", "/none/"),
      2,
      /"cellKey" must be one of the cells/,
    ],
    ["an unknown key", lines(([a, b, c]) => [a!, b!, c!.replace("{", '{"x":1,')]), 3, /"x"/],
    ["no blocks", () => "", undefined, /it has 0, expected 3/],
    ["a byte order mark", (text: string) => "\ufeff" + text, 1, /must be JSON/],
  ] as const
) {
  Deno.test(`loadRun() refuses a sealed run whose blocks have ${what}`, () => {
    withDirectory((root) => {
      const { folder } = storeRun(root);
      edit(folder, "blocks.jsonl", change);
      assertFormatError(folder, "blocks.jsonl", line, rule);
    });
  });
}

for (
  const [what, change, rule] of [
    [
      "a changed fact",
      (text: string) => text.replace("Example CPU", "Example GPU"),
      /must be the one that was sealed/,
    ],
    ["its end cut off", (text: string) => text.slice(0, -20), /must be JSON/],
    ["no content", () => "", /must be JSON/],
    ["another kind of content", () => "null", /must be a JSON object/],
    [
      "no digest",
      (text: string) => text.replace(/,\s+"sha256": "\w+"\s+}\s*$/, "}"),
      /"sha256" must be present/,
    ],
    [
      "a version that is no number",
      (text: string) => text.replace(": 2,", ': "2",'),
      /must be a whole number: it is "2"/,
    ],
    [
      "no version",
      (text: string) => text.replace('"schemaVersion": 2,', ""),
      /must be a whole number: it is absent/,
    ],
  ] as const
) {
  Deno.test(`loadRun() refuses a sealed run whose header has ${what}`, () => {
    withDirectory((root) => {
      const { folder } = storeRun(root);
      edit(folder, "record.json", change);
      assertFormatError(folder, "record.json", undefined, rule);
    });
  });
}

Deno.test("loadRun() refuses a header that is cut anywhere", () => {
  withDirectory((root) => {
    const { folder } = storeRun(root, false);
    const path = join(folder, "record.json");
    const whole = Deno.readFileSync(path);
    // Without its last line feed it is still whole.
    for (let length = 0; length < whole.length - 1; length += 11) {
      Deno.writeFileSync(path, whole.subarray(0, length));
      assertFormatError(folder, "record.json", undefined, /must be JSON/);
    }
  });
});

Deno.test("loadRun() detects every single changed byte of a sealed run or loads the original", () => {
  withDirectory((root) => {
    const { folder, record } = storeRun(root);
    const files = ["record.json", "blocks.jsonl"].map((name) => {
      const path = join(folder, name);
      return { path, bytes: Deno.readFileSync(path) };
    });
    let refusalCount = 0;
    const corruption = fc.constantFrom(...files).chain((file) =>
      fc.record({
        file: fc.constant(file),
        offset: fc.nat({ max: file.bytes.length - 1 }),
        flip: fc.integer({ min: 1, max: 255 }),
      })
    );
    fc.assert(
      fc.property(corruption, ({ file, offset, flip }) => {
        const corrupt = file.bytes.slice();
        corrupt[offset]! ^= flip;
        Deno.writeFileSync(file.path, corrupt);
        try {
          assert.deepEqual(loadRun(folder), record);
        } catch (error) {
          assert.ok(error instanceof RecordFormatError, String(error));
          refusalCount++;
        } finally {
          Deno.writeFileSync(file.path, file.bytes);
        }
      }),
      { numRuns: 600 },
    );
    assert.ok(refusalCount > 300, `only ${refusalCount} of 600 were refused`);
    assert.deepEqual(loadRun(folder), record);
  });
});

Deno.test("loadRun() holds the finished lines of an unsealed run against the format", () => {
  withDirectory((root) => {
    const { folder } = storeRun(root, false);
    edit(folder, "blocks.jsonl", lines(([a, b, c]) => [a!, b!.slice(0, -5), c!]));
    assertFormatError(folder, "blocks.jsonl", 2, /must be JSON/);
  });
});

Deno.test("loadRun() names the missing file", () => {
  withDirectory((root) => {
    const { folder } = storeRun(root);
    Deno.removeSync(join(folder, "blocks.jsonl"));
    assertFormatError(folder, "blocks.jsonl", undefined, /must exist in a run folder/);
    Deno.removeSync(join(folder, "record.json"));
    assertFormatError(folder, "record.json", undefined, /must exist in a run folder/);
  });
});

Deno.test("loadRun() throws a UsageError when the folder is missing or a file", () => {
  withDirectory((root) => {
    assert.throws(() => loadRun(join(root, "none")), {
      name: "UsageError",
      message: /must be a readable folder/,
    });
    Deno.writeTextFileSync(join(root, "file"), "");
    assert.throws(() => loadRun(join(root, "file")), {
      name: "UsageError",
      message: /must be a folder: it is a file/,
    });
  });
});

Deno.test({
  name: "loadRun() refuses a device in place of the blocks instead of reading for ever",
  ignore: Deno.build.os === "windows",
  fn() {
    withDirectory((root) => {
      const { folder } = storeRun(root, false);
      Deno.removeSync(join(folder, "blocks.jsonl"));
      Deno.symlinkSync("/dev/zero", join(folder, "blocks.jsonl"));
      assertFormatError(folder, "blocks.jsonl", undefined, /must be a regular file/);
    });
  },
});

Deno.test("loadRun() names both versions when the record is newer", () => {
  withDirectory((root) => {
    const { folder } = storeRun(root);
    edit(folder, "record.json", (text) => text.replace('"schemaVersion": 2', '"schemaVersion": 9'));
    assertFormatError(
      folder,
      "record.json",
      undefined,
      /has schema version 9 and this Watchbench reads versions up to 2/,
    );
  });
});

/** Version 0 called the label `title`, and a block's place `order`. */
const FROM_0: Migration = {
  from: 0,
  header: ({ title, ...rest }) => ({ ...rest, label: title }),
  block: ({ order, ...rest }) => ({ ...rest, position: order }),
};

const ALL_STEPS = [FROM_0, ...MIGRATIONS];

/** Turns a stored run into what version 0 would have sealed. */
function age(folder: string, record: RunRecord): void {
  edit(folder, "blocks.jsonl", (text) => text.replaceAll('"position":', '"order":'));
  const { results: _results, label, sha256: _sha256, ...rest } = record;
  // The digest over the blocks is made by loadRun's complaint, as that is the only other source of it.
  let sha256 = "";
  const header = { ...rest, title: label, schemaVersion: 0 };
  Deno.writeTextFileSync(
    join(folder, "record.json"),
    JSON.stringify({ ...header, sha256: headerDigest(header) }),
  );
  assert.throws(() => loadRun(folder, ALL_STEPS), (error) => {
    sha256 = /their digest is (\w+)/.exec(String(error))?.[1] ?? "";
    return sha256 !== "";
  });
  const sealed = { ...header, blocks: { count: record.results.length, sha256 } };
  Deno.writeTextFileSync(
    join(folder, "record.json"),
    JSON.stringify({ ...sealed, sha256: headerDigest(sealed) }),
  );
}

Deno.test("loadRun() tells numbers of before by their metrics version, and leaves blocks of format version 1 as they are", () => {
  withDirectory((root) => {
    const { folder, record } = storeRun(root);
    const { results, metricsVersion, sha256: _sha256, ...rest } = record;
    assert.equal(metricsVersion, 2);
    const header = { ...rest, schemaVersion: 1 };
    Deno.writeTextFileSync(
      join(folder, "record.json"),
      JSON.stringify({ ...header, sha256: headerDigest(header) }),
    );
    const { record: loaded, blocksBytes } = loadStoredRun(folder);
    assert.deepEqual([loaded.schemaVersion, loaded.metricsVersion], [2, 1]);
    assert.deepEqual(loaded.results, results);
    assert.deepEqual(blocksBytes, Deno.readFileSync(join(folder, "blocks.jsonl")));
  });
});

Deno.test("loadRun() brings an older record to the present version, its digests checked as they were sealed", () => {
  withDirectory((root) => {
    const { folder, record } = storeRun(root);
    age(folder, record);
    const loaded = loadRun(folder, ALL_STEPS);
    assert.equal(loaded.schemaVersion, 2);
    assert.equal(loaded.label, record.label);
    assert.deepEqual(loaded.results, record.results);

    edit(folder, "blocks.jsonl", (text) => text.replace("123457", "123458"));
    assertFormatError(folder, "blocks.jsonl", undefined, /their digest is/, ALL_STEPS);
  });
});

Deno.test("loadRun() names the versions when no migration leads to the present one", () => {
  withDirectory((root) => {
    const { folder, record } = storeRun(root);
    age(folder, record);
    assertFormatError(
      folder,
      "record.json",
      undefined,
      /has schema version 0 and nothing leads from version 0 to 2/,
    );
  });
});

Deno.test("loadStoredRun() hands out the bytes of blocks only where they are those of the record", () => {
  withDirectory((root) => {
    const { folder, record } = storeRun(root);
    const stored = loadStoredRun(folder);
    assert.deepEqual(stored.record, record);
    assert.deepEqual(stored.blocksBytes, Deno.readFileSync(join(folder, "blocks.jsonl")));
    age(folder, record);
    const migrated = loadStoredRun(folder, ALL_STEPS);
    assert.deepEqual([migrated.record.results, migrated.blocksBytes], [record.results, undefined]);
  });
  withDirectory((root) => {
    const { folder } = storeRun(root, false);
    Deno.writeTextFileSync(join(folder, "blocks.jsonl"), '{"cut', { append: true });
    const { record, blocksBytes } = loadStoredRun(folder);
    assert.deepEqual([record.results.length, blocksBytes], [3, undefined]);
  });
});
