/**
 * What of a database is there when its process was killed: writes, kills, opens the directory in a new process, reads
 * every table, and compares with the states that were committed.
 *
 *     open -> write, write, ... -> acknowledged n -> kill | open again -> every table = the state after n or more writes
 *
 * A killed process takes what it held itself. What it handed to the kernel stays, synced or not: what a power cut would
 * take is not seen.
 */
import { DartRandom } from "../dataset/mod.ts";
import type { Capabilities } from "../model/adapter.ts";
import { messageOf } from "../model/errors.ts";
import { type Seed, type Table, tableNamed } from "../model/schema.ts";
import { select } from "../model/statement.ts";
import type { Row } from "../model/value.ts";
import type { Finding } from "../model/verdict.ts";
import type { Operation } from "../model/workload.ts";
import { describeTable, Truth } from "../oracle/mod.ts";
import { Digester, randomDigestKey, setDigest } from "../protocol/digester.ts";
import type { OpenOrder } from "../protocol/player.ts";
import type { BurstStep } from "../protocol/session.ts";
import type { RemoteSession } from "./remote_session.ts";
import { ChildGoneError } from "./run_block.ts";
import { seedBatches } from "./seed_batches.ts";

/** A write or a batch. */
export type Write = Extract<Operation, { readonly kind: "write" | "batch" }>;

/** A child that may be killed. */
export interface MortalChild {
  /** Opens a session. */
  openSession(order: OpenOrder): Promise<RemoteSession>;
  /** Notes what it has started, so that {@link crash} ends that as well. */
  noteServers(): Promise<void>;
  /** Ends it with everything that it started, as a crash would. Resolves when all that it said was heard. */
  crash(): Promise<void>;
  /** Ends what is left of it. */
  end(): Promise<unknown>;
}

/** How a life ends. */
export type LifeEnding =
  | {
    readonly kind: "kill";
    /** Index of the write behind whose acknowledgement the kill comes. */
    readonly afterWrite: number;
    /**
     * `still`: the calling thread does nothing any more once the write is acknowledged. A number: the writes go on for
     * so many milliseconds.
     */
    readonly delay: "still" | number;
  }
  | { readonly kind: "close" };

/** Writes of one process, and its end. */
export interface Life {
  readonly writes: readonly Write[];
  readonly ending: LifeEnding;
}

/** All writes until a kill behind one of them, which the seed chooses; the thread stands still there. */
export function oneKill(writes: readonly Write[], seed: number): Life {
  const afterWrite = new DartRandom(seed).nextInt(writes.length);
  return { writes, ending: { kind: "kill", afterWrite, delay: "still" } };
}

/** What is tried. */
export interface SurvivalTrial {
  /** Starts a process that has loaded the adapter. */
  readonly startChild: () => Promise<MortalChild>;
  /** Empty. */
  readonly directory: string;
  readonly tables: readonly Table[];
  /** Rows before the first life. */
  readonly seeds: readonly Seed[];
  /** What the adapter claims. */
  readonly claims: Pick<Capabilities, "durability" | "atomicBatch">;
  /** Each on what the one before has left. */
  readonly lives: readonly Life[];
}

/** What was there after a life. */
export interface LifeOutcome {
  readonly ending: LifeEnding["kind"];
  /** Writes of the life that were acknowledged before it ended. */
  readonly acknowledged: number;
  /** Writes of the life that were there afterwards. */
  readonly kept: number;
}

/** What a trial came to. */
export interface Survival {
  /** One per life that was looked at; the last one may be the one at fault. */
  readonly outcomes: readonly LifeOutcome[];
  /** Absent when everything is as it must be. */
  readonly fault?: SurvivalFault;
}

/** What was wrong. */
export interface SurvivalFault {
  /** The ending after which it showed. */
  readonly ending: LifeEnding["kind"];
  /** `lost`: an acknowledged write is gone. `phantom`: no committed state. `error`: it does not open, read or write. */
  readonly verdict: Extract<Finding["verdict"], "lost" | "phantom" | "error">;
  /** One sentence. */
  readonly detail: string;
}

/**
 * Runs the lives. A fault ends the trial, and so does half a batch of an adapter whose batches are not atomic, since
 * nobody knows the state then. Throws what starting a child, or opening the new database, throws.
 */
export async function trySurvival(trial: SurvivalTrial): Promise<Survival> {
  const history = new History(trial);
  const outcomes: LifeOutcome[] = [];
  let last: { readonly life: Life; readonly acknowledged: number } | undefined;
  const lives = trial.lives.map((life, index) => index === 0 ? seeded(life, trial) : life);
  for (let index = 0; index <= lives.length; index++) {
    const life = lives[index];
    const child = await trial.startChild();
    try {
      const start = await opened(trial, child, last === undefined ? "new" : "existing", life);
      if ("fault" in start) {
        return { outcomes, fault: { ...start.fault, ending: last!.life.ending.kind } };
      }
      const { session } = start;
      if (last !== undefined) {
        const { life: { writes, ending: { kind: ending } }, acknowledged } = last;
        const found = await history.look(session, writes, acknowledged, ending);
        if (found.kind === "fault") return { outcomes, fault: { ending, ...found.fault } };
        outcomes.push({ ending, acknowledged, kept: found.kept });
        if (found.kind === "half") return { outcomes };
      }
      if (life === undefined) {
        await session.close();
        break;
      }
      const played = await live(child, session, life);
      if ("fault" in played) {
        return { outcomes, fault: { ...played.fault, ending: life.ending.kind } };
      }
      last = { life, acknowledged: played.acknowledged };
    } finally {
      await child.end();
    }
  }
  return { outcomes };
}

type Fault = Omit<SurvivalFault, "ending">;

/** The life with the rows of the seeds as its first writes: they are acknowledged as others are. */
function seeded({ writes, ending }: Life, { seeds, tables }: SurvivalTrial): Life {
  const batches = seeds.flatMap((seed) => [...seedBatches(seed, tableNamed(tables, seed.table))]);
  const seedWrites = batches.map((batch): Write => ({ kind: "batch", label: "seed", ...batch }));
  return {
    writes: [...seedWrites, ...writes],
    ending: ending.kind === "kill"
      ? { ...ending, afterWrite: ending.afterWrite + seedWrites.length }
      : ending,
  };
}

async function opened(
  { directory, tables }: SurvivalTrial,
  child: MortalChild,
  database: OpenOrder["database"],
  life: Life | undefined,
): Promise<{ readonly session: RemoteSession } | { readonly fault: Fault }> {
  const isKept = life !== undefined;
  try {
    return { session: await child.openSession({ directory, database, tables, isKept }) };
  } catch (error) {
    if (database === "new") throw error;
    return {
      fault: { verdict: "error", detail: `The directory cannot be opened again: ${messageOf(error)}` },
    };
  }
}

/** Writes until the end of the life; answers how many writes were acknowledged by then. */
async function live(
  child: MortalChild,
  session: RemoteSession,
  { writes, ending }: Life,
): Promise<{ readonly acknowledged: number } | { readonly fault: Fault }> {
  const steps = writes.map((write): BurstStep => ({
    statement: write.statement,
    rows: write.kind === "batch" ? write.rows : [write.args],
    isBatch: write.kind === "batch",
  }));
  let acknowledged = 0;
  const refused = (error: unknown): { readonly fault: Fault } => ({
    fault: { verdict: "error", detail: `Write ${acknowledged + 1} was refused: ${messageOf(error)}` },
  });
  if (ending.kind === "close") {
    try {
      await session.untilKilled(steps, { onAcknowledged: () => acknowledged++ });
      await session.close();
      return { acknowledged };
    } catch (error) {
      return refused(error);
    }
  }
  await child.noteServers();
  const { afterWrite, delay } = ending;
  const due = Promise.withResolvers<void>();
  const written = session.untilKilled(steps, {
    ...(delay === "still" ? { standsStillAfter: afterWrite } : {}),
    onAcknowledged: (step) => {
      acknowledged = step + 1;
      if (step === afterWrite) due.resolve();
    },
  });
  let failure: unknown;
  written.catch((error) => {
    failure = error;
    due.resolve();
  });
  await due.promise;
  if (delay !== "still" && delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
  await child.crash();
  if (failure !== undefined && !(failure instanceof ChildGoneError)) return refused(failure);
  return { acknowledged };
}

type Found =
  | { readonly kind: "state" | "half"; readonly kept: number }
  | { readonly kind: "fault"; readonly fault: Fault };

/** A table as it was read. */
interface ReadTable {
  readonly table: Table;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly digest: number;
}

/** All that was committed so far, and what of it a new process finds. */
class History {
  readonly #trial: SurvivalTrial;
  readonly #digester = new Digester(randomDigestKey());
  readonly #kept: Write[] = [];

  constructor(trial: SurvivalTrial) {
    this.#trial = trial;
  }

  /**
   * Finds the state that a new session shows: the one after all acknowledged writes of the life or more of them, and
   * after any number where the adapter says that a kill may take some. Goes on from there.
   */
  async look(
    session: RemoteSession,
    writes: readonly Write[],
    acknowledged: number,
    ending: LifeEnding["kind"],
  ): Promise<Found> {
    let tables: ReadTable[];
    try {
      tables = await this.#readAll(session);
    } catch (error) {
      const detail = `A directory that was opened again cannot be read: ${messageOf(error)}`;
      return { kind: "fault", fault: { verdict: "error", detail } };
    }
    const mayLose = ending === "kill" && this.#trial.claims.durability === "relaxed";
    const whole = this.#stateIn(tables, writes, acknowledged, writes.length);
    const fewer = whole === undefined ? this.#stateIn(tables, writes, 0, acknowledged - 1) : undefined;
    const kept = whole ?? (mayLose ? fewer : undefined);
    if (kept !== undefined) {
      this.#kept.push(...writes.slice(0, kept));
      return { kind: "state", kept };
    }
    if (fewer !== undefined) {
      const end = ending === "kill" ? "its process was killed" : "its session was closed";
      const detail =
        `Of ${acknowledged} writes that were acknowledged before ${end}, ${fewer} were there afterwards`;
      return { kind: "fault", fault: { verdict: "lost", detail } };
    }
    if (!this.#trial.claims.atomicBatch && this.#isWithin(tables, writes, acknowledged)) {
      return { kind: "half", kept: acknowledged };
    }
    const detail = this.#describe(tables, writes, acknowledged, ending);
    return { kind: "fault", fault: { verdict: "phantom", detail } };
  }

  async #readAll(session: RemoteSession): Promise<ReadTable[]> {
    const tables: ReadTable[] = [];
    for (const table of this.#trial.tables) {
      const columns = comparedColumns(table);
      const rows = await session.read(select({ table: table.name, columns, where: [], orderBy: [] }), []);
      tables.push({ table, columns, rows, digest: this.#digest(rows, columns) });
    }
    return tables;
  }

  /** The largest number of writes of the life, `from` to `to`, after which the truth is what was read. */
  #stateIn(
    tables: readonly ReadTable[],
    writes: readonly Write[],
    from: number,
    to: number,
  ): number | undefined {
    const truth = this.#truth(writes.slice(0, from));
    let found: number | undefined;
    for (let count = from; count <= to; count++) {
      if (count > from) truth.apply(writes[count - 1]!);
      if (tables.every((read) => this.#isSame(read, truth))) found = count;
    }
    return found;
  }

  /** Whether the write in flight was done in part: every row is one from before it or from after it. */
  #isWithin(tables: readonly ReadTable[], writes: readonly Write[], acknowledged: number): boolean {
    if (acknowledged === writes.length) return false;
    const before = this.#truth(writes.slice(0, acknowledged));
    const after = this.#truth(writes.slice(0, acknowledged + 1));
    return tables.every(({ rows, columns, table }) => {
      const counts = this.#countRows(rows, columns);
      const [most, least] = [before, after].map((truth) =>
        this.#countRows(truthOf(truth, table, columns), columns)
      );
      const digests = new Set([...counts.keys(), ...most!.keys(), ...least!.keys()]);
      return digests.values().every((digest) => {
        const [count, a, b] = [counts, most!, least!].map((each) => each.get(digest) ?? 0);
        return count! >= Math.min(a!, b!) && count! <= Math.max(a!, b!);
      });
    });
  }

  #describe(
    tables: readonly ReadTable[],
    writes: readonly Write[],
    acknowledged: number,
    ending: LifeEnding["kind"],
  ): string {
    const truth = this.#truth(writes.slice(0, acknowledged));
    const wrong = tables.find((read) => !this.#isSame(read, truth))!;
    const { table: { name }, rows, columns } = wrong;
    const when = ending === "kill"
      ? `after its process was killed behind write ${acknowledged} of ${writes.length}`
      : "after its session was closed";
    const expected = truthOf(truth, wrong.table, columns);
    return `${
      describeTable(name, { rowCount: rows.length, rows }, expected, columns, when)
    }, and shows no committed state`;
  }

  #truth(writes: readonly Write[]): Truth {
    const truth = new Truth(this.#trial.tables, []);
    for (const write of this.#kept) truth.apply(write);
    for (const write of writes) truth.apply(write);
    return truth;
  }

  #isSame({ table, columns, rows, digest }: ReadTable, truth: Truth): boolean {
    const expected = truthOf(truth, table, columns);
    return rows.length === expected.length && digest === this.#digest(expected, columns);
  }

  #digest(rows: readonly Row[], columns: readonly string[]): number {
    return setDigest(Float64Array.from(rows, (row) => this.#digester.row(row, columns)));
  }

  #countRows(rows: readonly Row[], columns: readonly string[]): Map<number, number> {
    const counts = new Map<number, number>();
    for (const row of rows) {
      const digest = this.#digester.row(row, columns);
      counts.set(digest, (counts.get(digest) ?? 0) + 1);
    }
    return counts;
  }
}

function truthOf(truth: Truth, { name }: Table, columns: readonly string[]): readonly Row[] {
  return truth.read(select({ table: name, columns, where: [], orderBy: [] }), []);
}

/** All columns but keys that the database assigns itself. */
function comparedColumns({ columns, autoKey, primaryKey }: Table): string[] {
  return columns.map(({ name }) => name).filter((name) => !autoKey || name !== primaryKey);
}
