import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { parseCalibration } from "../lib/experiments/run/calibration.ts";
import { parsePower } from "../lib/experiments/run/power_file.ts";
import { loadRun } from "../lib/record/mod.ts";
import { workloadKey } from "../lib/model/mod.ts";
import { findWorkload } from "../workloads/mod.ts";
import { inTempFolder } from "../lib/testing/temp_folder.ts";

const ENTRY = new URL("calibrate.ts", import.meta.url).pathname;

async function calibrate(
  out: string,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      ...["read", "write", "env", "run", "sys"].map((name) => `--allow-${name}`),
      ENTRY,
      ...["--root", out, "--out", out],
      ...args,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

/** The only JSON file of a folder. */
function onlyFile(folder: string): string {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
    name.endsWith(".json")
  );
  strictEqual(names.length, 1);
  return join(folder, names[0]!);
}

const ONE_CELL = ["-w", "keyed-pk", "-a", "node-sqlite", "-s", "smoke", "--pairs", "6"];
/** Ends the measurement after its first round: what comes of many is proved in lib/experiments/run, without processes. */
const ONE_ROUND = ["--budget", "0.01s"];

Deno.test("calibrate stores noise floors, the same again from the stored run", () =>
  inTempFolder(async (root) => {
    const { code, stdout, stderr } = await calibrate(root, ...ONE_CELL);
    strictEqual(code, 0, stderr);
    match(stdout, /keyed-pk@\d\/node-sqlite\/smoke\s+burst, update\s+latency_low_ns/);
    const file = onlyFile(join(root, "calibration"));
    const stored = Deno.readTextFileSync(file);
    const [cell] = parseCalibration(stored, file).cells;
    strictEqual(cell!.cellKey, `${workloadKey(findWorkload("keyed-pk"))}/node-sqlite/smoke`);
    ok(cell!.pairCount <= 6 && cell!.pairCount > 0);

    strictEqual((await calibrate(root, "--from", cell!.run)).code, 0);
    strictEqual(Deno.readTextFileSync(file), stored);
    match(
      (await calibrate(root, "--power", "--from", cell!.run)).stderr,
      /its label is "calibrate", not "power"/,
    );
  }));

Deno.test("calibrate --power stores what was seen of planted slowdowns, the same again from the stored run", () =>
  inTempFolder(async (root) => {
    const { code, stdout, stderr } = await calibrate(root, "--power", ...ONE_CELL, ...ONE_ROUND);
    strictEqual(code, 0, stderr);
    match(stderr, /^1 database x workload, 25 repetitions a round, at most 6 rounds/);
    match(stdout, /1 rounds, [01] disturbed/);
    const file = onlyFile(join(root, "power"));
    const study = parsePower(Deno.readTextFileSync(file), file);
    strictEqual(study.rounds.measured, 1);
    // A machine that is busy at the wrong moment spoils the only round: then nothing was seen.
    const soundCount = 1 - study.rounds.disturbed;
    deepStrictEqual(
      [...new Set(study.parts.map(({ cellKey }) => cellKey))],
      soundCount === 0 ? [] : [`${workloadKey(findWorkload("keyed-pk"))}/node-sqlite/smoke`],
    );
    ok(study.parts.every(({ seen }) => seen.length === 3));
    ok(study.parts.every(({ seen }) => seen.every(({ pairCount }) => pairCount === soundCount)));
    strictEqual((await calibrate(root, "--power", "--from", study.run)).code, 0);
    deepStrictEqual(parsePower(Deno.readTextFileSync(file), file), study);
    match(Deno.readTextFileSync(file.replace(/json$/, "md")), /^# How often comparisons are right/);
  }));

Deno.test("calibrate --resume goes on in the middle of a round, with the settings that the run began with", () =>
  inTempFolder(async (root) => {
    const first = await calibrate(root, ...ONE_CELL, ...ONE_ROUND);
    strictEqual(first.code, 0, first.stderr);
    const [id] = [...Deno.readDirSync(root)].map(({ name }) => name).filter((name) =>
      name.endsWith("-calibrate")
    );
    const run = join(root, id!);
    // As a process leaves it that was killed after three blocks.
    const lines = Deno.readTextFileSync(join(run, "blocks.jsonl")).split("\n").slice(0, 3);
    Deno.writeTextFileSync(join(run, "blocks.jsonl"), lines.map((line) => `${line}\n`).join(""));
    const { endedAt: _endedAt, blocks: _blocks, sha256: _sha256, ...header } = JSON.parse(
      Deno.readTextFileSync(join(run, "record.json")),
    );
    Deno.writeTextFileSync(join(run, "record.json"), JSON.stringify({ ...header, status: "running" }));

    match(
      (await calibrate(root, "--resume", run, ...ONE_CELL)).stderr,
      /keeps those it began with: --workload/,
    );
    match(
      (await calibrate(root, "--resume", run, "--power")).stderr,
      /its label is "calibrate", not "power"/,
    );
    const second = await calibrate(root, "--resume", run, ...ONE_ROUND);
    strictEqual(second.code, 0, second.stderr);
    const { status, results } = loadRun(run);
    deepStrictEqual(results.slice(0, 3), lines.map((line) => JSON.parse(line)));
    deepStrictEqual([status, results.map(({ position }) => position)], [
      "complete",
      Array.from({ length: 10 }, (_, index) => index),
    ]);
  }));

for (
  const [args, message] of [
    [[], /give --id, or --workload and --adapter/],
    [["--id", "5"], /Cannot find experiment "5": there are none/],
    [["-w", "keyd-pk", "-a", "node-sqlite"], /did you mean "keyed-pk"/],
    [["--from", "no-such"], /Cannot find run "no-such"/],
  ] as const
) {
  Deno.test(`calibrate ${args.join(" ") || "without cells"} is refused and writes nothing`, () =>
    inTempFolder(async (root) => {
      const { code, stderr } = await calibrate(root, ...args);
      strictEqual(code, 2, stderr);
      match(stderr, message);
      deepStrictEqual([...Deno.readDirSync(root)], []);
    }));
}
