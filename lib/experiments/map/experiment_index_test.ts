import assert from "node:assert/strict";
import { join } from "node:path";
import { describeFault } from "../checks/check_report.ts";
import { readIndex, recordFaults } from "./experiment_index.ts";

function withFiles(files: Readonly<Record<string, string>>, test: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(join(folder, name), text);
    test(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function shown(folder: string, faults: ReturnType<typeof recordFaults>): string[] {
  return faults.map((fault) => describeFault(fault).replace(`${folder}/`, ""));
}

Deno.test("readIndex() takes the last row of an experiment", () => {
  const files = {
    "014.json": '[{"status": "accepted"}, {"status": "rejected"}]',
    "008b.json": '{"status": "in_review", "title": "x"}',
  };
  withFiles(files, (folder) => {
    const { statuses, faults } = readIndex(folder);
    assert.deepEqual([...statuses], [["008b", "in_review"], ["014", "rejected"]]);
    assert.deepEqual(faults, []);
  });
});

Deno.test("readIndex() names every fragment that is wrong", () => {
  const files = {
    "001.json": "{",
    "002.json": '[\n{"status": "acepted"}]',
    "003.json": "7",
    "004.json": "[]",
  };
  withFiles(files, (folder) => {
    assert.deepEqual(readIndex(folder).faults.map(({ rule, line }) => [rule, line]), [
      ["index-json", 1],
      ["index-status", 2],
      ["index-row", 1],
      ["index-row", undefined],
    ]);
  });
});

Deno.test("readIndex() refuses an empty folder and a path that is not there", () => {
  withFiles({}, (folder) => {
    assert.deepEqual(readIndex(folder).faults.map(({ rule }) => rule), ["index-empty"]);
    assert.throws(() => readIndex(join(folder, "none")), { name: "UsageError" });
  });
});

Deno.test("readIndex() reads the tables of a README, and no other table", () => {
  const text = [
    "| 999 | not an outcome |",
    "## Accepted",
    "| # | Experiment |",
    "| --- | --- |",
    "| [041](041-x.md)<br>later | Title 2026 |",
    "## In Review",
    "| 150 | y |",
    "## Rejected",
    "| 008b | z |",
    "## Directions",
    "| 777 | not an outcome |",
  ].join("\n");
  withFiles({ "README.md": text }, (folder) => {
    const { statuses } = readIndex(join(folder, "README.md"));
    assert.deepEqual([...statuses], [["041", "accepted"], ["150", "in_review"], ["008b", "rejected"]]);
  });
});

Deno.test("recordFaults() holds records against the map", () => {
  const map = {
    coverage: { experimentEntriesRequiredFrom: 110, directionFieldRequiredFrom: 110 },
    directions: [{ id: "a" }, { id: "b" }],
    experiments: {
      "110": { directions: ["a", "b"] },
      "111": { directions: ["a"] },
      "113": { directions: ["a"] },
    },
  };
  const files = {
    "009-old.md": "# Old",
    "110-fine.md": "# Fine\n\n**Direction:** `b`, `a`\n",
    "111-other.md": "# Other\n\n**Direction:** `b`\n",
    "112-lost.md": "# Lost\n\n**Direction:** `c`\n",
    "113-none.md": "# None\n\n**Direction:** a\n",
    "114-missing.md": "# Missing\n",
    "README.md": "# Index\n",
  };
  withFiles(files, (folder) => {
    assert.deepEqual(shown(folder, recordFaults(folder, map, new Set(["110", "111", "113", "114"]))), [
      "111-other.md:3 record-direction-differs: the header must have the directions of the entry, a: it has b",
      '112-lost.md record-unlisted: a record must be in the index: "112" is not',
      '112-lost.md:3 record-direction-unknown: a direction must be in the map: "c" is not',
      "113-none.md:3 record-direction: the direction header must hold ids in back-ticks",
      "114-missing.md record-direction: a record must have a line that begins with **Direction:**",
    ]);
  });
});
