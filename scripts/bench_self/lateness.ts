/**
 * How late the bench calls operations that are due, beside an adapter that answers at once and keeps nothing. What a
 * database would be excused for does not occur here: the delay of every call is the bench's own.
 */
import { playInProcess, type StartedChild } from "../../lib/cli/block_process.ts";
import { describeAdapterModule } from "../../lib/cli/describe_module.ts";
import { combineCells } from "../../lib/cli/select_cells.ts";
import { makeTempDirectory } from "../../lib/cli/temp_directory.ts";
import type { PlayedPhase } from "../../lib/protocol/player.ts";
import { moduleUrl } from "../../lib/runner/outside_module.ts";
import { planArrivals, plannedOperations, unrecordedOperations } from "../../lib/runner/plan_arrivals.ts";
import { quantile, sortSamples } from "../../lib/stats/mod.ts";
import { findWorkload } from "../../workloads/mod.ts";

/** Delays of one plan, nanoseconds. */
export interface Lateness {
  readonly ratePerSecond: number;
  /** Operations that were recorded. */
  readonly operationCount: number;
  /** 99th percentile of the lateness that a block tells of itself. */
  readonly toldP99Ns: number;
  /** Of the time from when an operation was due to its call. */
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
}

/** The rates of a ladder, and ten times as many. */
export const LATENESS_RATES: readonly number[] = [100, 1000, 10_000];

const ADAPTER = new URL("../../lib/testing/idle_adapter.ts", import.meta.url).href;

/** Plays one Poisson plan for each rate, each in a process of its own, as blocks are; `seed` sets the plans apart. */
export async function measureLateness(seed: number): Promise<Lateness[]> {
  const tempDirectory = await makeTempDirectory();
  try {
    const found: Lateness[] = [];
    for (const ratePerSecond of LATENESS_RATES) {
      found.push(await inProcess(ratePerSecond, seed, tempDirectory));
    }
    return found;
  } finally {
    await Deno.remove(tempDirectory, { recursive: true });
  }
}

async function inProcess(
  ratePerSecond: number,
  seed: number,
  tempDirectory: string,
): Promise<Lateness> {
  const choice = await describeAdapterModule(moduleUrl(ADAPTER), "");
  const [selected] = combineCells(
    [{ workload: findWorkload("keyed-pk") }],
    [{ ...choice, module: ADAPTER }],
    ["smoke"],
  );
  let lateness: Lateness | undefined;
  const { ending, output } = await playInProcess(
    selected!,
    {
      cell: selected!.cell,
      blockIndex: seed,
      position: 0,
      evidence: "digests",
    },
    {
      tempDirectory,
      keepTemp: false,
      seed,
      timeoutMs: 60_000,
      signal: new AbortController().signal,
    },
    () => {},
    async (child) => {
      lateness = await play(child, ratePerSecond, seed);
      const nothing = {
        findings: [],
        findingCount: 0,
        metrics: {},
        phases: [],
        facts: {},
        warnings: [],
      };
      return { kind: "result", result: { verdict: "converged", ...nothing } };
    },
  );
  if (lateness !== undefined) return lateness;
  throw new Error(
    `Cannot measure lateness: ${JSON.stringify(ending)} ${output.join(" ")}`,
  );
}

async function play(
  { player, begin, program, makeDirectory }: StartedChild,
  ratePerSecond: number,
  seed: number,
): Promise<Lateness> {
  await player.begin(begin);
  await player.open({
    directory: await makeDirectory("session"),
    database: "new",
    tables: program.tables,
  });
  const own = program.iterations[0]!.phases[0]!.operations();
  const count = plannedOperations(ratePerSecond);
  const unrecorded = unrecordedOperations(count);
  const atNs = planArrivals(
    { process: "poisson", ratePerSecond, seed },
    count,
    unrecorded,
  );
  await player.play({
    name: "arrivals",
    watches: [],
    operations: Array.from({ length: count }, (_, index) => {
      const operation = own[index % own.length]!;
      if (operation.kind !== "write") {
        throw new Error(
          `Cannot repeat an operation as it must be a write: got ${operation.kind}`,
        );
      }
      return operation;
    }),
    warmupOperationCount: unrecorded,
    pacing: { turns: 0 },
    asksRequeries: false,
    notesTurns: false,
    arrivals: { atNs, latestNs: 60e9 },
  }, { started: () => {}, acknowledged: () => [] });
  const played = await player.finish();
  await player.close();
  return latenessOf(played, ratePerSecond, unrecorded);
}

/** What the recorded operations of a plan tell. */
export function latenessOf(
  { startNs, dueNs, waitLateNs }: Pick<
    PlayedPhase,
    "startNs" | "dueNs" | "waitLateNs"
  >,
  ratePerSecond: number,
  unrecorded: number,
): Lateness {
  if (dueNs === undefined || waitLateNs === undefined) {
    throw new Error("Cannot tell lateness as operations must have been due");
  }
  const told = sortSamples(waitLateNs.subarray(unrecorded));
  const delays = sortSamples(
    startNs.map((start, index) => start - dueNs[index]!).subarray(unrecorded),
  );
  return {
    ratePerSecond,
    operationCount: delays.length,
    toldP99Ns: quantile(told, 0.99),
    p50Ns: quantile(delays, 0.5),
    p99Ns: quantile(delays, 0.99),
    maxNs: quantile(delays, 1),
  };
}
