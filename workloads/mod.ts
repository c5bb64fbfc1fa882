/** The registry of workloads. */
import { didYouMean, UsageError, type Workload, workloadKey } from "../lib/model/mod.ts";
import { binaryResults } from "./binary_results.ts";
import { chatSim } from "./chat_sim.ts";
import { coldStart } from "./cold_start.ts";
import { columnGranularity } from "./column_granularity.ts";
import { dashboard } from "./dashboard.ts";
import { fanOut } from "./fan_out.ts";
import { feedPaging } from "./feed_paging.ts";
import { firstStart } from "./first_start.ts";
import { keyedPk } from "./keyed_pk.ts";
import { largeWorkingSet } from "./large_working_set.ts";
import { liveResults } from "./live_results.ts";
import { navigation } from "./navigation.ts";
import { nestedTransactions } from "./nested_transactions.ts";
import { overlap } from "./overlap.ts";
import { rawReads } from "./raw_reads.ts";
import { reads } from "./reads.ts";
import { scaling } from "./scaling.ts";
import { syncBurst } from "./sync_burst.ts";
import { transactions } from "./transactions.ts";
import { writes } from "./writes.ts";

/** All workloads in the order of reports, all versions of each, oldest first. */
export const WORKLOADS: readonly Workload[] = [
  chatSim,
  feedPaging,
  syncBurst,
  largeWorkingSet,
  keyedPk,
  fanOut,
  overlap,
  columnGranularity,
  scaling,
  dashboard,
  navigation,
  reads,
  rawReads,
  writes,
  liveResults,
  binaryResults,
  transactions,
  nestedTransactions,
  coldStart,
  firstStart,
].flat();

/** The newest version of every workload, in the order of {@link WORKLOADS}. */
export function newestWorkloads(): Workload[] {
  return WORKLOADS.filter((workload) => workload === newest(workload.id));
}

/**
 * Finds a workload by `id`, which means its newest version, or by `id@version`.
 *
 * Throws a UsageError when there is none: it suggests the nearest name and lists all ids, or, where only the version is
 * unknown, all versions.
 */
export function findWorkload(name: string): Workload {
  const found = newest(name) ?? WORKLOADS.find((workload) => workloadKey(workload) === name);
  if (found !== undefined) return found;

  const [id] = name.split("@", 1);
  const versions = WORKLOADS.filter((workload) => workload.id === id).map(workloadKey);
  if (versions.length > 0) {
    throw new UsageError(`Cannot find workload "${name}": versions are ${versions.join(", ")}`);
  }
  const ids = newestWorkloads().map((workload) => workload.id);
  const suggestion = didYouMean(name, ids) || didYouMean(name, WORKLOADS.map(workloadKey));
  throw new UsageError(`Cannot find workload "${name}"${suggestion}: workloads are ${ids.join(", ")}`);
}

function newest(id: string): Workload | undefined {
  return WORKLOADS.findLast((workload) => workload.id === id);
}
