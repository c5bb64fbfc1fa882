import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { type Block, describeWarning, type MeasuredBlock } from "../../lib/model/mod.ts";
import { createRun, loadRun } from "../../lib/record/mod.ts";
import { CELLS, exampleBlock, exampleStart } from "../../lib/record/_fixtures.ts";
import { readStoredRuns } from "../../lib/experiments/checks/stored_runs.ts";
import { inTempFolder } from "../../lib/testing/temp_folder.ts";
import { collectRecord, type LoadedRound, loadRound } from "./collect.ts";
import type { FleetPlan } from "./fleet_plan.ts";
import { nextInRound, plannedRound } from "./run_round.ts";

const [FAST, ANCHOR] = [CELLS[0]!, { ...CELLS[1]!, anchor: true as const }];

function examplePlan(blockCount: number): FleetPlan {
  const { settings, adapters, workloads, capabilities } = exampleStart("");
  const digest = "a".repeat(64);
  return {
    version: 1,
    id: "00000000-0000-4000-8000-000000000001",
    label: "example",
    plannedAt: "2026-11-21T23:55:07.000Z",
    code: { sources: digest, adapters: digest, locks: {} },
    settings: { ...settings, cells: [FAST, ANCHOR], blockCount },
    adapters,
    workloads,
    capabilities,
  };
}

/** What a machine that is `factor` as slow makes of a round. */
interface RoundOf {
  readonly round: number;
  readonly machine: string;
  readonly factor?: number;
  readonly cpuModel?: string;
  /** Moves the round in time, minutes. */
  readonly minute?: number;
}

function exampleRound(root: string, plan: FleetPlan, made: RoundOf): LoadedRound {
  const { round, machine, factor = 1, cpuModel, minute = round } = made;
  const start = exampleStart(root);
  const environment = cpuModel === undefined
    ? start.environment
    : { ...start.environment, cpuModel, machineId: cpuModel };
  const label = `round-${round}-${machine}-${String(factor).replace(".", "_")}`;
  const now = new Date(Date.UTC(2026, 10, 22) + minute * 60_000);
  using run = createRun({ ...start, environment, settings: plan.settings, label, now });
  [FAST, ANCHOR].forEach(({ key }, position) => {
    const block: MeasuredBlock = exampleBlock(0);
    const phases = block.phases.map((phase) => ({
      ...phase,
      metrics: { wall_ns: (position + 1) * 1e6 * factor },
    }));
    const evidence = round === 0 ? "rows" : "digests";
    run.append({ ...block, cellKey: key, blockIndex: round, position, evidence, phases });
  });
  run.seal({ status: "complete", now: new Date(now.getTime() + 30_000) });
  const sha256 = `${round}${machine}${factor}`.replace(/[^0-9a-f]/g, "0").padEnd(64, "0");
  return loadRound({ round, machine: { name: machine, environment }, sha256, folder: run.folder }, plan);
}

function collect(folder: string, plan: FleetPlan, rounds: readonly LoadedRound[], name = "out") {
  const out = join(folder, name);
  Deno.mkdirSync(out, { recursive: true });
  return collectRecord(plan, rounds, { out, staging: join(out, ".staging") });
}

function bytesOf(folder: string): string {
  return ["record.json", "blocks.jsonl"].map((file) => Deno.readTextFileSync(join(folder, file))).join("\n");
}

Deno.test("collectRecord() seals one record with every round once, whatever the order of arrival", () =>
  inTempFolder(async (folder) => {
    const plan = examplePlan(4);
    const make = (root: string): LoadedRound[] =>
      [0, 1, 2, 3, 4].map((round) =>
        exampleRound(join(folder, root), plan, {
          round,
          machine: round % 2 === 0 ? "m1" : "m2",
          factor: 1 + round / 100,
        })
      );
    const rounds = make("a");
    const { folder: first, missing, repeatedCount } = collect(folder, plan, rounds);
    deepStrictEqual([missing, repeatedCount], [[], 0]);
    const record = loadRun(first);
    deepStrictEqual(
      record.results.map(({ blockIndex, position, machine }) => [blockIndex, position, machine]),
      [
        [0, 0, "m1"],
        [0, 1, "m1"],
        [1, 2, "m2"],
        [1, 3, "m2"],
        [2, 4, "m1"],
        [2, 5, "m1"],
        [3, 6, "m2"],
        [3, 7, "m2"],
        [4, 8, "m1"],
        [4, 9, "m1"],
      ],
    );
    strictEqual(record.endedAt, "2026-11-22T00:04:30.000Z");
    deepStrictEqual(
      record.fleet!.machines.map(({ name, roundCount, anchorNs }) => [name, roundCount, anchorNs]),
      [
        ["m1", 3, 2.06e6],
        ["m2", 2, 2.04e6],
      ],
    );
    match(
      describeWarning(record.warnings.at(-1)!),
      /^2 machines ran this, each whole rounds: times differ by /,
    );
    const { folder: second } = collect(folder, plan, make("b").toReversed(), "other");
    strictEqual(bytesOf(second), bytesOf(first));
    strictEqual(collect(folder, plan, make("c"), "other").wasThere, true);
  }));

Deno.test("collectRecord() counts a round once that two machines ran, by the smaller digest", () =>
  inTempFolder(async (folder) => {
    const plan = examplePlan(1);
    const rounds = [
      { round: 0, machine: "a" },
      { round: 1, machine: "b" },
      { round: 1, machine: "a", factor: 1.01 },
    ].map((one) => exampleRound(join(folder, "runs"), plan, one));
    const { folder: run, repeatedCount } = collect(folder, plan, [...rounds, rounds[1]!]);
    strictEqual(repeatedCount, 1);
    deepStrictEqual(loadRun(run).results.map(({ machine }) => machine), ["a", "a", "a", "a"]);
  }));

Deno.test("collectRecord() sets a machine aside with all its rounds, keeps them, and says so", () =>
  inTempFolder(async (folder) => {
    const plan = examplePlan(3);
    const rounds = [
      { round: 0, machine: "a" },
      { round: 1, machine: "a" },
      { round: 2, machine: "b" },
      { round: 3, machine: "c", cpuModel: "Other CPU" },
    ].map((one) => exampleRound(join(folder, "runs"), plan, one));
    const { folder: run, missing, judged } = collect(folder, plan, rounds);
    deepStrictEqual(missing, [3]);
    deepStrictEqual(judged.map(({ aside }) => aside === undefined), [true, true, false]);
    const record = loadRun(run);
    deepStrictEqual(new Set(record.results.map(({ machine }) => machine)), new Set(["a", "b"]));
    const texts = record.warnings.map(describeWarning);
    ok(
      texts.some((text) => /^Machine "c" and its 1 round were set aside: .*this is Other CPU/.test(text)),
      texts.join("\n"),
    );
    ok(texts.includes("1 of 4 planned rounds are not in this run"));
    const report = Deno.readTextFileSync(join(run, "report.md"));
    match(report, /Machine "c"/);
    match(report, /\| c +\| Other CPU, 2 cores +\| 1 +\| .* no: most rounds ran on Example CPU/);
    const [aside] = [...Deno.readDirSync(join(run, "aside", "c"))];
    strictEqual(loadRun(join(run, "aside", "c", aside!.name)).results.length, 2);

    // What was set aside is part of the record for check, and is held to be what arrived.
    const faults = () =>
      readStoredRuns(join(folder, "out")).find(({ name }) => name === record.id)!.recordFaults.map(({ rule, file }) =>
        [rule, file]
      );
    deepStrictEqual(faults(), []);
    const place = `results/${record.id}/aside/c`;
    const blocks = join(run, "aside", "c", aside!.name, "blocks.jsonl");
    Deno.writeTextFileSync(blocks, "{}\n", { append: true });
    deepStrictEqual(faults(), [["record", `${place}/${aside!.name}/blocks.jsonl`]]);
    Deno.removeSync(join(run, "aside", "c", aside!.name), { recursive: true });
    deepStrictEqual(faults(), [["record-aside", place]]);
  }));

Deno.test("collectRecord() refuses a place where another run is, and a plan without rounds", () =>
  inTempFolder(async (folder) => {
    const plan = examplePlan(1);
    const round = (factor: number) =>
      exampleRound(join(folder, "runs"), plan, { round: 1, machine: "a", factor });
    const { folder: first } = collect(folder, plan, [round(1)]);
    const before = bytesOf(first);
    throws(() => collect(folder, plan, [round(1.1)]), /its place must be free: another run is there/);
    strictEqual(bytesOf(first), before);
    throws(() => collect(folder, plan, []), /one round must have arrived/);
  }));

Deno.test("loadRound() refuses a round of other settings, of no such number, and with blocks of others", () =>
  inTempFolder(async (folder) => {
    const plan = examplePlan(2);
    const good = exampleRound(join(folder, "runs"), plan, { round: 1, machine: "a" });
    throws(() => loadRound(good, examplePlan(3)), /settings must be those of the plan/);
    throws(() => loadRound({ ...good, round: 2 }, plan), /blocks must be of round 2: got 1/);
    throws(() => loadRound({ ...good, round: 3 }, plan), /round must be one of 3: got 3/);
    Deno.writeTextFileSync(join(good.folder, "blocks.jsonl"), "{}\n", { append: true });
    throws(() => loadRound(good, plan), /must be a sound run/);
  }));

Deno.test("plannedRound() has every cell once, in an order that follows from the plan", () => {
  const { settings } = examplePlan(20);
  const orders = Array.from({ length: 21 }, (_, round) => plannedRound(settings, round));
  orders.forEach((blocks, round) => {
    deepStrictEqual(new Set(blocks.map(({ cell }) => cell.key)), new Set([FAST.key, ANCHOR.key]));
    ok(
      blocks.every(({ blockIndex, evidence }) =>
        blockIndex === round && (evidence === "rows") === (round === 0)
      ),
    );
    deepStrictEqual(plannedRound(settings, round), blocks);
  });
  strictEqual(new Set(orders.map(([first]) => first!.cell.key)).size, 2);
});

Deno.test("nextInRound() has rows kept after a measured block that was wrong, once and under an index of its own", () => {
  const { settings } = examplePlan(5);
  const next = nextInRound(settings, 2);
  const kept: Block[] = [];
  const indexes: [string, number, string][] = [];
  for (let block = next(kept); block !== undefined; block = next(kept)) {
    indexes.push([block.evidence, block.blockIndex, block.cell.key]);
    const verdict = block.cell.key === FAST.key ? "lost" as const : "converged" as const;
    kept.push({ ...exampleBlock(0), cellKey: block.cell.key, evidence: block.evidence, verdict });
  }
  deepStrictEqual(indexes.filter(([, , key]) => key === FAST.key), [["digests", 2, FAST.key], [
    "rows",
    7,
    FAST.key,
  ]]);
  deepStrictEqual(indexes.filter(([, , key]) => key === ANCHOR.key), [["digests", 2, ANCHOR.key]]);
});
