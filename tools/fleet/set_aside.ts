/**
 * Which machines are not like the rest. The rule is fixed before anything is measured, and looks at what tells of the
 * machine alone: its fingerprint, its calibration, what it cannot run, and the anchor, which no database under test touches.
 *
 * 1. **Kind.** Whoever changed while it worked goes. The kind of machine that ran the most rounds stays: same fingerprint,
 *    runtime, engine and SQLite.
 * 2. **Calibration.** Of those, whoever has another calibration than most, or none where most have one, goes.
 * 3. **Cells.** Whoever cannot run a cell that others ran goes.
 * 4. **Level.** The machine stays that most others are near by their anchor; whoever is not within
 *    {@link LEVEL_SHARE} of it goes.
 * 5. **Drift.** Of six rounds or more, the anchor's median over the last third may differ by {@link DRIFT_SHARE} from that
 *    over the first third, or the machine goes.
 *
 * A machine goes with all of its rounds. Pure: neither names nor the order of arrival decide, but between equals.
 */
import type { Environment } from "../../lib/model/mod.ts";
import { median, sortSamples } from "../../lib/stats/mod.ts";

/** How far a machine's anchor may be from that of the machine that it is held against. */
export const LEVEL_SHARE = 0.25;
/** How far the anchor may move on one machine. */
export const DRIFT_SHARE = 0.2;
/** Fewer rounds say nothing about drift. */
export const FEWEST_ROUNDS_FOR_DRIFT = 6;

/** What is known of one round of a machine. */
export interface MachineRound {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Absent where the round has none. */
  readonly anchorNs?: number;
  /** Keys of cells that were skipped, with the reason. */
  readonly skipped: ReadonlyMap<string, string>;
}

/** What is known of a machine. */
export interface KnownMachine {
  readonly name: string;
  readonly environment: Environment;
  readonly calibration?: string;
  /** Its rounds do not all have the same fingerprint, runtime and calibration. */
  readonly hasChanged?: boolean;
  /** In any order. */
  readonly rounds: readonly MachineRound[];
}

/** What the rule says of a machine. */
export interface JudgedMachine {
  readonly machine: KnownMachine;
  /** Median over its rounds; absent where none has numbers. */
  readonly anchorNs?: number;
  /** Why it goes, one sentence; absent where it stays. */
  readonly aside?: string;
}

/** Judges machines. Out: by name. */
export function judgeMachines(machines: readonly KnownMachine[]): JudgedMachine[] {
  const sorted = machines.toSorted((a, b) => compareText(a.name, b.name));
  const asides = new Map<string, string>();
  const left = (): KnownMachine[] => sorted.filter(({ name }) => !asides.has(name));

  for (const { name, hasChanged } of sorted) {
    if (hasChanged === true) asides.set(name, "its hardware, runtime or calibration changed while it worked");
  }
  const kind = mostCommon(left(), kindOf);
  for (const machine of left()) {
    if (kindOf(machine) !== kind) {
      asides.set(machine.name, `most rounds ran on ${kind}: this is ${kindOf(machine)}`);
    }
  }
  const calibration = mostCommon(left(), ({ calibration = "none" }) => calibration);
  for (const { name, calibration: own = "none" } of left()) {
    if (own === calibration) continue;
    asides.set(
      name,
      `most rounds ran with calibration ${calibration.slice(0, 12)}: this has ${own.slice(0, 12)}`,
    );
  }
  const skippedBy = left().map((machine) => ({ machine, skipped: skippedOf(machine) }));
  for (const { machine, skipped } of skippedBy) {
    const [own] = [...skipped].filter(([key]) => skippedBy.some((other) => !other.skipped.has(key)));
    if (own !== undefined) asides.set(machine.name, `it cannot run ${own[0]}, which others ran: ${own[1]}`);
  }

  const anchors = new Map(sorted.map((machine) => [machine.name, anchorOfRounds(machine.rounds)]));
  const reference = nearestToMost(left(), anchors);
  for (const { name } of reference === undefined ? [] : left()) {
    const [own, level] = [anchors.get(name), anchors.get(reference!.name)!];
    if (own === undefined || Math.abs(own / level - 1) <= LEVEL_SHARE) continue;
    asides.set(
      name,
      `its anchor must be within ${percent(LEVEL_SHARE)} of ${milliseconds(level)}: it is ${
        milliseconds(own)
      }`,
    );
  }
  for (const { name, rounds } of left()) {
    const drift = driftOf(rounds);
    if (drift === undefined || Math.abs(drift - 1) <= DRIFT_SHARE) continue;
    asides.set(
      name,
      `its anchor may move by ${percent(DRIFT_SHARE)}: it took ${
        drift.toFixed(2)
      } times as long in the end as in the beginning`,
    );
  }
  return sorted.map((machine) => {
    const [anchorNs, aside] = [anchors.get(machine.name), asides.get(machine.name)];
    return {
      machine,
      ...(anchorNs === undefined ? {} : { anchorNs }),
      ...(aside === undefined ? {} : { aside }),
    };
  });
}

/** What must be the same for numbers to be of one kind of machine, for people. */
function kindOf({ environment: { machineId, cpuModel, coreCount, deno, v8, sqlite } }: KnownMachine): string {
  return `${cpuModel}, ${coreCount} CPUs (${machineId}), Deno ${deno}, V8 ${v8}, SQLite ${sqlite}`;
}

/** The value that most rounds have; of equals the first one by its text. */
function mostCommon(machines: readonly KnownMachine[], of: (machine: KnownMachine) => string): string {
  const counts = new Map<string, number>();
  for (const machine of machines) {
    counts.set(of(machine), (counts.get(of(machine)) ?? 0) + machine.rounds.length);
  }
  return [...counts].toSorted(([a, m], [b, n]) => n - m || compareText(a, b))[0]?.[0] ?? "none";
}

function skippedOf({ rounds }: KnownMachine): ReadonlyMap<string, string> {
  return new Map(rounds.flatMap(({ skipped }) => [...skipped]).sort(([a], [b]) => compareText(a, b)));
}

/** The machine that most others are near; of equals the one with more rounds, then the faster one, then by name. */
function nearestToMost(
  machines: readonly KnownMachine[],
  anchors: ReadonlyMap<string, number | undefined>,
): KnownMachine | undefined {
  const known = machines.flatMap((machine) => {
    const anchorNs = anchors.get(machine.name);
    return anchorNs === undefined ? [] : [{ machine, anchorNs }];
  });
  const nearCount = ({ anchorNs }: { readonly anchorNs: number }): number =>
    known.filter((other) => Math.abs(other.anchorNs / anchorNs - 1) <= LEVEL_SHARE).length;
  return known.toSorted((a, b) =>
    nearCount(b) - nearCount(a) || b.machine.rounds.length - a.machine.rounds.length ||
    a.anchorNs - b.anchorNs ||
    compareText(a.machine.name, b.machine.name)
  )[0]?.machine;
}

function anchorOfRounds(rounds: readonly MachineRound[]): number | undefined {
  const values = rounds.flatMap(({ anchorNs }) => anchorNs === undefined ? [] : [anchorNs]);
  return values.length === 0 ? undefined : median(sortSamples(values));
}

/** The last third over the first third, in order of time; `undefined` where there are too few rounds. */
function driftOf(rounds: readonly MachineRound[]): number | undefined {
  const inOrder = rounds.filter(({ anchorNs }) => anchorNs !== undefined)
    .toSorted((a, b) => compareText(a.startedAt, b.startedAt));
  if (inOrder.length < FEWEST_ROUNDS_FOR_DRIFT) return undefined;
  const third = Math.floor(inOrder.length / 3);
  const [first, last] = [anchorOfRounds(inOrder.slice(0, third)), anchorOfRounds(inOrder.slice(-third))];
  return first === undefined || last === undefined ? undefined : last / first;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function milliseconds(ns: number): string {
  return `${(ns / 1e6).toFixed(1)} ms`;
}
