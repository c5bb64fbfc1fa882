import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { DartRandom } from "../../lib/dataset/mod.ts";
import { loadRun } from "../../lib/record/mod.ts";
import type { RunRecord } from "../../lib/model/mod.ts";
import { eachPoint, type HistoryLane, type HistoryPoints, runPoints } from "../../site/pages/mod.ts";
import { median, sortSamples } from "../../lib/stats/mod.ts";
import { generateRuns } from "../../lib/testing/generate_runs.ts";
import { recordFixture } from "../../lib/testing/record_fixture.ts";
import { inTempFolder } from "../../lib/testing/temp_folder.ts";
import { archivedRuns } from "./archived_runs.ts";
import { addChanges, gapsOf, readSeries } from "./series.ts";
import { compactArchive } from "./compact.ts";
import { readManifests, writeManifest } from "./manifests.ts";
import { openArchive } from "./open_archive.ts";
import { writeParquet } from "./parquet_sql.ts";
import { addFolders, addRuns, lockArchive } from "./store.ts";
import { verifyArchive } from "./verify.ts";

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
      [...Deno.readDirSync(archive)].map(({ name }) => name).filter((name) => name.startsWith(".draft")),
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
    Deno.writeTextFileSync(file, text.replace('"schemaVersion": 2', '"schemaVersion": 3'));
    await rejects(openArchive(archive), /schema version must be at most 2: got 3/);
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
    strictEqual(questions.length, 11);
    const connection = await openArchive(archive);
    try {
      await addChanges(connection);
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

/** What an archive holds, whatever the order of its rows: the number of rows and a digest by table. */
async function contentOf(archive: string): Promise<unknown[][]> {
  const connection = await openArchive(archive);
  try {
    const tables = ["runs", "cells", "blocks", "values", "sketches", "medians"];
    const parts = tables.map((table) =>
      `SELECT '${table}', count(*)::VARCHAR, bit_xor(hash(t))::VARCHAR FROM "${table}" t`
    );
    return (await connection.runAndReadAll(parts.join(" UNION ALL "))).getRows();
  } finally {
    connection.closeSync();
  }
}

/** Folders of generated runs, oldest first. */
function generatedRuns(root: string, count: number): string[] {
  generateRuns(recordFixture(), root, count);
  return [...Deno.readDirSync(root)].map(({ name }) => join(root, name)).sort();
}

Deno.test("addFolders() reads with several threads what addRuns() reads with one, a run that is named twice once", () =>
  inTempFolder(async (folder) => {
    const folders = generatedRuns(join(folder, "runs"), 120);
    const [one, several] = [join(folder, "one"), join(folder, "several")] as const;
    const { added } = await addRuns(one, folders.map((path) => loadRun(path)));
    const first = await addFolders(several, [...folders, ...folders.slice(0, 30)]);
    deepStrictEqual(first, { added, known: added.slice(0, 30), unsealed: [] });
    deepStrictEqual(await contentOf(several), await contentOf(one));
    deepStrictEqual(await verifyArchive(several), []);
    deepStrictEqual(await addFolders(several, folders), { added: [], known: added, unsealed: [] });
  }));

Deno.test("addFolders() leaves out what is not sealed, and adds nothing where a run is not sound, in the first chunk or a later one", () =>
  inTempFolder(async (folder) => {
    const folders = generatedRuns(join(folder, "runs"), 110);
    const archive = join(folder, "archive");
    const open = folders[105]!;
    const header = JSON.parse(Deno.readTextFileSync(join(open, "record.json")));
    const { sha256: _, blocks: __, endedAt: ___, ...rest } = header;
    Deno.writeTextFileSync(join(open, "record.json"), JSON.stringify({ ...rest, status: "running" }));
    for (const place of [107, 3]) {
      const file = join(folders[place]!, "blocks.jsonl");
      const text = Deno.readTextFileSync(file);
      Deno.writeTextFileSync(file, text.replace('"status"', '"state"'));
      // The first one in order is named, whichever thread was quicker.
      await rejects(addFolders(archive, folders), { name: "RecordFormatError", file });
    }
    deepStrictEqual(readManifests(archive), []);
    deepStrictEqual([...Deno.readDirSync(archive)].map(({ name }) => name), [".lock"]);
    const { added, unsealed } = await addFolders(archive, folders.filter((_, at) => at !== 3 && at !== 107));
    deepStrictEqual([added.length, unsealed], [107, [open]]);
  }));

Deno.test("medians are those of the blocks of the record", () =>
  inTempFolder(async (archive) => {
    const runs = storedRuns();
    await addRuns(archive, runs);
    const expected = new Map<string, number[]>();
    for (const { id, results } of runs) {
      for (const block of results) {
        if (block.status !== "measured") continue;
        const note = (metrics: Readonly<Record<string, number>>, phase = "", operation = ""): void => {
          for (const [metric, value] of Object.entries(metrics)) {
            const key = JSON.stringify([id, block.cellKey, phase, operation, metric]);
            expected.set(key, [...expected.get(key) ?? [], value]);
          }
        };
        note(block.metrics);
        for (const { name, metrics, operations } of block.phases) {
          note(metrics, name);
          for (const operation of operations) note(operation.metrics, name, operation.label);
        }
      }
    }
    const connection = await openArchive(archive);
    try {
      const rows = (await connection.runAndReadAll(
        "SELECT run_id, cell_key, phase, operation, metric, value, block_count::INTEGER FROM medians",
      )).getRows();
      strictEqual(rows.length, expected.size);
      for (const row of rows) {
        const values = expected.get(JSON.stringify(row.slice(0, 5)))!;
        strictEqual(row[6], values.length);
        const middle = median(sortSamples(values));
        ok(
          Math.abs(Number(row[5]) - middle) <= 1e-12 * Math.abs(middle),
          `${row.join()}: expected ${middle}`,
        );
      }
    } finally {
      connection.closeSync();
    }
  }));

Deno.test("archive add says that the disk is full, ends with its code, and keeps what was there", () =>
  inTempFolder(async (folder) => {
    const [first, ...others] = generatedRuns(join(folder, "runs"), 40);
    const archive = join(folder, "archive");
    Deno.mkdirSync(archive);
    const add = async (...names: string[]): Promise<{ readonly code: number; readonly text: string }> => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--no-check",
          "--no-prompt",
          "-A",
          "--config",
          join(ROOT, "tools/archive/deno.json"),
          join(ROOT, "tools/archive/archive.ts"),
          "add",
          ...names,
          "--to",
          archive,
        ],
        env: { NO_COLOR: "1" },
      }).output();
      return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
    };
    let isMounted = false;
    try {
      isMounted =
        new Deno.Command("mount", { args: ["-t", "tmpfs", "-o", "size=512k", "tmpfs", archive] }).outputSync()
          .success;
    } catch {
      // Told below.
    }
    if (!isMounted) {
      console.warn("Skipped: this user may not make a small disk");
      return;
    }
    try {
      const fits = await add(first!);
      strictEqual(fits.code, 0, fits.text);
      const before = await contentOf(archive);
      const full = await add(...others);
      strictEqual(full.code, 3, full.text);
      match(full.text, /Cannot archive as the disk must take what it writes: /);
      deepStrictEqual(await contentOf(archive), before);
      deepStrictEqual(await verifyArchive(archive), []);
      deepStrictEqual(
        [...Deno.readDirSync(archive)].map(({ name }) => name).filter((name) => name.startsWith(".draft")),
        [],
      );
      // DuckDB tells it in words of its own.
      const connection = await (await DuckDBInstance.create(":memory:")).connect();
      const much = "SELECT random() AS value FROM range(1000000)";
      await rejects(writeParquet(connection, "values", much, join(archive, "much.parquet")), {
        code: "ENOSPC",
      });
      connection.closeSync();
    } finally {
      new Deno.Command("umount", { args: [archive] }).outputSync();
    }
  }));

/** Takes from an archive what version 1 did not have. */
function asVersion1(archive: string, runs: readonly RunRecord[]): void {
  const [name] = [...Deno.readDirSync(join(archive, "batches"))].map((entry) => entry.name);
  const file = join(archive, "batches", name!);
  const manifest = JSON.parse(Deno.readTextFileSync(file));
  const files = manifest.files.filter(({ table }: { table: string }) =>
    table !== "medians" && table !== "sketches"
  );
  const old = runs.map(({ id, sha256 }) => ({ id, sha256 }));
  Deno.writeTextFileSync(file, JSON.stringify({ schemaVersion: 1, runs: old, files }));
}

Deno.test("openArchive() reads batches of version 1 beside newer ones, with the same medians", () =>
  inTempFolder(async (archive) => {
    const [run, other] = storedRuns() as [RunRecord, RunRecord];
    const medians = async (): Promise<unknown[][]> => {
      const connection = await openArchive(archive);
      try {
        const sql =
          `SELECT * EXCLUDE (value), value::DECIMAL(38, 3)::VARCHAR FROM medians WHERE run_id = '${run.id}' ORDER BY ALL`;
        return (await connection.runAndReadAll(sql)).getRowsJson();
      } finally {
        connection.closeSync();
      }
    };
    await addRuns(archive, [run]);
    const stored = await medians();
    ok(stored.length > 0);
    asVersion1(archive, [run]);
    deepStrictEqual(await medians(), stored);
    deepStrictEqual(await verifyArchive(archive), []);
    const { added, known } = await addRuns(archive, [run, other]);
    deepStrictEqual([added, known], [[other.id], [run.id]]);
    deepStrictEqual(await medians(), stored);
  }));

/** Runs of half an hour each whose numbers are `factor` times those of a stored run. */
function plantedRuns(factors: readonly number[], startsMs: readonly number[]): RunRecord[] {
  const [template] = storedRuns() as [RunRecord];
  return factors.map((factor, index) => {
    const startedAt = new Date(startsMs[index]!).toISOString();
    const scaled = (metrics: Readonly<Record<string, number>>) =>
      Object.fromEntries(Object.entries(metrics).map(([id, value]) => [id, value * factor]));
    return {
      ...template,
      id: `run-${index}`,
      sha256: String(index).padStart(64, "0"),
      startedAt,
      results: template.results.map((block) =>
        block.status === "measured"
          ? { ...block, phases: block.phases.map((phase) => ({ ...phase, metrics: scaled(phase.metrics) })) }
          : block
      ),
    };
  });
}

Deno.test("readSeries() finds planted changes and tells gaps", () =>
  inTempFolder(async (archive) => {
    const hourMs = 3_600_000;
    const random = new DartRandom(5);
    const noise = (): number => 0.98 + 0.04 * random.nextDouble();
    const factors = Array.from({ length: 60 }, (_, index) => (index < 30 ? 1 : 1.3) * noise());
    const starts = factors.map((_, index) =>
      Date.UTC(2026, 0, 1) + index * hourMs + (index < 45 ? 0 : 20 * 24 * hourMs)
    );
    await addRuns(archive, plantedRuns(factors, starts));
    const connection = await openArchive(archive);
    try {
      const series = await readSeries(connection, {
        workloads: [],
        adapters: [],
        metrics: ["wall_ns"],
        scales: [],
      });
      ok(series.length > 0);
      for (const { changes, gaps, values } of series) {
        strictEqual(values.length, 60);
        deepStrictEqual(changes.map(({ at }) => at), [30]);
        ok(Math.abs(changes[0]!.ratio - 1.3) < 0.02, String(changes[0]!.ratio));
        deepStrictEqual(gaps.map(({ before, after }) => [before, after]), [[44, 45]]);
      }
      await addChanges(connection);
      const reader = await connection.runAndReadAll(
        "SELECT DISTINCT run_count::INTEGER, gap_days FROM changes",
      );
      deepStrictEqual(reader.getRows(), [[60, null]]);
    } finally {
      connection.closeSync();
    }
  }));

Deno.test("gapsOf() tells stretches of many usual distances, and no pause of a day", () => {
  const hourMs = 3_600_000;
  const times = (hours: readonly number[]): number[] => hours.map((hour) => hour * hourMs);
  deepStrictEqual(gapsOf(times([0, 1, 2, 3, 20, 21])), []);
  deepStrictEqual(gapsOf(times([0, 1, 2, 3, 30, 31])), [{ before: 3, after: 4, ms: 27 * hourMs }]);
  deepStrictEqual(gapsOf(times([0, 24, 48, 72, 240])), []);
  deepStrictEqual(gapsOf(times([0, 24, 48, 72, 290])).length, 1);
  deepStrictEqual(gapsOf(times([0, 1000])), []);
});

Deno.test("compactArchive() makes one batch of many, with the same rows, and what it replaced counts no more", () =>
  inTempFolder(async (archive) => {
    const runs = plantedRuns([1, 1.1, 1.2, 1.3], [1, 2, 3, 4].map((hour) => Date.UTC(2026, 0, 1, hour)));
    for (const run of runs) await addRuns(archive, [run]);
    const before = await contentOf(archive);
    const old = readManifests(archive);
    strictEqual(await compactArchive(archive, 4), 0);
    strictEqual(await compactArchive(archive, 3), 4);
    strictEqual(readManifests(archive).length, 1);
    deepStrictEqual(await contentOf(archive), before);
    deepStrictEqual(await verifyArchive(archive), []);
    strictEqual(
      [...Deno.readDirSync(
        join(archive, "runs", "month=2026-01", `machine=${runs[0]!.environment.machineId}`),
      )].length,
      1,
    );

    // As a process leaves it that was killed before it removed a batch.
    const { name, ...rest } = old[0]!;
    writeManifest(archive, name, rest);
    deepStrictEqual(await contentOf(archive), before);
    deepStrictEqual((await addRuns(archive, runs)).added, []);
  }));

Deno.test("addRuns() and openArchive() refuse a second writer and a corrupted file", () =>
  inTempFolder(async (archive) => {
    {
      using _lock = lockArchive(archive);
      await rejects(addRuns(archive, storedRuns()), /only one process may: another one does now/);
    }
    await addRuns(archive, storedRuns());
    for (const { path } of readManifests(archive).flatMap(({ files }) => files)) {
      Deno.writeTextFileSync(join(archive, path), "no Parquet");
    }
    await rejects(
      openArchive(archive),
      /must be as they were written: .*archive verify names those that are not/s,
    );
  }));

Deno.test("archivedRuns() gives cells, gaps and medians as the history keeps them of run folders", () =>
  inTempFolder(async (folder) => {
    // The seventeenth of them is wrong.
    const folders = generatedRuns(join(folder, "runs"), 18);
    const archive = join(folder, "archive");
    await addFolders(archive, folders);
    const connection = await openArchive(archive);
    try {
      const archived = await Array.fromAsync(archivedRuns(connection));
      const records = folders.map((path) => loadRun(path));
      deepStrictEqual(
        archived.map(({ id, line }) => [id, line.label, Date.parse(line.startedAt), line.commit]),
        records.map(({ id, label, startedAt, environment: { commit } }) => [
          id,
          label,
          Date.parse(startedAt),
          commit!.slice(0, 8),
        ]),
      );
      const told = (points: HistoryPoints) =>
        points.cells.map((cell) => {
          const numbers: Record<string, string> = {};
          eachPoint(points, cell, (key, [median]) => numbers[key] = median.toPrecision(3));
          return { lane: cell.lane, name: cell.name, gap: cell.gap, numbers };
        }).toSorted((a, b) => `${a.lane} ${a.name}` < `${b.lane} ${b.name}` ? -1 : 1);
      for (const [index, { points }] of archived.entries()) {
        const expected = runPoints(records[index]!);
        strictEqual(points.machineId, expected.machineId);
        deepStrictEqual(told(points), told(expected));
      }
      const gaps = archived.flatMap(({ points }) =>
        points.cells.flatMap(({ gap }) => gap?.split(":")[0] ?? [])
      );
      deepStrictEqual([...new Set(gaps)].sort(), ["failed", "planned and not run", "skipped", "wrong"]);
    } finally {
      connection.closeSync();
    }
  }));

Deno.test("site --archive draws runs in the history that are in the archive alone, each once", () =>
  inTempFolder(async (folder) => {
    const [results, archive, out] = ["results", "archive", "site"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const folders = generatedRuns(results, 6);
    await addFolders(archive, folders);
    for (const path of folders.slice(0, 4)) Deno.removeSync(path, { recursive: true });
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "--no-prompt",
        "-A",
        join(ROOT, "scripts/site.ts"),
        "--results",
        results,
        "--archive",
        archive,
        "--out",
        out,
      ],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stderr);
    strictEqual(code, 0, text);
    match(text, /: 2 runs, 2 read, 4 from the archive/);
    const script = Deno.readTextFileSync(join(out, "data", "lane-0.js"));
    const lane = JSON.parse(
      inflateRawSync(Uint8Array.fromBase64(/"([^"]+)"/.exec(script)![1]!)).toString(),
    ) as HistoryLane;
    deepStrictEqual(new Set(lane.series.flatMap(({ runs }) => runs)), new Set([0, 1, 2, 3, 4, 5]));
    ok(lane.series.every(({ runs }) => new Set(runs).size === runs.length));
  }));

Deno.test("archive and query say which archive is corrupted when rows of it cannot be read, and lose nothing", () =>
  inTempFolder(async (folder) => {
    const archive = join(folder, "archive");
    const [run, other] = storedRuns() as [RunRecord, RunRecord];
    await addRuns(archive, [run]);
    const paths = readManifests(archive).flatMap(({ files }) => files.map(({ path }) => path));
    const sound = new Map(paths.map((path) => [path, Deno.readFileSync(join(archive, path))]));
    for (const [path, bytes] of sound) {
      // What says where rows are stays whole, at the end of the file.
      Deno.writeFileSync(join(archive, path), bytes.map((byte, at) => at >= 4 && at < 64 ? 255 : byte));
    }
    const said = async (script: string, ...args: string[]): Promise<string> => {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--no-check",
          "--no-prompt",
          "-A",
          "--config",
          join(ROOT, "tools/archive/deno.json"),
          join(ROOT, "tools/archive", script),
          ...args,
        ],
        env: { NO_COLOR: "1" },
      }).output();
      const text = new TextDecoder().decode(stderr);
      strictEqual(code, 2, text);
      return text;
    };
    const [history, query] = await Promise.all([
      said("archive.ts", "history", archive),
      said("query.ts", archive, "SELECT sum(hash(m)) FROM metrics m"),
    ]);
    for (const text of [history, query]) {
      match(
        text,
        /Cannot read archive ".*" as its files must be as they were written: .*archive verify names/s,
      );
    }
    await rejects(
      addRuns(archive, [other]),
      /Cannot add to archive ".*" as its files must be as they were written/,
    );
    for (const [path, bytes] of sound) Deno.writeFileSync(join(archive, path), bytes);
    deepStrictEqual(await verifyArchive(archive), []);
    deepStrictEqual((await addRuns(archive, [run, other])).added, [other.id]);
  }));

Deno.test("addRuns(), verifyArchive() and compactArchive() leave an archive of a newer version as it is", () =>
  inTempFolder(async (archive) => {
    await addRuns(archive, storedRuns());
    const [name] = [...Deno.readDirSync(join(archive, "batches"))].map((entry) => entry.name);
    const file = join(archive, "batches", name!);
    const text = Deno.readTextFileSync(file).replace('"schemaVersion": 2', '"schemaVersion": 3');
    Deno.writeTextFileSync(file, text);
    for (
      const work of [
        () => addRuns(archive, storedRuns()),
        () => verifyArchive(archive),
        () => compactArchive(archive, 0),
      ]
    ) {
      await rejects(work, /schema version must be at most 2: got 3, which a newer Watchbench wrote/);
    }
    strictEqual(Deno.readTextFileSync(file), text);
  }));

Deno.test("history --archive tells the series of an archive, their changes and gaps, and refuses what is not there", () =>
  inTempFolder(async (archive) => {
    const random = new DartRandom(7);
    const factors = Array.from(
      { length: 24 },
      (_, index) => (index < 12 ? 1 : 2) * (0.98 + 0.04 * random.nextDouble()),
    );
    await addRuns(
      archive,
      plantedRuns(factors, factors.map((_, index) => Date.UTC(2026, 0, 1 + index + (index < 20 ? 0 : 40)))),
    );
    const history = async (...args: string[]): Promise<{ readonly code: number; readonly text: string }> => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--no-check",
          "--no-prompt",
          "--allow-read",
          "--allow-env",
          "--allow-run",
          join(ROOT, "scripts/history.ts"),
          "--archive",
          archive,
          ...args,
        ],
        env: { NO_COLOR: "1" },
      }).output();
      return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
    };
    const { workload } = storedRuns()[0]!.settings.cells[0]!;
    const told = await history("-w", workload, "-m", "wall_ns", "--last", "3");
    strictEqual(told.code, 0, told.text);
    match(told.text, /wall_ns, machine [0-9a-f]{8}: 24 runs, 2026-01-01 to 2026-03-05/);
    match(told.text, /2026-01-13 00:00 .* → .* \((1\.9\d*|2(\.0\d*)?)x\)/);
    match(told.text, /gap of 41\.0 days: no run from 2026-01-20 to 2026-03-02/);
    const refused = await history("-w", `${workload}x`);
    strictEqual(refused.code, 2, refused.text);
    match(refused.text, /did you mean/);
  }));
