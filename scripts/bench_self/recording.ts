/**
 * What recording costs a database. Processes of one program differ more from each other than recording costs, so that
 * both recorders take turns within one process: pieces of a phase go to the real one and to one that looks at every
 * value and notes nothing. Memory is that of whole processes, and compared between them. Nothing is judged.
 */
import { parseAdapter } from "../../lib/adapters/mod.ts";
import { playInProcess, type StartedChild } from "../../lib/cli/block_process.ts";
import { combineCells, type SelectedCell } from "../../lib/cli/select_cells.ts";
import { makeTempDirectory } from "../../lib/cli/temp_directory.ts";
import {
  type BoundQuery,
  type Operation,
  type Phase,
  type Query,
  tableNamed,
  watchedIn,
} from "../../lib/model/mod.ts";
import { Truth } from "../../lib/oracle/mod.ts";
import type { AskedQuery, PlayedOperation, PlayedPhase } from "../../lib/protocol/player.ts";
import { seedBatches } from "../../lib/runner/seed_batches.ts";
import { median, sortSamples } from "../../lib/stats/mod.ts";
import { findWorkload } from "../../workloads/mod.ts";

/** What one recorder took in one process: sums over its pieces, nanoseconds. */
export interface RecordedTime {
  readonly callerCpuNs: number;
  /** Median time by label of the operations. */
  readonly operationNs: Readonly<Record<string, number>>;
  /** Time in listeners per emission; `null` where nothing was emitted. */
  readonly emissionNs: number | null;
}

/** What the two recorders took. */
export interface RecordedPair<T> {
  readonly null: T;
  readonly real: T;
}

/** The measurements of one cell. */
export interface RecordingCost {
  /** `workload/adapter`. */
  readonly cell: string;
  /** One for each process in which the recorders took turns. */
  readonly times: readonly RecordedPair<RecordedTime>[];
  /** Peak memory in bytes of two processes, each with one recorder; `null` where the kernel does not tell. */
  readonly peakMemoryBytes: readonly RecordedPair<number | null>[];
}

type Side = keyof RecordedPair<unknown>;

/** Pieces of a phase, as many as it has operations at most. */
const PIECE_COUNT = 20;

const CELLS: readonly (readonly [workload: string, adapter: string])[] = [
  ["chat-sim@2", "node-sqlite"],
  ["chat-sim@2", "tinybase"],
  ["sync-burst@2", "tinybase"],
  ["fan-out@2", "tinybase"],
];

/** Measures some cells; each count is that of pairs. Which recorder comes first changes from process to process. */
export async function measureRecording(
  { timeCount, memoryCount }: { readonly timeCount: number; readonly memoryCount: number },
  onProcess: (cell: string, done: number, of: number) => void,
  cells: typeof CELLS = CELLS,
): Promise<RecordingCost[]> {
  const tempDirectory = await makeTempDirectory();
  let position = 0;
  const costs: RecordingCost[] = [];
  try {
    for (const [workload, adapter] of cells) {
      const cell = `${workload}/${adapter}`;
      const [selected] = combineCells([{ workload: findWorkload(workload) }], [parseAdapter(adapter)], [
        "standard",
      ]);
      const processCount = timeCount + 2 * memoryCount;
      let done = 0;
      const measured = async (sides: readonly Side[]): Promise<PlayedProcess> => {
        const played = await inProcess(selected!, sides, tempDirectory, position++);
        onProcess(cell, ++done, processCount);
        return played;
      };
      const times: RecordedPair<RecordedTime>[] = [];
      for (let turn = 0; turn < timeCount; turn++) {
        const { times: own } = await measured(turn % 2 === 0 ? ["null", "real"] : ["real", "null"]);
        times.push({ null: timeOf(own.null), real: timeOf(own.real) });
      }
      const peakMemoryBytes: RecordedPair<number | null>[] = [];
      for (let pair = 0; pair < memoryCount; pair++) {
        const bytes: Record<Side, number | null> = { null: null, real: null };
        for (const side of pair % 2 === 0 ? ["null", "real"] as const : ["real", "null"] as const) {
          bytes[side] = (await measured([side])).peakMemoryBytes;
        }
        peakMemoryBytes.push(bytes);
      }
      costs.push({ cell, times, peakMemoryBytes });
    }
  } finally {
    await Deno.remove(tempDirectory, { recursive: true });
  }
  return costs;
}

/** What was played under one recorder. */
interface Tally {
  callerCpuNs: number;
  listenerNs: number;
  emissionCount: number;
  readonly operationNs: Map<string, number[]>;
}

interface PlayedProcess {
  readonly times: RecordedPair<Tally>;
  readonly peakMemoryBytes: number | null;
}

/** Plays a cell in a fresh process, its pieces under the recorders in turns. */
async function inProcess(
  selected: SelectedCell,
  sides: readonly Side[],
  tempDirectory: string,
  position: number,
): Promise<PlayedProcess> {
  let played: PlayedProcess | undefined;
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
      played = await play(child, sides);
      const nothing = { findings: [], findingCount: 0, metrics: {}, phases: [], facts: {}, warnings: [] };
      return { kind: "result", result: { verdict: "converged", ...nothing } };
    },
  );
  if (played !== undefined) return played;
  throw new Error(`Cannot measure ${selected.cell.key}: ${JSON.stringify(ending)} ${output.join(" ")}`);
}

async function play(child: StartedChild, sides: readonly Side[]): Promise<PlayedProcess> {
  const { player, program } = child;
  await player.begin(child.begin);
  await player.open({
    directory: await child.makeDirectory("session"),
    database: "new",
    tables: program.tables,
  });
  for (const seed of program.seeds) {
    for (const batch of seedBatches(seed, tableNamed(program.tables, seed.table))) await player.seed(batch);
  }
  const times = { null: emptyTally(), real: emptyTally() };
  const truth = new Truth(program.tables, program.seeds);
  const totals = new Map<Query, boolean>();
  const isTotal = ({ query, args }: BoundQuery): boolean => {
    let known = totals.get(query);
    if (known === undefined) totals.set(query, known = truth.isTotal(query, args));
    return known;
  };
  const pieces = { child, isTotal };
  // One session is enough: a fresh one would begin with an empty database again.
  for (const { warmup, phases } of program.iterations.slice(0, 2)) {
    for (const phase of phases) {
      const operations = phase.operations();
      const { warmupOperationCount } = phase;
      const pieceCount = Math.min(PIECE_COUNT, operations.length - warmupOperationCount);
      const size = (operations.length - warmupOperationCount) / pieceCount;
      const edge = (piece: number): number => warmupOperationCount + Math.round(piece * size);
      if (warmupOperationCount > 0) {
        await playPiece(pieces, phase, operations.slice(0, warmupOperationCount), "real");
      }
      for (let piece = 0; piece < pieceCount; piece++) {
        const side = sides[piece % sides.length]!;
        const own = operations.slice(edge(piece), edge(piece + 1));
        const played = await playPiece(pieces, phase, own, side);
        // The first piece of each recorder warms it up.
        if (!warmup && piece >= sides.length) addTo(times[side], own, played);
      }
    }
  }
  const peakMemoryBytes = await child.readings.peakMemoryBytes() ?? null;
  await player.close();
  return { times, peakMemoryBytes };
}

/** What plays pieces, and whether one order of a query's result is right. */
interface Pieces {
  readonly child: StartedChild;
  isTotal(bound: BoundQuery): boolean;
}

async function playPiece(
  { child: { player }, isTotal }: Pieces,
  phase: Phase,
  operations: readonly Operation[],
  side: Side,
): Promise<PlayedPhase> {
  // As a block would ask: where the order of tied rows is open, digests of rows are kept as well.
  const asked = (watch: BoundQuery): AskedQuery => ({ ...watch, isTotal: isTotal(watch) });
  await player.play({
    name: phase.name,
    watches: phase.watches.map(asked),
    operations: operations.map((operation): PlayedOperation => {
      switch (operation.kind) {
        case "read":
          return { ...operation, isTotal: isTotal(operation) };
        case "navigate":
          return { ...operation, watches: operation.watches.map(asked) };
        default:
          return operation;
      }
    }),
    warmupOperationCount: 0,
    pacing: phase.pacing,
    asksRequeries: false,
    notesTurns: phase.isScreen ?? false,
    ...(side === "null" ? { recordsNothing: true } : {}),
  }, { started: () => {}, acknowledged: () => watchedIn(phase, operations).map(() => null) });
  return await player.finish();
}

function emptyTally(): Tally {
  return { callerCpuNs: 0, listenerNs: 0, emissionCount: 0, operationNs: new Map() };
}

function addTo(tally: Tally, operations: readonly Operation[], played: PlayedPhase): void {
  tally.callerCpuNs += played.callerCpuUntilQuietNs;
  tally.listenerNs += played.listenerNs;
  for (const { atNs } of played.streams) tally.emissionCount += atNs.length - 1;
  for (const [index, { label }] of operations.entries()) {
    const times = tally.operationNs.get(label);
    const tookNs = played.endNs[index]! - played.startNs[index]!;
    if (times === undefined) tally.operationNs.set(label, [tookNs]);
    else times.push(tookNs);
  }
}

function timeOf({ callerCpuNs, listenerNs, emissionCount, operationNs }: Tally): RecordedTime {
  return {
    callerCpuNs,
    operationNs: Object.fromEntries(
      [...operationNs].map(([label, times]) => [label, median(sortSamples(times))]),
    ),
    emissionNs: emissionCount === 0 ? null : listenerNs / emissionCount,
  };
}

/** The median over pairs of real divided by null, and the middle half of them. */
export function ratioText(pairs: readonly (readonly [real: number, base: number])[]): string {
  const ratios = sortSamples(pairs.map(([real, base]) => real / base));
  const at = (share: number) => ratios[Math.round(share * (ratios.length - 1))]!.toFixed(3);
  return `${median(ratios).toFixed(3)} (${at(0.25)} to ${at(0.75)})`;
}
