/** How a fleet scales, on disk: `results/fleet/<moment>.json`. What follows from what was measured is computed again when it is read. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { median, sortSamples } from "../stats/mod.ts";
import { type BenchFacts, benchFacts, measured, parseStudy, storeStudy } from "./bench_facts.ts";
import { simulateFleet } from "./simulate_fleet.ts";

const FOLDER = "fleet";
const WORKER_COUNTS: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const SIMULATED_ROUNDS = 10_000;
/** Rounds that sleep are long; a tenth and a hundredth of them ask the queue more often. */
const DIVISORS: readonly number[] = [1, 10, 100];
/** From here on workers are wasted. */
const LEAST_EFFICIENCY = 0.9;

const count = z.int().min(1);
const share = z.number().min(0).max(1);

const measurements = {
  /** What the rounds ran, as options of `bench`. */
  load: z.string().min(1),
  measured: z.strictObject({
    /** Time of one worker over that of all of them. */
    speedup: measured,
    /** One worker, then several. */
    runs: z.array(z.strictObject({
      workerCount: count,
      roundCount: count,
      /** From the first round that was taken to the last one that was finished. */
      makespanMs: measured,
      roundTimesMs: z.array(measured).min(1),
    })).length(2),
  }),
  /** What the queue answers while so many clients do what workers do. */
  requests: z.array(z.strictObject({
    clientCount: count,
    requestCount: count,
    requestsPerSecond: measured,
    latencyMs: measured,
  })).min(1),
} as const;

const simulation = {
  simulated: z.array(z.strictObject({
    divisor: count,
    medianRoundMs: measured,
    /** Most workers that are used by `leastEfficiency` or more. */
    scalesTo: z.int().min(0),
    outcomes: z.array(z.strictObject({
      workerCount: count,
      makespanMs: measured,
      speedup: measured,
      efficiency: measured,
      overheadMs: measured,
      idleShare: share,
      queueShare: share,
    })),
  })),
  leastEfficiency: share,
} as const;

const schema = z.strictObject({ ...benchFacts, ...measurements, ...simulation });

/** A stored bench of the fleet. */
export type FleetStudy = z.infer<typeof schema>;

/** Times of rounds that so many workers ran. */
export type Scaling = FleetStudy["measured"]["runs"][number];

/** What requests took. */
export type RequestTimes = FleetStudy["requests"][number];

/** What a bench of the fleet measures. */
export interface FleetMeasurements {
  readonly load: string;
  /** One worker. */
  readonly one: Scaling;
  /** Several. */
  readonly several: Scaling;
  /** First with one client. */
  readonly requests: readonly RequestTimes[];
}

/** The study of what was measured, with the simulation that follows from it. */
export function makeFleetStudy(
  facts: BenchFacts,
  { load, one, several, requests }: FleetMeasurements,
): FleetStudy {
  const runs = [one, several];
  return {
    ...facts,
    load,
    measured: { speedup: speedupOf(runs), runs },
    requests: [...requests],
    simulated: simulate(one.roundTimesMs, requests),
    leastEfficiency: LEAST_EFFICIENCY,
  };
}

/** Requests that the queue answers in a second at most. */
export function mostRequestsPerSecond(requests: readonly RequestTimes[]): number {
  return Math.max(...requests.map(({ requestsPerSecond }) => requestsPerSecond));
}

/** Stores a study below `results`. Returns its path. */
export function storeFleetStudy(results: string, study: FleetStudy): string {
  return storeStudy(results, FOLDER, study);
}

/** Reads a study. Throws a RecordFormatError for what is none, and for one whose numbers do not follow from its measurements. */
export function parseFleetStudy(text: string, file: string): FleetStudy {
  return parseStudy<FleetStudy>(text, file, schema, findFault);
}

function findFault(
  { measured: { speedup, runs }, requests, simulated, leastEfficiency }: FleetStudy,
): string | undefined {
  for (const { roundCount, roundTimesMs } of runs) {
    if (roundTimesMs.length !== roundCount) {
      return `"measured.runs" must have a time for each of ${roundCount} rounds: got ${roundTimesMs.length}`;
    }
  }
  if (runs[0]!.workerCount !== 1) {
    return `"measured.runs" must begin with one worker: got ${runs[0]!.workerCount}`;
  }
  const expected = speedupOf(runs);
  if (speedup !== expected) {
    return `"measured.speedup" must be the quotient of its runs, ${expected}: got ${speedup}`;
  }
  if (leastEfficiency !== LEAST_EFFICIENCY) {
    return `"leastEfficiency" must be ${LEAST_EFFICIENCY}: got ${leastEfficiency}`;
  }
  const again = simulate(runs[0]!.roundTimesMs, requests);
  return isDeepStrictEqual(simulated, again)
    ? undefined
    : '"simulated" must be what the simulation gives for these rounds and requests: it is not';
}

function speedupOf(runs: readonly Scaling[]): number {
  return runs[0]!.makespanMs / runs[1]!.makespanMs;
}

function simulate(
  roundTimesMs: readonly number[],
  requests: readonly RequestTimes[],
): FleetStudy["simulated"] {
  const model = {
    roundCount: SIMULATED_ROUNDS,
    latencyMs: requests[0]!.latencyMs,
    serviceMs: 1000 / mostRequestsPerSecond(requests),
    requestsPerRound: { before: 2, after: 2 },
    seed: 1,
  };
  return DIVISORS.map((divisor) => {
    const times = roundTimesMs.map((time) => time / divisor);
    const outcomes = WORKER_COUNTS.map((workerCount) =>
      simulateFleet({ ...model, workerCount, roundTimesMs: times })
    );
    const scales = outcomes.filter(({ efficiency }) => efficiency >= LEAST_EFFICIENCY);
    return {
      divisor,
      medianRoundMs: median(sortSamples(times)),
      scalesTo: scales.at(-1)?.workerCount ?? 0,
      outcomes,
    };
  });
}
