/**
 * How a workload is declared: its schema, its traffic and its question, each said once. Versions, scales, passes, pacings
 * and values that were never written before follow from these.
 */
import { DartRandom, firstSerial, mixSeed } from "../lib/dataset/mod.ts";
import type {
  Args,
  BoundQuery,
  Iteration,
  Operation,
  Pacing,
  Phase,
  Program,
  ProgramContext,
  Query,
  Scale,
  TransactionStep,
  Workload,
  WorkloadParameters,
  WriteStatement,
} from "../lib/model/mod.ts";

/** What sets the versions of one workload apart; workloads add fields of their own. */
export interface Version {
  /** What is unfair about this version, or what its numbers do not tell. */
  readonly unfair: string;
  /** What the caller does after each operation: one pacing per recorded pass, from the first on again. */
  readonly pacings: readonly Pacing[];
  /**
   * Written values differ between passes and blocks, and the run's seed varies the generators. When `false`, every pass
   * of every block repeats resqlite's traffic to the bit, so that most of its later writes change nothing.
   */
  readonly variesTraffic: boolean;
  /** See {@link PassCounts}; at the standard scale. */
  readonly repetitionCount?: number;
}

/** A caller that goes on at once. */
export const AT_ONCE: readonly Pacing[] = [{ turns: 0 }];

/** A caller that lets the event loop turn once. */
export const ONE_TURN: readonly Pacing[] = [{ turns: 1 }];

/**
 * Four callers: one that goes on at once, two that let the event loop turn, and one that comes back with a timer. A
 * version that mixes them splits its traffic among four recorded passes, so that no engine can be tuned to one of them.
 */
export const MIXED_PACINGS: readonly Pacing[] = [{ turns: 0 }, { turns: 1 }, { turns: 4 }, { pauseMs: 1 }];

/** Everything that is particular to one workload. */
export interface Declaration<V extends Version, S extends WorkloadParameters>
  extends Pick<Workload, "id" | "title" | "question" | "openLoop" | "closedLoopReason"> {
  /** Default is `false`. */
  readonly slow?: boolean;
  /** Default is `floor`. */
  readonly withoutLiveQueries?: Workload["withoutLiveQueries"];
  /** Default is nothing. */
  readonly needs?: Workload["needs"];
  /** Default is `false`. */
  readonly repeats?: boolean;
  /** Default is none. */
  readonly sweeps?: Workload["sweeps"];
  /** Title by name, in order. */
  readonly phases: Readonly<Record<string, string>>;
  /** Oldest first; the first one is version 1. */
  readonly versions: readonly V[];
  /** Sizes by scale, as they appear in the record. */
  sizes(version: V): Readonly<Record<Scale, S>>;
  /** Builds the program of one block. Pure, as that of a workload. */
  program(block: Block<V, S>): Program;
}

/** All versions of a workload, oldest first. */
export function declareWorkload<V extends Version, S extends WorkloadParameters>(
  declaration: Declaration<V, S>,
): readonly Workload[] {
  const {
    id,
    title,
    question,
    slow = false,
    withoutLiveQueries = "floor",
    needs,
    repeats,
    sweeps,
    openLoop,
    closedLoopReason,
  } = declaration;
  const phases = Object.entries(declaration.phases).map(([name, title]) => ({ name, title }));
  return declaration.versions.map((version, index): Workload => ({
    id,
    version: index + 1,
    title,
    question,
    unfair: version.unfair,
    slow,
    withoutLiveQueries,
    phases,
    ...(needs === undefined ? {} : { needs }),
    ...(repeats === undefined ? {} : { repeats }),
    ...(sweeps === undefined ? {} : { sweeps }),
    parameters: declaration.sizes(version),
    ...(openLoop === undefined ? {} : { openLoop }),
    ...(closedLoopReason === undefined ? {} : { closedLoopReason }),
    program: (sizes, context) => declaration.program(new Block(version, sizes as S, context)),
  }));
}

/** How often a block passes through its phases; warm-ups come first. */
export interface PassCounts {
  readonly warmupIterationCount: number;
  readonly iterationCount: number;
  /** How often all recorded passes come again where they were too short to be timed well; absent: never. */
  readonly repetitionCount?: number;
}

/** The sizes of a scale that repeats its passes; none for versions that never did. */
export function repeating(repetitionCount: number | undefined): { readonly repetitionCount?: number } {
  return repetitionCount === undefined ? {} : { repetitionCount };
}

/** Sizes of a phase that is asked at a rate: it is played once. */
export const ONE_PASS: WorkloadParameters = {
  warmupIterationCount: 0,
  iterationCount: 1,
  repetitionCount: 0,
};

/** One pass, for warm-ups and recorded ones alike. */
export interface Pass {
  /** Counts from 0, warm-ups included. */
  readonly index: number;
  /** What the caller does after each operation. Warm-ups take the pacing of the first recorded pass. */
  readonly pacing: Pacing;
  /** Another pacing in its place, for a phase that rests on its own; the run's, where the run sets one. */
  paced(own: Pacing): Pacing;
  /**
   * The number in the first written value of this pass, of which each has `writeCount`: 0 each time, or, where traffic
   * varies, one that was never written before.
   */
  firstValue(writeCount: number): number;
}

/** One block that is being planned: a version at a size, with what varies between blocks. */
export class Block<V extends Version, S extends WorkloadParameters> {
  /** What sets this version apart. */
  readonly version: V;
  /** The sizes of the scale. */
  readonly sizes: S;
  readonly #context: ProgramContext;

  constructor(version: V, sizes: S, context: ProgramContext) {
    this.version = version;
    this.sizes = sizes;
    this.#context = context;
  }

  /** The seed that resqlite publishes for a generator, varied where the version says so. */
  seed(published: number): number {
    return this.version.variesTraffic ? mixSeed(published, this.#context.seed) : published;
  }

  /** The generator of {@link Block.seed}. */
  random(published: number): DartRandom {
    return new DartRandom(this.seed(published));
  }

  /** Warm-ups, then recorded passes, on one session or each on a new one. */
  passes(
    { warmupIterationCount, iterationCount, repetitionCount = 0 }: PassCounts,
    phases: (pass: Pass) => readonly Phase[],
    { freshSessions = false }: { readonly freshSessions?: boolean } = {},
  ): Iteration[] {
    const passCount = warmupIterationCount + iterationCount * (1 + repetitionCount);
    const { blockIndex, pacing } = this.#context;
    const { pacings, variesTraffic } = this.version;
    const repetitionOf = (index: number): number =>
      Math.max(0, Math.floor((index - warmupIterationCount) / iterationCount));
    return Array.from({ length: passCount }, (_, index) => ({
      warmup: index < warmupIterationCount,
      freshSession: freshSessions && index > 0,
      ...(repetitionOf(index) === 0 ? {} : { repetition: repetitionOf(index) }),
      phases: phases({
        index,
        pacing: pacing ?? pacings[Math.max(0, index - warmupIterationCount) % pacings.length]!,
        paced: (own) => pacing ?? own,
        firstValue: (writeCount) =>
          variesTraffic
            ? firstSerial({ blockIndex, iterationIndex: index, iterationCount: passCount, writeCount })
            : 0,
      }),
    }));
  }

  /** The only pass of a block that repeats nothing. */
  onePass(phases: (pass: Pass) => readonly Phase[]): Iteration[] {
    return this.passes({ warmupIterationCount: 0, iterationCount: 1 }, phases);
  }
}

/** A phase of a pass: nothing watched, nothing checked and no warm-up unless it is said. */
export function phase(
  { pacing }: Pick<Pass, "pacing">,
  draft: Pick<Phase, "name" | "operations"> & Partial<Phase>,
): Phase {
  return { watches: [], checks: [], warmupOperationCount: 0, pacing, ...draft };
}

/** A query with its arguments. */
export function bind(query: Query, ...args: Args): BoundQuery {
  return { query, args };
}

/** An awaited read. */
export function read(label: string, query: Query, ...args: Args): Operation {
  return { kind: "read", label, query, args };
}

/** An awaited write of one row. */
export function write(label: string, statement: WriteStatement, ...args: Args): Operation {
  return { kind: "write", label, statement, args };
}

/** An awaited write of many rows. */
export function batch(label: string, statement: WriteStatement, rows: readonly Args[]): Operation {
  return { kind: "batch", label, statement, rows };
}

/** An awaited transaction of several steps. */
export function transaction(label: string, steps: readonly TransactionStep[]): Operation {
  return { kind: "transaction", label, steps };
}

/** `make(0)` to `make(count - 1)`. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
