/** One block, on the parent's side: has the child open, seed and play, judges each phase as it ends, folds the numbers. */
import { blockMetrics } from "../metrics/mod.ts";
import {
  type Counter,
  type Iteration,
  type MeasuredBlock,
  messageOf,
  type PageBytes,
  type PhaseTimeline,
  type ProcessEnd,
  type Program,
  type Row,
  type Seed,
  type Table,
  tableNamed,
} from "../model/mod.ts";
import { Truth } from "../oracle/mod.ts";
import { median, sortSamples } from "../stats/mod.ts";
import { Digester } from "../protocol/digester.ts";
import type { BeginOrder, Begun, Player } from "../protocol/player.ts";
import { checkTables } from "./check_tables.ts";
import { PhaseCollection } from "./phase_collection.ts";
import { PhasePictures } from "./phase_pictures.ts";
import { type Opening, type PhaseOutcome, runPhase } from "./run_phase.ts";
import { seedBatches } from "./seed_batches.ts";
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
   * Memory of all processes of a page's browser as it is, what they share counted once, in bytes; `undefined` outside of
   * pages and where the kernel does not tell.
   */
  browserMemoryBytes?(): Promise<number | undefined>;
  /**
   * CPU time so far of the processes that the child started, in nanoseconds; `undefined` where the kernel does not tell
   * or there is none.
   */
  serverCpuNs(): Promise<number | undefined>;
  /** CPU time so far of the process itself and of those, in nanoseconds; `undefined` where the kernel does not tell. */
  allCpuNs(): Promise<number | undefined>;
}

/** A process that goes on where another one ended. */
export interface NextProcess {
  /** The new child. */
  readonly player: Player;
  /** What is read of its process. */
  readonly readings: ProcessReadings;
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
  /** Length of all files where the databases of a session are, of other sessions too where they share a place. */
  readonly storedBytes?: (directory: string) => Promise<number>;
  /** What the child's page loads of the adapter's packages; absent outside of pages. */
  readonly pageBytes?: PageBytes | undefined;
  /**
   * How long the parent lingers before it reads the final state of the last phase, in milliseconds: who shows an old
   * state once all seems over is seen. Default is 0.
   */
  readonly lingerMs?: number;
  /** What is read of its process. */
  readonly readings: ProcessReadings;
  /** Ends the child's process and starts another one. Absent where no program may ask for it. */
  readonly restart?: (end: ProcessEnd) => Promise<NextProcess>;
  /** Whether the adapter says that it works on the calling thread. Default is `false`. */
  readonly worksOnCaller?: boolean;
  /** A kill may take acknowledged writes, as the adapter says: nobody kills. Default is `false`. */
  readonly losesByKills?: boolean;
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
  const { program, begin } = run;
  let { player, readings } = run;
  let directory = "";
  run.onStep("load");
  const begun = await player.begin(begin);
  const { turnCostNs, clockStepNs, facts: runtimeFacts, coarseReason } = begun;
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
  let isMemoryRead = false;
  let storedBeforeBytes: number | undefined;
  let browserMemoryBytes: number | undefined;
  let position: { phase: string; iteration: number } = { phase: "open", iteration: 0 };
  let timedMs = 0;
  let begunRepetition: number | undefined;
  // What is repeated to be timed for longer has nothing to show that was not seen.
  const lastIteration = program.iterations.findLastIndex(({ repetition }) => repetition === undefined);
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
      await windows!.endLap(elapsedMs, () => readings.memoryBytes());
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
  if (!isMemoryRead) await readMemory();
  run.onStep("close");
  if (isConverged()) await closeSession();
  else await closeAfterFault(player, begin.patience.deadlineMs);
  const storedBytes = isConverged() ? await storedSince(storedBeforeBytes) : undefined;
  run.onTimeline?.(pictures.all);

  const { verdict, warnings, ...rest } = phases.result({
    withNumbers: !begin.keepsRows,
    clockStepNs,
    worksOnCaller: run.worksOnCaller ?? false,
  });
  const evidence = {
    ...sessions.medians(),
    peakMemoryBytes,
    browserMemoryBytes,
    storedBytes,
    pageBytes: run.pageBytes,
    turnCostNs,
    clockStepNs,
  };
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
    { warmup, freshSession, reopens, phases: planned, repetition }: Iteration,
    iteration: number,
    place: string,
  ): Promise<boolean> {
    let opening: Opening | undefined;
    if (reopens === "killed" && run.losesByKills) {
      for (const { name } of planned) phases.leaveOut(name);
      return true;
    }
    const isKept = program.iterations[iteration + 1]?.reopens !== undefined;
    if (reopens !== undefined) {
      position = { phase: planned[0]?.name ?? "reopen", iteration };
      opening = await reopen(reopens, isKept);
    } else if (!isOpen || freshSession) {
      if (isOpen) {
        await checkSession();
        if (!isConverged()) return false;
        position = { phase: "open", iteration };
        run.onStep("close");
        await closeSession();
        isOpen = false;
      }
      position = { phase: "open", iteration };
      directory = await run.makeDirectory(`session-${iteration}`);
      storedBeforeBytes = await run.storedBytes?.(directory);
      const isFirst = sessions.isEmpty;
      const firstOpenNs = await openSession(
        { player, program, directory, isKept, onStep: run.onStep },
        sessions,
      );
      if (isFirst && program.seeds.length === 0) opening = { firstOpenNs, ...pageStartOf(begun) };
      isOpen = true;
      truth = new Truth(program.tables, program.seeds);
    }
    for (const [index, phase] of planned.entries()) {
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
        readings,
        opening: index === 0 ? opening : undefined,
        lingerMs: iteration === lastIteration && index === planned.length - 1 ? run.lingerMs ?? 0 : 0,
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
    await readMemory();
    isMemoryRead = true;
    run.onStep("check tables");
    const { tables } = program;
    for (const finding of await checkTables({ tables, player, truth, digester })) {
      phases.fail({ ...finding, ...position });
    }
  }

  async function closeSession(): Promise<void> {
    const { lateDeliveryCount } = await player.close();
    if (lateDeliveryCount === 0) return;
    phases.fail({
      verdict: "phantom",
      ...position,
      query: "",
      detail: `Live queries that were closed went on: ${lateDeliveryCount} results or errors came afterwards`,
    });
  }

  /** Of all processes of the block the largest. */
  async function readMemory(): Promise<void> {
    const bytes = await readings.peakMemoryBytes();
    if (bytes !== undefined) peakMemoryBytes = Math.max(bytes, peakMemoryBytes ?? 0);
    const all = await readings.browserMemoryBytes?.();
    if (all !== undefined) browserMemoryBytes = Math.max(all, browserMemoryBytes ?? 0);
  }

  /** What the last session has put on the disk. */
  async function storedSince(beforeBytes: number | undefined): Promise<number | undefined> {
    const bytes = await run.storedBytes?.(directory);
    return bytes === undefined || beforeBytes === undefined ? undefined : bytes - beforeBytes;
  }

  /** Ends the process, and opens its directory in a new one; answers how long that took. */
  async function reopen(end: ProcessEnd, isKept: boolean): Promise<Opening> {
    if (run.restart === undefined) throw new Error("Cannot reopen a session as nobody starts a process here");
    await readMemory();
    if (end === "closed") {
      run.onStep("close");
      await closeSession();
    }
    run.onStep(end === "closed" ? "start again" : "kill");
    ({ player, readings } = await run.restart(end));
    isMemoryRead = false;
    const begunAgain = await player.begin(begin);
    run.onStep("open again");
    const { tables } = program;
    const { elapsedNs } = await player.open({ directory, database: "existing", isKept, tables });
    return { reopenNs: elapsedNs, ...pageStartOf(begunAgain) };
  }
}

function pageStartOf({ pageStartNs }: Begun): Opening {
  return pageStartNs === undefined ? {} : { pageStartNs };
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

interface NewSession extends Pick<BlockRun, "player" | "program" | "onStep"> {
  readonly directory: string;
  /** See `OpenContext`. */
  readonly isKept: boolean;
}

/** Answers how long opening took, nanoseconds. */
async function openSession(
  { player, program, directory, isKept, onStep }: NewSession,
  timing: SessionTiming,
): Promise<number> {
  onStep("open");
  const { elapsedNs } = await player.open({ directory, database: "new", isKept, tables: program.tables });
  onStep("seed");
  let seedNs = 0;
  for (const seed of program.seeds) {
    seedNs += await seedTable(player, seed, tableNamed(program.tables, seed.table));
  }
  timing.add(elapsedNs, seedNs);
  return elapsedNs;
}

/** Writes the rows of a seed; returns the time spent in the session, nanoseconds. */
async function seedTable(player: Player, seed: Seed, table: Table): Promise<number> {
  let seedNs = 0;
  for (const batch of seedBatches(seed, table)) seedNs += (await player.seed(batch)).elapsedNs;
  return seedNs;
}

/** Opening and seeding times of the sessions of one block. */
class SessionTiming {
  readonly #openNs: number[] = [];
  readonly #seedNs: number[] = [];

  /** No session was opened yet. */
  get isEmpty(): boolean {
    return this.#openNs.length === 0;
  }

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
