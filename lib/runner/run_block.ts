/** One block, on the parent's side: has the child open, seed and play, judges each phase as it ends, folds the numbers. */
import { blockMetrics } from "../metrics/mod.ts";
import {
  type Counter,
  insert,
  type Iteration,
  type MeasuredBlock,
  messageOf,
  type PhaseTimeline,
  type Program,
  type Row,
  type Seed,
  type Table,
  tableNamed,
} from "../model/mod.ts";
import { Truth } from "../oracle/mod.ts";
import { median, sortSamples } from "../stats/mod.ts";
import { Digester } from "../protocol/digester.ts";
import type { BeginOrder, Player } from "../protocol/player.ts";
import { checkTables } from "./check_tables.ts";
import { PhaseCollection } from "./phase_collection.ts";
import { PhasePictures } from "./phase_pictures.ts";
import { type PhaseOutcome, runPhase } from "./run_phase.ts";
import { SoakWindows } from "./soak_windows.ts";

/**
 * Repetitions of a program's iterations go on until its recorded operations took this long in all, those of callers with
 * timers left out: a phase of a few milliseconds shows what the machine did meanwhile rather than the database.
 */
export const ENOUGH_TIMED_MS = 250;

/** What the parent can read of the child's process from outside. */
export interface ProcessReadings {
  /** The kernel's high-water mark of resident memory, in bytes; `undefined` where the kernel does not tell. */
  peakMemoryBytes(): Promise<number | undefined>;
  /** Resident memory as it is, in bytes; `undefined` where the kernel does not tell. */
  memoryBytes(): Promise<number | undefined>;
  /**
   * CPU time so far of the processes that the child started, in nanoseconds; `undefined` where the kernel does not tell
   * or there is none.
   */
  serverCpuNs(): Promise<number | undefined>;
}

/** What a block needs. */
export interface BlockRun {
  /** The child. */
  readonly player: Player;
  /** What it is told first. */
  readonly begin: BeginOrder;
  /** Counters that the adapter declares. */
  readonly counters: readonly Counter[];
  /** Whether the adapter declares live queries. Default is `false`: a session without a watch is a floor. */
  readonly declaresLiveQueries?: boolean;
  /** What to do. */
  readonly program: Program;
  /** Goes on for a while when the program is over. Absent: it ends there. */
  readonly soak?: Soak | undefined;
  /** Makes an empty directory for a session and tells its path. */
  makeDirectory(name: string): Promise<string>;
  /** What is read of its process. */
  readonly readings: ProcessReadings;
  /** Called when a part of the block begins, for progress and for the reason of a block that never ends. */
  readonly onStep: (step: string) => void;
  /** Called once, when the block is over, with the picture of each phase. Absent: no pictures are made. */
  readonly onTimeline?: ((phases: readonly PhaseTimeline[]) => void) | undefined;
}

/** How a block goes on. */
export interface Soak {
  /** Laps begin until this time has passed since the block's program began. */
  readonly durationMs: number;
  /** A clock that never goes back, in milliseconds. */
  nowMs(): number;
  /** The program of a lap, counted from 1; its recorded iterations are played on the session that is open. */
  lap(index: number): Program;
}

/** The part of a measured block that comes from judging the child. */
export type BlockResult = Pick<
  MeasuredBlock,
  "verdict" | "findings" | "findingCount" | "metrics" | "phases" | "facts" | "warnings" | "soak"
>;

/**
 * Runs a block and judges it; it ends with the first run of a phase that went wrong. An error of the database becomes
 * the verdict `error`. A block whose rows are kept gives no numbers. Throws what loading the adapter or opening a session
 * throws, a DriverUnavailableError among it.
 */
export async function runBlock(run: BlockRun): Promise<BlockResult> {
  const { program, player, begin } = run;
  run.onStep("load");
  const { turnCostNs, clockStepNs, facts: runtimeFacts, coarseReason } = await player.begin(begin);
  const digester = new Digester(begin.key);
  const phases = new PhaseCollection();
  const sessions = new SessionTiming();
  const pictures = new PhasePictures(program);
  const rows = begin.keepsRows ? new Map<number, readonly Row[]>() : undefined;
  let isOpen = false;
  let isCutShort = false;
  let truth = new Truth(program.tables, program.seeds);
  let facts = runtimeFacts;
  let peakMemoryBytes: number | undefined;
  let position: { phase: string; iteration: number } = { phase: "open", iteration: 0 };
  let timedMs = 0;
  let begunRepetition: number | undefined;
  const isConverged = () => phases.verdict === "converged";
  const windows = run.soak === undefined ? undefined : new SoakWindows(run.soak.durationMs);

  try {
    const startedMs = run.soak?.nowMs() ?? 0;
    const total = program.iterations.length;
    let iterationCount = 0;
    for (const iteration of program.iterations) {
      const { repetition } = iteration;
      if (repetition !== undefined && repetition !== begunRepetition) {
        // Rows that are kept give no numbers, so that longer timing is of no use.
        if (begin.keepsRows || timedMs >= ENOUGH_TIMED_MS) break;
        begunRepetition = repetition;
      }
      if (!(await playIteration(iteration, iterationCount, `${iterationCount + 1}/${total}`))) break;
      iterationCount += 1;
    }
    for (let lap = 1; run.soak !== undefined && isConverged() && !isCutShort; lap++) {
      const elapsedMs = run.soak.nowMs() - startedMs;
      await windows!.endLap(elapsedMs, () => run.readings.memoryBytes());
      if (elapsedMs >= run.soak.durationMs) break;
      for (const iteration of run.soak.lap(lap).iterations) {
        if (iteration.warmup || iteration.repetition !== undefined) continue;
        // As a repetition: who goes on for longer finds greater extremes.
        const again = { ...iteration, repetition: lap };
        if (!(await playIteration(again, iterationCount, `lap ${lap}`))) break;
        iterationCount += 1;
      }
    }
    // Of a phase that was cut short nobody knows what its tables hold.
    if (isOpen && isConverged() && !isCutShort) await checkSession();
    if (isOpen) facts = { ...runtimeFacts, ...await player.facts() };
  } catch (error) {
    // A session that cannot be opened is the caller's business: skip or failure, not a wrong answer.
    if (position.phase === "open" || error instanceof ChildGoneError) throw error;
    phases.fail({ verdict: "error", ...position, query: "", detail: messageOf(error) });
  }
  peakMemoryBytes ??= await run.readings.peakMemoryBytes();
  run.onStep("close");
  if (isConverged()) await player.close();
  else await closeAfterFault(player, begin.patience.deadlineMs);
  run.onTimeline?.(pictures.all);

  const { verdict, warnings, ...rest } = phases.result({ withNumbers: !begin.keepsRows, clockStepNs });
  const evidence = { ...sessions.medians(), peakMemoryBytes, turnCostNs, clockStepNs };
  return {
    verdict,
    metrics: verdict === "converged" && !begin.keepsRows ? blockMetrics(evidence) : {},
    facts,
    ...rest,
    warnings: coarseReason === undefined
      ? warnings
      : [...warnings, { kind: "coarse-caller-cpu", reason: coarseReason }],
    ...(windows === undefined || verdict !== "converged" || begin.keepsRows ? {} : { soak: windows.ended }),
  };

  /** Opens a session where one is due, and plays the phases; `false` when the block is to end here. */
  async function playIteration(
    { warmup, freshSession, phases: planned, repetition }: Iteration,
    iteration: number,
    place: string,
  ): Promise<boolean> {
    if (!isOpen || freshSession) {
      if (isOpen) {
        await checkSession();
        if (!isConverged()) return false;
        position = { phase: "open", iteration };
        run.onStep("close");
        await player.close();
        isOpen = false;
      }
      position = { phase: "open", iteration };
      await openSession(run, iteration, sessions);
      isOpen = true;
      truth = new Truth(program.tables, program.seeds);
    }
    for (const phase of planned) {
      position = { phase: phase.name, iteration };
      run.onStep(`${phase.name} ${place}`);
      const outcome = await runPhase({
        phase,
        iteration,
        player,
        counters: run.counters,
        truth,
        digester,
        rows,
        patience: begin.patience,
        readings: run.readings,
        wantsTimeline: run.onTimeline === undefined
          ? undefined
          : (verdict) => pictures.wants(phase.name, iteration, verdict),
      });
      const reading = phases.add({ warmup, isRepetition: repetition !== undefined }, outcome);
      if (!warmup && !("pauseMs" in phase.pacing)) timedMs += spanMs(outcome);
      if (reading !== undefined) windows?.add(phase.name, reading);
      if (outcome.unwatched && run.declaresLiveQueries) {
        // As a floor it would be the fastest of all.
        phases.fail({
          verdict: "error",
          ...position,
          query: "",
          detail: "The adapter declares live queries, and its session has no watch",
        });
      }
      pictures.keep(outcome.timeline);
      // The block has no numbers any more, and each further phase could wait as long for a change that was lost.
      if (!isConverged()) return false;
      if (outcome.log.isCutShort) {
        isCutShort = true;
        return false;
      }
    }
    return true;
  }

  /** What nobody watched has to be right as well. Memory is read before, since whole tables are read here. */
  async function checkSession(): Promise<void> {
    peakMemoryBytes = await run.readings.peakMemoryBytes();
    run.onStep("check tables");
    const { tables } = program;
    for (const finding of await checkTables({ tables, player, truth, digester })) {
      phases.fail({ ...finding, ...position });
    }
  }
}

/** From the first recorded operation of a phase to its last acknowledgement. */
function spanMs({ log: { startNs, endNs }, phase: { warmupOperationCount } }: PhaseOutcome): number {
  if (endNs.length <= warmupOperationCount) return 0;
  // Lanes begin and end in any order.
  const firstNs = startNs.subarray(warmupOperationCount).reduce((a, b) => Math.min(a, b));
  return (endNs.reduce((a, b) => Math.max(a, b)) - firstNs) / 1e6;
}

/** The child left, hung, or broke the rules of the conversation: the block has failed, whatever the database did. */
export class ChildGoneError extends Error {
  /** Name of the class. */
  override readonly name = "ChildGoneError";
}

/** A database that cannot close after it was wrong must not take the verdict with it. */
async function closeAfterFault(player: Player, deadlineMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<void>((resolve) => timer = setTimeout(resolve, deadlineMs));
  try {
    await Promise.race([player.close(), deadline]);
  } catch {
    // What was wrong before is told; this is its consequence more often than not.
  } finally {
    clearTimeout(timer);
  }
}

async function openSession(run: BlockRun, iteration: number, timing: SessionTiming): Promise<void> {
  const { player, program } = run;
  run.onStep("open");
  const directory = await run.makeDirectory(`session-${iteration}`);
  const { elapsedNs } = await player.open({ directory, tables: program.tables });
  run.onStep("seed");
  let seedNs = 0;
  for (const seed of program.seeds) {
    seedNs += await seedTable(player, seed, tableNamed(program.tables, seed.table));
  }
  timing.add(elapsedNs, seedNs);
}

/** Writes the rows of a seed; returns the time spent in the session, nanoseconds. */
async function seedTable(player: Player, seed: Seed, table: Table): Promise<number> {
  const names = table.columns.map((column) => column.name);
  const columns = table.autoKey ? names.filter((name) => name !== table.primaryKey) : names;
  const statement = insert({ table: table.name, columns });
  let seedNs = 0;
  for (let first = 0; first < seed.rowCount; first += seed.batchSize) {
    const rows = Array.from({ length: Math.min(seed.batchSize, seed.rowCount - first) }, (_, offset) => {
      const row = seed.row(first + offset);
      return columns.map((column) => row[column]!);
    });
    const { elapsedNs } = await player.seed({ statement, rows });
    seedNs += elapsedNs;
  }
  return seedNs;
}

/** Opening and seeding times of the sessions of one block. */
class SessionTiming {
  readonly #openNs: number[] = [];
  readonly #seedNs: number[] = [];

  add(openNs: number, seedNs: number): void {
    this.#openNs.push(openNs);
    this.#seedNs.push(seedNs);
  }

  medians(): { openNs: number; seedNs: number } {
    const [openNs, seedNs] = [this.#openNs, this.#seedNs].map((timesNs) =>
      timesNs.length === 0 ? 0 : median(sortSamples(timesNs))
    );
    return { openNs: openNs!, seedNs: seedNs! };
  }
}
