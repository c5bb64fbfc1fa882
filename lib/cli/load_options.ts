/** What `--rate`, `--arrivals` and `--in-flight` ask for: how every chosen workload is asked. */
import {
  ARRIVAL_PROCESSES,
  type CellParameters,
  didYouMean,
  nearest,
  parseRate,
  RATE_BOUNDS,
  type Scale,
  UsageError,
  type Workload,
} from "../model/mod.ts";
import { plannedMs } from "../runner/mod.ts";
import { laneFault } from "../runner/lane_fault.ts";
import { loadOf, sizesUnderLoad, underLoad } from "../runner/load_program.ts";
import { SEARCHED_RATE, SEARCHED_RATES } from "../stats/mod.ts";
import { newestWorkloads } from "../../workloads/mod.ts";
import type { SelectedWorkload } from "./select_cells.ts";

/** What was typed; absent for what was not. */
export interface LoadOptions {
  /** Rates, comma-separated, or `auto`. */
  readonly rate: string | undefined;
  /** An arrival process. */
  readonly arrivals: string | undefined;
  /** Numbers of operations in flight, comma-separated. */
  readonly inFlight: string | undefined;
  /** What a closed loop does between operations. */
  readonly pacing: string | undefined;
}

/** More are not in flight in any application, and each needs a result that no other one sees. */
const MOST_LANES = 256;

/**
 * The parameters of every combination of what was typed. Throws a UsageError, before anything is written, for a value
 * that cannot be, and for options that contradict each other.
 */
export function loadVariants(options: LoadOptions): CellParameters[] {
  const { rate, arrivals, inFlight, pacing } = options;
  if (rate !== undefined && pacing !== undefined) {
    throw new UsageError(
      "Cannot combine --rate with --pacing as operations that arrive by themselves are not paced: give one",
    );
  }
  if (arrivals !== undefined && rate === undefined) {
    throw new UsageError(
      `Cannot space arrivals as a rate must be given with --arrivals ${arrivals}: add --rate 100/s, or --rate auto`,
    );
  }
  const process = arrivals === undefined ? undefined : arrivalProcess(arrivals);
  const base = {
    ...(pacing === undefined ? {} : { pacing }),
    // The default is not named, so that a cell has one name.
    ...(process === undefined || process === ARRIVAL_PROCESSES[0] ? {} : { arrivals: process }),
  };
  const rates = rate === undefined ? [{}] : parseRates(rate).map((one): CellParameters => ({ rate: one }));
  const lanes = inFlight === undefined
    ? [{}]
    : parseLanes(inFlight).map((one): CellParameters => ({ "in-flight": String(one) }));
  return lanes.flatMap((lane) => rates.map((one) => ({ ...base, ...one, ...lane })));
}

/** Workloads that a plain run asks at a rate: the quick ones that say how, and that show something. */
export function openLoopWorkloads(): string[] {
  return newestWorkloads().filter(({ openLoop, slow, id }) => openLoop !== undefined && !slow && OPEN.has(id))
    .map(({ id }) => id);
}

/** Of these a rate tells most: every write is seen by somebody. */
const OPEN: ReadonlySet<string> = new Set(["sync-burst", "fan-out", "overlap"]);

/**
 * Throws a UsageError unless every workload can be asked as every variant says: at a rate, within the time of a block,
 * and with as many operations in flight as it has results of their own.
 */
export function requireLoad(
  workloads: readonly SelectedWorkload[],
  scales: readonly Scale[],
  variants: readonly CellParameters[],
  timeoutMs: number,
): void {
  for (const parameters of variants) {
    const { rate } = parameters;
    if (rate === undefined) continue;
    const lowest = rate === SEARCHED_RATE ? SEARCHED_RATES.lowest : Number(rate);
    const planMs = plannedMs(lowest);
    if (planMs * 1.5 > timeoutMs) {
      throw new UsageError(
        `Cannot ask at ${lowest}/s as a block must end in time: its plan alone takes ${
          Math.round(planMs / 1000)
        } s, and --timeout is ${Math.round(timeoutMs / 1000)}`,
      );
    }
    for (const { workload } of workloads) requireOpenLoop(workload);
  }
  for (const { workload, module } of workloads) {
    // The program of a workload from outside is built in a process of its own, block by block.
    if (module !== undefined) continue;
    for (const scale of scales) {
      for (const parameters of variants) requireLanes(workload, scale, parameters);
    }
  }
}

function requireOpenLoop({ id, openLoop, closedLoopReason }: Workload): void {
  if (openLoop !== undefined) return;
  if (closedLoopReason !== undefined) {
    throw new UsageError(`Cannot ask workload "${id}" at a rate as ${closedLoopReason}`);
  }
  const able = newestWorkloads().filter((one) => one.openLoop !== undefined).map((one) => one.id);
  throw new UsageError(
    `Cannot ask workload "${id}" at a rate as it must say which phase that would be: workloads that do are ${
      able.join(", ")
    }`,
  );
}

function requireLanes(workload: Workload, scale: Scale, parameters: CellParameters): void {
  const { rate } = parameters;
  const load = loadOf(rate === SEARCHED_RATE ? { ...parameters, rate: "100" } : parameters);
  if (load.laneCount === undefined) return;
  const sizes = sizesUnderLoad(workload.parameters[scale], workload.openLoop, load);
  const context = { blockIndex: 0, seed: 0 };
  const fault = laneFault(underLoad(workload.program(sizes, context), workload.openLoop, load, context));
  if (fault === undefined) return;
  const { phase, operationCount, groupCount } = fault;
  throw new UsageError(
    `Cannot keep ${load.laneCount} operations of phase "${phase}" of workload "${workload.id}" at scale ${scale} in ` +
      `flight as what every result has to show must stay known: of its ${operationCount} operations ${
        groupCount === 1 ? "all are seen by one result" : `${groupCount} at most are seen by none in common`
      }`,
  );
}

function parseRates(text: string): string[] {
  const items = itemsOf(text, "--rate", "a rate");
  if (items.includes(SEARCHED_RATE)) {
    if (items.length === 1) return items;
    throw new UsageError(
      `Cannot search a rate and ask others as --rate is ${SEARCHED_RATE} or a list of rates: got "${text}"`,
    );
  }
  const rates = items.map((item) => {
    const rate = parseRate(item);
    if (rate !== undefined) return String(rate);
    const { least, most } = RATE_BOUNDS;
    throw new UsageError(
      `Cannot ask at "${item}"${
        nearest(item, [SEARCHED_RATE]) === undefined ? "" : didYouMean(item, [SEARCHED_RATE])
      } as a rate must be from ${least} to ${most} operations per second, such as 100/s, or ${SEARCHED_RATE}`,
    );
  });
  return [...new Set(rates)];
}

function parseLanes(text: string): number[] {
  return itemsOf(text, "--in-flight", "a number").map((item) => {
    const count = Number(item);
    if (/^\d{1,6}$/.test(item) && count >= 1 && count <= MOST_LANES) return count;
    throw new UsageError(
      `Cannot keep "${item}" operations in flight as that must be a whole number from 1 to ${MOST_LANES}`,
    );
  });
}

function arrivalProcess(text: string): string {
  const process = ARRIVAL_PROCESSES.find((one) => one === text);
  if (process !== undefined) return process;
  throw new UsageError(
    `Cannot space arrivals "${text}"${didYouMean(text, ARRIVAL_PROCESSES)}: they are ${
      ARRIVAL_PROCESSES.join(" or ")
    }`,
  );
}

/** Each once, in the order in which they were typed. */
function itemsOf(text: string, option: string, what: string): string[] {
  const items = text.split(",").map((item) => item.trim()).filter((item) => item !== "");
  if (items.length > 0) return [...new Set(items)];
  throw new UsageError(`Cannot choose as ${what} must be named where ${option} is given: got "${text}"`);
}
