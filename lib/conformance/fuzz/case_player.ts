/**
 * Plays histories one after the other against one adapter: in one child as long as it lives, in one session as long as
 * histories have the same tables and pass, since some databases take seconds to open.
 */
import type { Table } from "../../model/schema.ts";
import { remove } from "../../model/statement.ts";
import { ChildGoneError } from "../../runner/run_block.ts";
import type { RemoteSession } from "../../runner/remote_session.ts";
import { messageOf } from "../../model/errors.ts";
import type { ConformanceTarget } from "../find_targets.ts";
import { type History, HistoryFault } from "../history.ts";
import { wholeTable } from "../history_truth.ts";
import { replayHistory } from "../replay_history.ts";
import { SuiteChild } from "../suite_child.ts";
import { uniqueColumn } from "./schema_arbitrary.ts";

/** How long things may take. */
export interface CasePatience {
  /** For what must come: an answer, an emission. */
  readonly deadlineMs: number;
  /** For what must not come, besides what live queries wait on purpose. */
  readonly quietMs: number;
}

/** Histories between two children: nothing that a library forgets to free may decide a case. */
const CASES_PER_CHILD = 400;
/** A hunt ends its children itself. */
const CHILD_MS = 2 ** 31 - 1;
/** For opening a session: some databases begin with a file system and a cluster, on machines that do much else. */
const OPEN_MS = 240_000;

/** How long things have taken so far, on average; 0 for what has not been done. */
export interface PlayerPace {
  /** Opening a session, with the process where it needs a new one. */
  readonly openMs: number;
  /** Playing a history on an open session. */
  readonly playMs: number;
}

interface Open {
  readonly child: SuiteChild;
  readonly session: RemoteSession;
  readonly tables: readonly Table[];
  readonly path: string;
}

/** Plays histories; {@link end} must be called. */
export class CasePlayer {
  readonly #target: ConformanceTarget;
  readonly #directory: string;
  readonly #isBatchAtomic: boolean;
  readonly #waitMs: number;
  #child: SuiteChild | undefined;
  #open: Open | undefined;
  #caseCount = 0;
  #sessionCount = 0;
  readonly #opening = new MeanMs();
  readonly #playing = new MeanMs();

  /** Sessions live in `directory`, which exists. */
  constructor(target: ConformanceTarget, directory: string) {
    const { adapter, options } = target;
    this.#target = target;
    this.#directory = directory;
    this.#isBatchAtomic = adapter.capabilities(options).atomicBatch;
    this.#waitMs = adapter.delay?.(options).atMostMs ?? 0;
  }

  /** See {@link PlayerPace}. */
  get pace(): PlayerPace {
    return { openMs: this.#opening.mean, playMs: this.#playing.mean };
  }

  /**
   * Resolves to what is wrong, or to `undefined`. `isFresh`: on a database that nobody has used. Rejects with a
   * DriverUnavailableError when the driver is missing.
   */
  async play(history: History, patience: CasePatience, isFresh: boolean): Promise<HistoryFault | undefined> {
    try {
      const open = await this.#opened(history.tables, isFresh);
      open.child.takeBackground();
      const startMs = performance.now();
      await replayHistory({
        session: open.session,
        isBatchAtomic: this.#isBatchAtomic,
        deadlineMs: patience.deadlineMs + this.#waitMs,
        quietMs: patience.quietMs + this.#waitMs,
      }, history);
      await this.#empty(open, patience.deadlineMs);
      this.#playing.add(performance.now() - startMs);
      const [background] = open.child.takeBackground();
      if (background === undefined) return undefined;
      throw new HistoryFault(`An error was raised in the background: ${background}`);
    } catch (error) {
      if (error instanceof HistoryFault) {
        // A session that did not open may go on opening in its process.
        await (this.#open === undefined ? this.end() : this.#drop());
        return error;
      }
      if (!(error instanceof ChildGoneError)) throw error;
      const printed = this.#child?.lastOutput ?? "";
      await this.end();
      return new HistoryFault(`${messageOf(error)}${printed === "" ? "" : `: ${printed}`}`);
    }
  }

  /** Ends the child with everything that it started. */
  async end(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#open = undefined;
    await child?.end();
  }

  async #opened(tables: readonly Table[], isFresh: boolean): Promise<Open> {
    if (++this.#caseCount % CASES_PER_CHILD === 0) await this.end();
    const known = this.#open;
    if (
      !isFresh && known !== undefined && JSON.stringify(known.tables) === JSON.stringify(tables)
    ) {
      return known;
    }
    await this.#drop();
    const startMs = performance.now();
    // Of its own: whoever ends this player meanwhile takes the child away.
    let child = this.#child;
    if (child === undefined) {
      this.#child = child = new SuiteChild(this.#target, this.#directory, CHILD_MS);
      await child.begin();
    }
    const path = `${this.#directory}/session-${++this.#sessionCount}`;
    await Deno.mkdir(path);
    const session = await within(child.open(path, tables), OPEN_MS, "Opening a session");
    this.#opening.add(performance.now() - startMs);
    return this.#open = { child, session, tables, path };
  }

  /** Closes the session; a child whose session does not close is ended. */
  async #drop(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    try {
      await within(open.session.close(), 5000, "Closing a session");
      open.child.takeBackground();
    } catch {
      await this.end();
    }
    await Deno.remove(open.path, { recursive: true }).catch(() => {});
  }

  /** Every row is deleted by its key; what stays is a fault. */
  async #empty({ session, tables }: Open, deadlineMs: number): Promise<void> {
    for (const table of tables) {
      const query = wholeTable(table);
      const column = uniqueColumn(table);
      const what = `Emptying table "${table.name}"`;
      const rows = await within(session.read(query, []), deadlineMs, what);
      if (rows.length === 0) continue;
      const statement = remove({ table: table.name, keyColumn: column });
      await within(session.batch(statement, rows.map((row) => [row[column]!])), deadlineMs, what);
      const left = await within(session.read(query, []), deadlineMs, what);
      if (left.length > 0) throw new HistoryFault(`${what}: ${left.length} of ${rows.length} rows are left`);
    }
  }
}

class MeanMs {
  #sum = 0;
  #count = 0;

  add(ms: number): void {
    this.#sum += ms;
    this.#count++;
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }
}

async function within<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new HistoryFault(`${what} has not ended within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    if (error instanceof ChildGoneError || error instanceof HistoryFault || isUnavailable(error)) throw error;
    throw new HistoryFault(`${what} failed: ${messageOf(error)}`, undefined, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof Error && error.name === "DriverUnavailableError";
}
