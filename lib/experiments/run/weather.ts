/**
 * The machine's weather, round by round, and which rounds it spoiled. Pure: whoever has the blocks comes to the same
 * answer, so that a verdict can be computed again.
 *
 * A round is judged by what all its blocks saw together, or by a cell that no arm changes, never by the arms' own
 * results: throwing out rounds in which one arm was slow would decide the comparison.
 */
import type { Block, MeasuredBlock } from "../../model/mod.ts";
import { median, sortSamples } from "../../stats/mod.ts";
import { type CellGroup, roundOf } from "./plan_round.ts";

/** How one round went. */
export interface RoundWeather {
  /** Counts from 0. */
  readonly roundIndex: number;
  /** Highest load average at the start of a block; absent where the host does not tell. */
  readonly load1m?: number;
  /** Share of its time in which some task waited for a CPU; absent where the host does not tell. */
  readonly cpuPressureShare?: number;
  /** Sum of all walls of the unchanged cell, nanoseconds, the median over its blocks; absent without one. */
  readonly driftNs?: number;
  /** Why it does not count; absent when it does. */
  readonly disturbance?: string;
}

/** More waiting for a CPU than usual, as a share of time, spoils a round. */
const PRESSURE_LIMIT = 0.25;
/** The unchanged cell may be this much off its own middle, as a ratio, before the round is in doubt... */
const DRIFT_LIMIT = 1.25;
/** ...and this many times as far as it usually is. */
const DRIFT_SPREADS = 4;
/** From the median distance to a standard deviation, for normal noise. */
const DEVIATION_PER_DISTANCE = 1.4826;

/** The weather of all rounds that have blocks, in order. */
export function judgeWeather(
  blocks: readonly Block[],
  groups: readonly CellGroup[],
  driftKey?: string,
): RoundWeather[] {
  const rounds = [...Map.groupBy(blocks, (block) => roundOf(groups, block))].toSorted(([a], [b]) => a - b);
  const usualPressure = new Map(
    [...Map.groupBy(blocks, ({ cellKey }) => cellKey)].map(([key, own]) => [key, middle(own.map(pressure))]),
  );
  const driftNs = new Map(
    rounds.map(([roundIndex, own]) => [
      roundIndex,
      middle(own.filter(({ cellKey }) => cellKey === driftKey).map(wallsOf)),
    ]),
  );
  const isOff = driftJudge([...driftNs.values()]);
  return rounds.map(([roundIndex, own]) => {
    const share = weighted(own, pressure);
    const excess = weighted(own, (block) => {
      const usual = usualPressure.get(block.cellKey);
      const seen = pressure(block);
      return usual === undefined || seen === undefined ? undefined : seen - usual;
    });
    const loads = own.flatMap(({ host: { load1m } }) => load1m === undefined ? [] : [load1m]);
    const drift = driftNs.get(roundIndex);
    const disturbance = excess !== undefined && excess > PRESSURE_LIMIT
      ? `tasks waited for a CPU ${Math.round(excess * 100)} % more of the time than usual`
      : drift !== undefined && isOff(drift)
      ? "the unchanged cell was far off its usual time"
      : undefined;
    return {
      roundIndex,
      ...(loads.length === 0 ? {} : { load1m: Math.max(...loads) }),
      ...(share === undefined ? {} : { cpuPressureShare: share }),
      ...(drift === undefined ? {} : { driftNs: drift }),
      ...(disturbance === undefined ? {} : { disturbance }),
    };
  });
}

function pressure({ host }: Block): number | undefined {
  return host.cpuPressureShare;
}

function wallsOf(block: Block): number | undefined {
  if (block.status !== "measured" || block.verdict !== "converged") return undefined;
  return (block as MeasuredBlock).phases.reduce((sum, { metrics }) => sum + (metrics["wall_ns"] ?? 0), 0);
}

/** Mean by time over the blocks that have a value. */
function weighted(blocks: readonly Block[], read: (block: Block) => number | undefined): number | undefined {
  let sum = 0;
  let weight = 0;
  for (const block of blocks) {
    const value = read(block);
    if (value === undefined) continue;
    sum += value * block.elapsedMs;
    weight += block.elapsedMs;
  }
  return weight === 0 ? undefined : sum / weight;
}

function middle(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : median(sortSamples(known));
}

function driftJudge(values: readonly (number | undefined)[]): (value: number) => boolean {
  const logs = values.flatMap((value) => value === undefined || value <= 0 ? [] : [Math.log(value)]);
  if (logs.length === 0) return () => false;
  const usual = median(sortSamples(logs));
  const spread = median(sortSamples(logs.map((log) => Math.abs(log - usual)))) * DEVIATION_PER_DISTANCE;
  const limit = Math.max(Math.log(DRIFT_LIMIT), DRIFT_SPREADS * spread);
  return (value) => value > 0 && Math.abs(Math.log(value) - usual) > limit;
}
