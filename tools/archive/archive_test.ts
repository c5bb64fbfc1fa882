import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { loadRun } from "../../lib/record/mod.ts";
import type { RunRecord } from "../../lib/model/mod.ts";
import { inTempFolder } from "../../lib/testing/temp_folder.ts";
import { addRuns, openArchive, readManifests, verifyArchive } from "./store.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const RESULTS = join(ROOT, "results");

/** Two stored runs of different machines and months of meaning. */
function storedRuns(): RunRecord[] {
  const ids = [...Deno.readDirSync(RESULTS)].filter(({ name, isDirectory }) =>
    isDirectory && /^\d{4}-/.test(name)
  )
    .map(({ name }) => name).sort();
  return [ids[0]!, ids.at(-1)!].map((id) => loadRun(join(RESULTS, id)));
}

Deno.test("addRuns() adds a run once, and its numbers are those of the record", () =>
  inTempFolder(async (archive) => {
    const runs = storedRuns();
    deepStrictEqual((await addRuns(archive, runs)).added, runs.map(({ id }) => id));
    const again = await addRuns(archive, runs);
    deepStrictEqual([again.added, again.known], [[], runs.map(({ id }) => id)]);
    strictEqual(readManifests(archive).length, 1);
    deepStrictEqual(await verifyArchive(archive), []);

    const connection = await openArchive(archive);
    try {
      const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjects();
      for (const run of runs) {
        const [found] = await rows(`SELECT sha256, label FROM runs WHERE run_id = '${run.id}'`);
        deepStrictEqual(found, { sha256: run.sha256, label: run.label });
        const expected = run.results.flatMap((block) =>
          block.status === "measured"
            ? [
              ...Object.values(block.metrics),
              ...block.phases.flatMap(({ metrics }) => Object.values(metrics)),
            ]
            : []
        );
        const [sum] = await rows(
          `SELECT count(*)::INTEGER AS n, sum(value) AS total FROM metrics WHERE run_id = '${run.id}' AND operation = ''`,
        );
        strictEqual(sum!["n"], expected.length);
        const total = expected.reduce((all, value) => all + value, 0);
        ok(Math.abs(Number(sum!["total"]) - total) <= 1e-9 * Math.abs(total));
      }
    } finally {
      connection.closeSync();
    }
  }));

Deno.test("addRuns() refuses a known id with another digest and a run that is not sealed, and adds nothing", () =>
  inTempFolder(async (archive) => {
    const [run, other] = storedRuns() as [RunRecord, RunRecord];
    await addRuns(archive, [run]);
    await rejects(
      addRuns(archive, [other, { ...run, sha256: "0".repeat(64) }]),
      /id must be new, or its digest the same/,
    );
    const { sha256: _, ...open } = other;
    await rejects(addRuns(archive, [open]), /must be sealed/);
    strictEqual(readManifests(archive).length, 1);
    deepStrictEqual(
      [...Deno.readDirSync(archive)].map(({ name }) => name).filter((name) => name.startsWith(".")),
      [],
    );
  }));

Deno.test("verifyArchive() names files that were changed, cut off or taken away", () =>
  inTempFolder(async (archive) => {
    await addRuns(archive, storedRuns());
    const files = readManifests(archive).flatMap((manifest) => manifest.files);
    const [changed, cut, gone] = files.map(({ path }) => path) as [string, string, string];
    const bytes = Deno.readFileSync(join(archive, changed));
    bytes[8]! ^= 1;
    Deno.writeFileSync(join(archive, changed), bytes);
    Deno.truncateSync(join(archive, cut), 10);
    Deno.removeSync(join(archive, gone));
    const faults = await verifyArchive(archive);
    deepStrictEqual(faults.map(({ path }) => path).sort(), [changed, cut, gone].sort());
  }));

Deno.test("openArchive() refuses a schema from the future, a broken manifest and an empty folder", () =>
  inTempFolder(async (archive) => {
    await rejects(openArchive(archive), /must be an archive with runs/);
    await addRuns(archive, storedRuns().slice(0, 1));
    const [name] = [...Deno.readDirSync(join(archive, "batches"))].map((entry) => entry.name);
    const file = join(archive, "batches", name!);
    const text = Deno.readTextFileSync(file);
    Deno.writeTextFileSync(file, text.replace('"schemaVersion": 1', '"schemaVersion": 2'));
    await rejects(openArchive(archive), /schema version must be at most 1: got 2/);
    Deno.writeTextFileSync(file, text.slice(0, 20));
    await rejects(openArchive(archive), /it must be JSON/);
  }));

Deno.test("every question of docs/ARCHIVE.md has an answer over the stored runs", () =>
  inTempFolder(async (archive) => {
    const ids = [...Deno.readDirSync(RESULTS)].filter(({ name, isDirectory }) =>
      isDirectory && /^\d{4}-/.test(name)
    );
    await addRuns(archive, ids.map(({ name }) => loadRun(join(RESULTS, name))));
    const questions = [
      ...Deno.readTextFileSync(join(ROOT, "docs", "ARCHIVE.md")).matchAll(/```sql\n([^`]+)```/g),
    ];
    strictEqual(questions.length, 10);
    const connection = await openArchive(archive);
    try {
      for (const [, sql] of questions) {
        const reader = await connection.runAndReadAll(sql!);
        match(reader.columnNames().join(), /./);
      }
      const known = await connection.runAndReadAll(questions[0]![1]!);
      ok(known.currentRowCount > 0);
    } finally {
      connection.closeSync();
    }
  }));
