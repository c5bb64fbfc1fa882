/**
 * From the rounds that arrived to one sealed record. In: run folders of rounds, in any order, some of them twice. Out: a run
 * folder as `bench` leaves it, with the machines in its header; the same bytes whatever the order.
 */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { confinementWarnings, environmentWarnings } from "../../lib/cli/run_setup.ts";
import {
  anchorOf,
  type Block,
  type Fleet,
  type FleetMachine,
  messageOf,
  type RunRecord,
  UsageError,
  type Warning,
} from "../../lib/model/mod.ts";
import { ASIDE_FOLDER, createRun, loadRun, loadTimeline, replaceFile, runId } from "../../lib/record/mod.ts";
import { reporterById } from "../../lib/report/mod.ts";
import { median, sortSamples } from "../../lib/stats/mod.ts";
import { anchorTime, phaseTimes } from "./anchor_time.ts";
import { type FleetPlan, roundCountOf } from "./fleet_plan.ts";
import { machineSpread } from "./machine_spread.ts";
import type { ArrivedRound } from "./round_result.ts";
import { type JudgedMachine, judgeMachines, type KnownMachine } from "./set_aside.ts";

/** A round that arrived, loaded: it is sound, and of the plan. */
export interface LoadedRound extends ArrivedRound {
  readonly record: RunRecord;
}

/** What came of a collection. */
export interface Collected {
  /** The run folder. */
  readonly folder: string;
  readonly judged: readonly JudgedMachine[];
  /** Rounds that are not in the record. */
  readonly missing: readonly number[];
  /** Rounds that arrived more than once. */
  readonly repeatedCount: number;
  /** The same record was there already, and stayed. */
  readonly wasThere: boolean;
}

/** Loads a round that was unpacked. Throws an Error that says which rule it breaks. */
export function loadRound(arrived: ArrivedRound, plan: FleetPlan): LoadedRound {
  let record: RunRecord;
  try {
    record = loadRun(arrived.folder);
  } catch (error) {
    throw new Error(`it must be a sound run: ${messageOf(error)}`, { cause: error });
  }
  if (record.status !== "complete") {
    throw new Error(`it must be a whole round: its status is "${record.status}"`);
  }
  if (!isDeepStrictEqual(record.settings, JSON.parse(JSON.stringify(plan.settings)))) {
    throw new Error("its settings must be those of the plan");
  }
  if (!(arrived.round < roundCountOf(plan))) {
    throw new Error(`its round must be one of ${roundCountOf(plan)}: got ${arrived.round}`);
  }
  const extra = plan.settings.blockCount + arrived.round;
  const stray = record.results.find(({ blockIndex }) => blockIndex !== arrived.round && blockIndex !== extra);
  if (stray !== undefined) {
    throw new Error(`its blocks must be of round ${arrived.round}: got ${stray.blockIndex}`);
  }
  return { ...arrived, record };
}

/**
 * Seals the record of a plan below `out`. `staging` is a folder on the same disk that the caller removes. Throws a UsageError
 * when another run is where the record belongs.
 */
export function collectRecord(
  plan: FleetPlan,
  rounds: readonly LoadedRound[],
  { out, staging }: { readonly out: string; readonly staging: string },
): Collected {
  const arrived = rounds.toSorted((a, b) => a.round - b.round || compareText(a.sha256, b.sha256))
    .filter(({ sha256 }, index, all) => sha256 !== all[index - 1]?.sha256);
  const anchorKey = anchorOf(plan.settings.cells)!.key;
  const judged = judgeMachines(knownMachines(arrived, anchorKey));
  const asides = new Map(
    judged.flatMap(({ machine: { name }, aside }) => aside === undefined ? [] : [[name, aside]]),
  );
  const kept = arrived.filter(({ machine }) => !asides.has(machine.name));
  // A round that several machines ran counts by the smallest digest, which prefers none of them.
  const chosen = kept.filter(({ round }, index) => round !== kept[index - 1]?.round);
  const there = new Set(chosen.map(({ round }) => round));
  const missing = Array.from({ length: roundCountOf(plan) }, (_, round) => round).filter((one) =>
    !there.has(one)
  );
  if (chosen.length === 0) {
    throw new UsageError(`Cannot collect plan ${plan.id} as one round must have arrived`);
  }

  const blocks = blocksOf(chosen);
  const fleet = fleetOf(plan, judged, blocks.map(({ block }) => block));
  const reference = judged.find(({ aside }) => aside === undefined)!.machine.environment;
  const { settings, adapters, workloads, capabilities, delays } = plan;
  const run = createRun({
    root: staging,
    label: plan.label,
    now: new Date(plan.plannedAt),
    settings,
    environment: reference,
    adapters,
    workloads,
    capabilities,
    ...(delays === undefined ? {} : { delays }),
    fleet,
    warnings: [
      ...environmentWarnings(reference),
      ...confinementWarnings(settings.cells),
      ...fleetWarnings(fleet, missing.length),
    ],
  });
  try {
    for (const { block, folder, stored } of blocks) run.append(block, loadTimeline(folder, stored)?.phases);
    const endedAt = chosen.map(({ record }) => record.endedAt!).toSorted(compareText).at(-1)!;
    run.seal({ status: "complete", now: new Date(endedAt) });
  } finally {
    run.close();
  }
  for (
    const { machine, folder, round, sha256 } of arrived.filter(({ machine }) => asides.has(machine.name))
  ) {
    const place = join(run.folder, ASIDE_FOLDER, machine.name);
    Deno.mkdirSync(place, { recursive: true });
    Deno.renameSync(folder, join(place, `round-${round}-${sha256.slice(0, 8)}`));
  }
  replaceFile(join(run.folder, "report.md"), reporterById("markdown").render(loadRun(run.folder)));
  const repeatedCount = arrived.length - new Set(arrived.map(({ round }) => round)).size;
  return {
    ...publish(run.folder, join(out, runId(new Date(plan.plannedAt), plan.label))),
    judged,
    missing,
    repeatedCount,
  };
}

/** Puts the record in its place. The same record that is there already is left alone. */
function publish(from: string, to: string): Pick<Collected, "folder" | "wasThere"> {
  try {
    Deno.renameSync(from, to);
    return { folder: to, wasThere: false };
  } catch (error) {
    let there: RunRecord | undefined;
    try {
      there = loadRun(to);
    } catch {
      // Something else is there, or the disk refused: the first error tells more.
    }
    if (there !== undefined && there.sha256 === loadRun(from).sha256) return { folder: to, wasThere: true };
    const found = there === undefined ? messageOf(error) : "another run is there";
    throw new UsageError(`Cannot collect into "${to}" as its place must be free: ${found}`, { cause: error });
  }
}

function knownMachines(rounds: readonly LoadedRound[], anchorKey: string): KnownMachine[] {
  return [...Map.groupBy(rounds, ({ machine }) => machine.name)].map(([name, own]) => {
    const inOrder = own.toSorted((a, b) =>
      compareText(a.record.startedAt, b.record.startedAt) || compareText(a.sha256, b.sha256)
    );
    const { environment, calibration } = inOrder[0]!.machine;
    const changed = inOrder.some(({ machine }) =>
      machine.environment.machineId !== environment.machineId ||
      machine.environment.deno !== environment.deno ||
      machine.environment.sqlite !== environment.sqlite || machine.calibration !== calibration
    );
    return {
      name,
      environment,
      ...(calibration === undefined ? {} : { calibration }),
      ...(changed ? { hasChanged: true } : {}),
      rounds: inOrder.map(({ record }) => {
        const anchorNs = anchorTime(record.results, anchorKey);
        return {
          startedAt: record.startedAt,
          ...(anchorNs === undefined ? {} : { anchorNs }),
          skipped: new Map(
            record.results.flatMap((block) =>
              block.status === "skipped" ? [[block.cellKey, block.reason]] : []
            ),
          ),
        };
      }),
    };
  });
}

/** A block as it goes into the record, and as its round stored it. */
interface PlacedBlock {
  readonly block: Block;
  readonly stored: Block;
  readonly folder: string;
}

/** Blocks in order of rounds. A cell that cannot run is told once, as in a run of one machine. */
function blocksOf(rounds: readonly LoadedRound[]): PlacedBlock[] {
  const skipped = new Set<string>();
  const placed: PlacedBlock[] = [];
  for (const { record, machine, folder } of rounds) {
    for (const stored of record.results) {
      if (stored.status === "skipped") {
        if (skipped.has(stored.cellKey)) continue;
        skipped.add(stored.cellKey);
      }
      const block: Block = { ...stored, position: placed.length, machine: machine.name };
      if (block.status === "measured") {
        const { timeline: _, ...rest } = block;
        placed.push({ block: rest, stored, folder });
      } else placed.push({ block, stored, folder });
    }
  }
  return placed;
}

function fleetOf(plan: FleetPlan, judged: readonly JudgedMachine[], blocks: readonly Block[]): Fleet {
  return {
    plan: plan.id,
    roundCount: roundCountOf(plan),
    machines: judged.map(({ machine, anchorNs, aside }): FleetMachine => ({
      name: machine.name,
      environment: machine.environment,
      ...(machine.calibration === undefined ? {} : { calibration: machine.calibration }),
      ...(anchorNs === undefined ? {} : { anchorNs }),
      roundCount: machine.rounds.length,
      ...(aside === undefined ? {} : { aside }),
    })),
    spread: plan.settings.cells.flatMap(({ key }) => {
      const byPhase = new Map<string, Map<string, number[]>>();
      for (const block of blocks) {
        if (block.cellKey !== key) continue;
        for (const [phase, time] of phaseTimes(block)) {
          const byMachine = byPhase.get(phase) ?? new Map<string, number[]>();
          byPhase.set(phase, byMachine);
          byMachine.set(block.machine!, [...byMachine.get(block.machine!) ?? [], time]);
        }
      }
      return [...byPhase].flatMap(([phase, byMachine]) => {
        const spread = machineSpread([...byMachine.values()]);
        return spread === undefined ? [] : [{ cellKey: key, phase, ...spread }];
      });
    }),
  };
}

function fleetWarnings({ machines, spread, roundCount }: Fleet, missingCount: number): Warning[] {
  const used = machines.filter(({ aside }) => aside === undefined);
  const middle = (values: readonly number[]): number => median(sortSamples(values));
  return [
    ...(used.length < 2 ? [] : [{
      kind: "several-machines" as const,
      count: used.length,
      ...(spread.length === 0 ? {} : {
        spread: {
          betweenShare: middle(spread.map(({ betweenShare }) => betweenShare)),
          withinShare: middle(spread.map(({ withinShare }) => withinShare)),
        },
      }),
    }]),
    ...machines.flatMap(({ name, roundCount, aside }) =>
      aside === undefined
        ? []
        : [{ kind: "machine-aside" as const, machine: name, roundCount, reason: aside }]
    ),
    ...(missingCount === 0
      ? []
      : [{ kind: "missing-rounds" as const, count: missingCount, plannedCount: roundCount }]),
  ];
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
