/**
 * What recording costs a database: the same blocks with the real recorder and with one that looks at every value and
 * notes nothing, in turns, each in a fresh process. Nothing is judged.
 */
import { parseAdapter } from "../../lib/adapters/mod.ts";
import { playInProcess, type StartedChild } from "../../lib/cli/block_process.ts";
import { combineCells, type SelectedCell } from "../../lib/cli/select_cells.ts";
import { makeTempDirectory } from "../../lib/cli/temp_directory.ts";
import { insert, type Operation, type Phase, tableNamed } from "../../lib/model/mod.ts";
import type { AskedQuery, PlayedPhase } from "../../lib/protocol/player.ts";
import { median, sortSamples } from "../../lib/stats/mod.ts";
import { findWorkload } from "../../workloads/mod.ts";

/** One block: sums over its recorded iterations, nanoseconds and bytes. */
export interface RecordedBlock {
  readonly callerCpuNs: number;
  readonly peakMemoryBytes: number | null;
  /** Median time by label of the operations. */
  readonly operationNs: Readonly<Record<string, number>>;
  /** Time in listeners per emission; `null` where nothing was emitted. */
  readonly emissionNs: number | null;
}

/** Pairs of one cell. */
export interface RecordingCost {
  /** `workload/adapter`. */
  readonly cell: string;
  readonly pairs: readonly { readonly null: RecordedBlock; readonly real: RecordedBlock }[];
}

const CELLS: readonly (readonly [workload: string, adapter: string])[] = [
  ["chat-sim@2", "node-sqlite"],
  ["chat-sim@2", "tinybase"],
  ["sync-burst@2", "tinybase"],
  ["fan-out@2", "tinybase"],
];

/** Measures all cells; `pairCount` pairs each, which of the two goes first changes from pair to pair. */
export async function measureRecording(
  pairCount: number,
  onPair: (cell: string, pair: number) => void,
): Promise<RecordingCost[]> {
  const tempDirectory = await makeTempDirectory();
  let position = 0;
  const costs: RecordingCost[] = [];
  try {
    for (const [workload, adapter] of CELLS) {
      const [selected] = combineCells([{ workload: findWorkload(workload) }], [parseAdapter(adapter)], [
        "standard",
      ]);
      const pairs: RecordingCost["pairs"][number][] = [];
      for (let pair = 0; pair < pairCount; pair++) {
        const blocks: Partial<Record<"null" | "real", RecordedBlock>> = {};
        for (const side of pair % 2 === 0 ? ["null", "real"] as const : ["real", "null"] as const) {
          blocks[side] = await playBlock(selected!, side === "null", tempDirectory, position++);
        }
        pairs.push({ null: blocks.null!, real: blocks.real! });
        onPair(`${workload}/${adapter}`, pair + 1);
      }
      costs.push({ cell: `${workload}/${adapter}`, pairs });
    }
  } finally {
    await Deno.remove(tempDirectory, { recursive: true });
  }
  return costs;
}

async function playBlock(
  selected: SelectedCell,
  recordsNothing: boolean,
  tempDirectory: string,
  position: number,
): Promise<RecordedBlock> {
  let block: RecordedBlock | undefined;
  const { ending, output } = await playInProcess(
    selected,
    { cell: selected.cell, blockIndex: 0, position, evidence: "digests" },
    {
      tempDirectory,
      keepTemp: false,
      seed: 0,
      timeoutMs: 120_000,
      signal: new AbortController().signal,
    },
    () => {},
    async (child) => {
      block = await play(child, recordsNothing);
      const nothing = { findings: [], findingCount: 0, metrics: {}, phases: [], facts: {}, warnings: [] };
      return { kind: "result", result: { verdict: "converged", ...nothing } };
    },
  );
  if (block !== undefined) return block;
  throw new Error(`Cannot measure ${selected.cell.key}: ${JSON.stringify(ending)} ${output.join(" ")}`);
}

async function play(child: StartedChild, recordsNothing: boolean): Promise<RecordedBlock> {
  const { player, program } = child;
  await player.begin({ ...child.begin, ...(recordsNothing ? { recordsNothing } : {}) });
  await player.open({ directory: await child.makeDirectory("session"), tables: program.tables });
  for (const { table: name, rowCount, batchSize, row } of program.seeds) {
    const table = tableNamed(program.tables, name);
    const columns = table.columns.map((column) => column.name);
    const statement = insert({ table: name, columns });
    for (let first = 0; first < rowCount; first += batchSize) {
      const count = Math.min(batchSize, rowCount - first);
      const rows = Array.from({ length: count }, (_, offset) => {
        const values = row(first + offset);
        return columns.map((column) => values[column]!);
      });
      await player.seed({ statement, rows });
    }
  }
  let callerCpuNs = 0;
  let listenerNs = 0;
  let emissionCount = 0;
  const timesNs = new Map<string, number[]>();
  // One session is enough: a fresh one would begin with an empty database again.
  for (const { warmup, phases } of program.iterations.slice(0, 2)) {
    for (const phase of phases) {
      const operations = phase.operations();
      const played = await playPhase(child, phase, operations);
      if (warmup) continue;
      callerCpuNs += played.callerCpuUntilQuietNs;
      listenerNs += played.listenerNs;
      for (const { atNs } of played.streams) emissionCount += atNs.length - 1;
      for (let index = phase.warmupOperationCount; index < operations.length; index++) {
        const { label } = operations[index]!;
        const times = timesNs.get(label);
        const tookNs = played.endNs[index]! - played.startNs[index]!;
        if (times === undefined) timesNs.set(label, [tookNs]);
        else times.push(tookNs);
      }
    }
  }
  const peakMemoryBytes = await child.readings.peakMemoryBytes() ?? null;
  await player.close();
  return {
    callerCpuNs,
    peakMemoryBytes,
    operationNs: Object.fromEntries(
      [...timesNs].map(([label, times]) => [label, median(sortSamples(times))]),
    ),
    emissionNs: emissionCount === 0 ? null : listenerNs / emissionCount,
  };
}

async function playPhase(
  { player }: StartedChild,
  phase: Phase,
  operations: readonly Operation[],
): Promise<PlayedPhase> {
  // What is right does not matter here; digests of rows would cost more than digests of results.
  const isTotal = true;
  await player.play({
    name: phase.name,
    watches: phase.watches.map((watch): AskedQuery => ({ ...watch, isTotal })),
    operations: operations.map((operation) =>
      operation.kind === "read" ? { ...operation, isTotal } : operation
    ),
    warmupOperationCount: phase.warmupOperationCount,
    pacing: phase.pacing,
    asksRequeries: false,
  }, { started: () => {}, acknowledged: () => phase.watches.map(() => null) });
  return await player.finish();
}

/** The median over pairs of real divided by null, and the middle half of them. */
export function ratioText(pairs: readonly (readonly [real: number, base: number])[]): string {
  const ratios = sortSamples(pairs.map(([real, base]) => real / base));
  const at = (share: number) => ratios[Math.round(share * (ratios.length - 1))]!.toFixed(3);
  return `${median(ratios).toFixed(3)} (${at(0.25)} to ${at(0.75)})`;
}
