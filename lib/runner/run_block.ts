/** One block, inside the child process: open, seed, run every phase of every iteration, fold, close. */
import { type Clock, measureTurnCost } from "../clock/mod.ts";
import {
  blockMetrics,
  operationMetrics,
  phaseMetrics,
  type PhaseReading,
  readPhase,
} from "../metrics/mod.ts";
import {
  type Adapter,
  type CounterValues,
  type Finding,
  insert,
  type MeasuredBlock,
  messageOf,
  type OperationRecord,
  type OptionValues,
  type PhaseRecord,
  type PhaseTimeline,
  type Program,
  type Seed,
  type Session,
  type Table,
  tableNamed,
  type Verdict,
  VERDICTS,
  type Warning,
  worseVerdict,
} from "../model/mod.ts";
import { Truth } from "../oracle/mod.ts";
import { median, sortSamples, summarizeSamples } from "../stats/mod.ts";
import { PlantedSlowdown } from "./planted_slowdown.ts";
import { type Patience, type PhaseOutcome, runPhase } from "./run_phase.ts";

/** What a block needs. */
export interface BlockRun {
  /** The system under test. */
  readonly adapter: Adapter;
  /** A value for each of its options. */
  readonly options: OptionValues;
  /** What to do. */
  readonly program: Program;
  /** An existing directory of its own; each session gets a subdirectory. */
  readonly directory: string;
  /** Where time comes from. */
  readonly clock: Clock;
  /** How long streams may take. */
  readonly patience: Patience;
  /** Largest resident memory of the process so far, and the present one, in bytes. */
  readonly memory: { peakBytes(): number; currentBytes(): number };
  /** Called when a part of the block begins, for progress and for the reason of a block that never ends. */
  readonly onStep: (step: string) => void;
  /** Called once, when the block is over, with the picture of each phase. Absent: no pictures are made. */
  readonly onTimeline?: ((phases: readonly PhaseTimeline[]) => void) | undefined;
  /** Share by which each operation is made longer, 0 included; absent for real measurements. */
  readonly slowdownShare?: number | undefined;
}

/** The part of a measured block that the child knows. */
export type BlockResult = Pick<
  MeasuredBlock,
  "verdict" | "findings" | "findingCount" | "metrics" | "phases" | "facts" | "warnings"
>;

const FINDINGS_KEPT = 5;

/**
 * Runs a block and judges it; it ends with the first run of a phase that went wrong. An error of the database becomes
 * the verdict `error`; a driver that cannot load is thrown as DriverUnavailableError.
 */
export async function runBlock(run: BlockRun): Promise<BlockResult> {
  const { program, clock } = run;
  const turnCostNs = await measureTurnCost(clock);
  const slowdown = run.slowdownShare === undefined
    ? undefined
    : new PlantedSlowdown(run.slowdownShare, clock.nowNs);
  const phases = new PhaseCollection();
  const sessions = new SessionTiming();
  const memory = new MemoryPeak(run.memory);
  const pictures = new PhasePictures(program);
  let session: Session | undefined;
  let truth: Truth | undefined;
  let facts: Readonly<Record<string, string>> = {};
  let position: { phase: string; iteration: number } = { phase: "open", iteration: 0 };

  try {
    block: for (
      const [iteration, { warmup, freshSession, phases: planned }] of program.iterations.entries()
    ) {
      if (session === undefined || freshSession) {
        position = { phase: "open", iteration };
        if (session !== undefined) {
          run.onStep("close");
          await session.close();
        }
        session = await openSession(run, iteration, sessions);
        truth = undefined;
      }
      for (const phase of planned) {
        position = { phase: phase.name, iteration };
        run.onStep(`${phase.name} ${iteration + 1}/${program.iterations.length}`);
        const outcome = await runPhase({
          phase,
          iteration,
          adapter: run.adapter,
          session,
          truth: () => truth ??= new Truth(program.tables, program.seeds),
          clock,
          patience: run.patience,
          onQuiet: () => memory.note(truth === undefined),
          wantsTimeline: run.onTimeline === undefined
            ? undefined
            : (verdict) => pictures.wants(phase.name, iteration, verdict),
          slowdown,
        });
        phases.add(phase.name, phase.warmupOperationCount, warmup, outcome);
        pictures.keep(outcome.timeline);
        // The block has no numbers any more, and each further phase could wait as long for a change that was lost.
        if (outcome.judgement.verdict !== "converged") break block;
      }
    }
    facts = await session?.facts?.() ?? {};
  } catch (error) {
    // A session that cannot be opened is the parent's business: skip or failure, not a wrong answer.
    if (position.phase === "open") throw error;
    phases.fail(position.phase, position.iteration, messageOf(error));
  }
  const { verdict, ...rest } = phases.result();
  run.onStep("close");
  if (verdict === "converged") await session?.close();
  else await closeAfterFault(session, run);
  run.onTimeline?.(pictures.all);

  const evidence = { ...sessions.medians(), peakRssBytes: memory.bytes, turnCostNs };
  return { verdict, metrics: verdict === "converged" ? blockMetrics(evidence) : {}, facts, ...rest };
}

/** A database that cannot close after it was wrong must not take the verdict with it. */
async function closeAfterFault(session: Session | undefined, { clock, patience }: BlockRun): Promise<void> {
  try {
    await Promise.race([session?.close(), clock.sleep(patience.deadlineMs)]);
  } catch {
    // What was wrong before is told; this is its consequence more often than not.
  }
}

async function openSession(run: BlockRun, iteration: number, timing: SessionTiming): Promise<Session> {
  const { adapter, options, program, clock } = run;
  run.onStep("open");
  const directory = `${run.directory}/session-${iteration}`;
  await Deno.mkdir(directory);
  const openStartNs = clock.nowNs();
  const session = await adapter.open({ directory, tables: program.tables, options });
  const openNs = clock.nowNs() - openStartNs;
  run.onStep("seed");
  let seedNs = 0;
  for (const seed of program.seeds) {
    seedNs += await seedTable(session, seed, tableNamed(program.tables, seed.table), clock);
  }
  timing.add(openNs, seedNs);
  return session;
}

/** Writes the rows of a seed; returns the time spent in the session, nanoseconds. */
async function seedTable(session: Session, seed: Seed, table: Table, clock: Clock): Promise<number> {
  const names = table.columns.map((column) => column.name);
  const columns = table.autoKey ? names.filter((name) => name !== table.primaryKey) : names;
  const statement = insert({ table: table.name, columns });
  let elapsedNs = 0;
  for (let first = 0; first < seed.rowCount; first += seed.batchSize) {
    const rows = Array.from({ length: Math.min(seed.batchSize, seed.rowCount - first) }, (_, offset) => {
      const row = seed.row(first + offset);
      return columns.map((column) => row[column]!);
    });
    const startNs = clock.nowNs();
    await session.batch(statement, rows);
    elapsedNs += clock.nowNs() - startNs;
    await clock.turn();
  }
  return elapsedNs;
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

/** Peak memory without the oracle's: the process's peak until the oracle exists, the present size afterwards. */
class MemoryPeak {
  readonly #memory: BlockRun["memory"];
  bytes = 0;

  constructor(memory: BlockRun["memory"]) {
    this.#memory = memory;
  }

  note(isBeforeOracle: boolean): void {
    const bytes = isBeforeOracle ? this.#memory.peakBytes() : this.#memory.currentBytes();
    this.bytes = Math.max(this.bytes, bytes);
  }
}

/** Chooses one iteration of each phase for a picture: the first that went wrong, else the last recorded one. */
class PhasePictures {
  readonly #lastRecorded = new Map<string, number>();
  readonly #kept = new Map<string, PhaseTimeline>();

  constructor({ iterations }: Program) {
    for (const [iteration, { warmup, phases }] of iterations.entries()) {
      if (!warmup) { for (const { name } of phases) this.#lastRecorded.set(name, iteration); }
    }
  }

  get all(): readonly PhaseTimeline[] {
    return [...this.#kept.values()];
  }

  wants(phase: string, iteration: number, verdict: Verdict): boolean {
    const { verdict: known = "converged" } = this.#kept.get(phase) ?? {};
    if (known !== "converged") return false;
    return verdict !== "converged" || iteration === this.#lastRecorded.get(phase);
  }

  keep(timeline: PhaseTimeline | undefined): void {
    if (timeline !== undefined) this.#kept.set(timeline.phase, timeline);
  }
}

/** What the iterations of one phase left behind. */
interface PhaseParts {
  verdict: Verdict;
  unwatched: boolean;
  readonly readings: PhaseReading[];
  readonly latenciesNs: Map<string, Float64Array[]>;
  readonly freshnessNs: Float64Array[];
  readonly shownNs: Float64Array[];
  readonly counters: CounterValues[];
}

/** Collects phases by name and folds their iterations. */
class PhaseCollection {
  readonly #phases = new Map<string, PhaseParts>();
  readonly #findings: Finding[] = [];
  readonly #warnings: Warning[] = [];
  #findingCount = 0;

  add(name: string, firstRecorded: number, isWarmup: boolean, outcome: PhaseOutcome): void {
    const { log, judgement, operations } = outcome;
    const parts = this.#parts(name);
    parts.verdict = worseVerdict(parts.verdict, judgement.verdict);
    parts.unwatched ||= outcome.unwatched;
    this.#findings.push(...judgement.findings);
    this.#findingCount += judgement.findingCount;
    this.#warnings.push(...outcome.warnings);
    if (isWarmup) return;
    parts.readings.push(readPhase({ log, judgement, operations, firstRecorded, isTimerPaced: false }));
    parts.counters.push(log.counters);
    if (judgement.streams !== undefined) {
      parts.freshnessNs.push(judgement.streams.freshnessNs);
      parts.shownNs.push(judgement.streams.shownNs);
    }
    const byLabel = new Map<string, number[]>();
    for (let index = firstRecorded; index < operations.length; index++) {
      const { label } = operations[index]!;
      let latenciesNs = byLabel.get(label);
      if (latenciesNs === undefined) byLabel.set(label, latenciesNs = []);
      latenciesNs.push(log.endNs[index]! - log.startNs[index]!);
    }
    for (const [label, latenciesNs] of byLabel) {
      let iterations = parts.latenciesNs.get(label);
      if (iterations === undefined) parts.latenciesNs.set(label, iterations = []);
      iterations.push(Float64Array.from(latenciesNs));
    }
  }

  fail(name: string, iteration: number, message: string): void {
    const parts = this.#parts(name);
    parts.verdict = "error";
    this.#findings.push({ verdict: "error", phase: name, iteration, query: "", detail: message });
    this.#findingCount += 1;
  }

  result(): Pick<BlockResult, "verdict" | "findings" | "findingCount" | "phases" | "warnings"> {
    const entries = [...this.#phases];
    const worstFirst = this.#findings.toSorted((a, b) =>
      VERDICTS.indexOf(b.verdict) - VERDICTS.indexOf(a.verdict)
    );
    for (const [phase, { unwatched }] of entries) {
      if (unwatched) this.#warnings.push({ kind: "unwatched", phase });
    }
    return {
      verdict: entries.reduce<Verdict>((worst, [, { verdict }]) => worseVerdict(worst, verdict), "converged"),
      findings: worstFirst.slice(0, FINDINGS_KEPT),
      findingCount: this.#findingCount,
      phases: entries.map(([name, parts]) => foldPhase(name, parts)),
      warnings: this.#warnings,
    };
  }

  #parts(name: string): PhaseParts {
    let parts = this.#phases.get(name);
    if (parts === undefined) {
      parts = {
        verdict: "converged",
        unwatched: false,
        readings: [],
        latenciesNs: new Map(),
        freshnessNs: [],
        shownNs: [],
        counters: [],
      };
      this.#phases.set(name, parts);
    }
    return parts;
  }
}

/** A phase that was wrong in any iteration, a warm-up included, keeps its verdict and loses its numbers. */
function foldPhase(name: string, parts: PhaseParts): PhaseRecord {
  const base = {
    name,
    iterationCount: parts.readings.length,
    verdict: parts.verdict,
    unwatched: parts.unwatched,
  };
  if (parts.verdict !== "converged") return { ...base, metrics: {}, operations: [] };
  const operations: OperationRecord[] = [...parts.latenciesNs].map(([label, iterations]) => ({
    label,
    latency: summarizeSamples(concatenate(iterations)),
    metrics: operationMetrics(iterations),
  }));
  const freshnessNs = concatenate(parts.freshnessNs);
  const shownNs = concatenate(parts.shownNs);
  const counters = foldCounters(parts.counters);
  return {
    ...base,
    metrics: phaseMetrics(parts.readings),
    operations,
    ...(freshnessNs.length === 0 ? {} : { freshness: summarizeSamples(freshnessNs) }),
    ...(shownNs.length === 0 ? {} : { shown: summarizeSamples(shownNs) }),
    ...(Object.keys(counters).length === 0 ? {} : { counters }),
  };
}

/** The mean over iterations: counters are counts and sums of time, which add up. */
function foldCounters(iterations: readonly CounterValues[]): CounterValues {
  const names = new Set(iterations.flatMap((values) => Object.keys(values)));
  return Object.fromEntries([...names].map((name) => {
    const sum = iterations.reduce((total, values) => total + (values[name] ?? 0), 0);
    return [name, sum / iterations.length];
  }));
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
