/** A block that is asked at a rate, or with several operations in flight: what its cell's parameters make of a workload. */
import { mixSeed } from "../dataset/mod.ts";
import {
  type ArrivalPlan,
  type ArrivalProcess,
  type CellParameters,
  type OpenLoop,
  parseRate,
  type Phase,
  type Program,
  type ProgramContext,
  type WorkloadParameters,
} from "../model/mod.ts";
import { plannedOperations, unrecordedOperations } from "./plan_arrivals.ts";

/** How a block is asked. */
export interface BlockLoad {
  /** Operations per second; absent in closed loops. */
  readonly ratePerSecond?: number;
  /** How they are spaced. */
  readonly process: ArrivalProcess;
  /** How many may be in flight; absent for one. */
  readonly laneCount?: number;
}

/** Sets the traffic of arrivals apart from that of workloads. */
const ARRIVAL_SEED = 0xA221;

/** What a cell's parameters, and what was chosen for the block in their place, say of its load. */
export function loadOf(parameters: CellParameters = {}, chosen: CellParameters = {}): BlockLoad {
  const { rate, arrivals, "in-flight": inFlight } = { ...parameters, ...chosen };
  const ratePerSecond = rate === undefined ? undefined : parseRate(rate);
  const laneCount = Number(inFlight ?? 1);
  return {
    ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
    process: arrivals === "constant" ? "constant" : "poisson",
    ...(laneCount === 1 ? {} : { laneCount }),
  };
}

/** The sizes of a block under load: as many operations as the plan has, in one iteration. */
export function sizesUnderLoad(
  sizes: WorkloadParameters,
  openLoop: OpenLoop | undefined,
  { ratePerSecond }: BlockLoad,
): WorkloadParameters {
  if (ratePerSecond === undefined) return sizes;
  const { operationCount, parameters } = declared(openLoop);
  return { ...sizes, ...parameters, [operationCount]: plannedOperations(ratePerSecond) };
}

/**
 * The program of those sizes under load. At a rate, the one phase is played once, on a fresh session, and its first
 * operations are not recorded. Arrivals differ between the blocks of a cell.
 */
export function underLoad(
  program: Program,
  openLoop: OpenLoop | undefined,
  { ratePerSecond, process, laneCount }: BlockLoad,
  { blockIndex, seed }: Pick<ProgramContext, "blockIndex" | "seed">,
): Program {
  const lanes = laneCount === undefined ? {} : { laneCount };
  if (ratePerSecond === undefined) {
    if (laneCount === undefined) return program;
    const iterations = program.iterations.map((iteration) => ({
      ...iteration,
      phases: iteration.phases.map((phase): Phase => ({ ...phase, ...lanes })),
    }));
    return { ...program, iterations };
  }
  const { phase: name } = declared(openLoop);
  const phase = program.iterations.flatMap(({ phases }) => phases).find((one) => one.name === name);
  if (phase === undefined) {
    throw new RangeError(
      `Cannot ask a workload at a rate as it must have the phase that it names: got "${name}"`,
    );
  }
  const arrivals: ArrivalPlan = {
    process,
    ratePerSecond,
    seed: mixSeed(mixSeed(ARRIVAL_SEED, seed), blockIndex + 1),
  };
  const asked: Phase = {
    ...phase,
    ...lanes,
    arrivals,
    pacing: { turns: 0 },
    warmupOperationCount: unrecordedOperations(plannedOperations(ratePerSecond)),
  };
  return { ...program, iterations: [{ warmup: false, freshSession: true, phases: [asked] }] };
}

function declared(openLoop: OpenLoop | undefined): OpenLoop {
  if (openLoop !== undefined) return openLoop;
  throw new RangeError("Cannot ask a workload at a rate as it must say how: it has no openLoop");
}
