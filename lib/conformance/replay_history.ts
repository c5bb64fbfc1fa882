/**
 * Plays a history on an open session and judges what is read and shown, emission by emission.
 *
 * Legal is: to show nothing of a change until all is settled, to leave out states, to show a state twice, to deliver
 * before or after a write is acknowledged, to order tied rows in any way. Not legal is: to show what no commit made, to
 * go back in time, to stay behind when all is settled, to read less than was acknowledged, to deliver after a close, to
 * refuse a write, to raise an error.
 */
import type { Query } from "../model/statement.ts";
import type { Args, Row } from "../model/value.ts";
import { messageOf } from "../model/errors.ts";
import type { RemoteSession, RemoteSubscription } from "../runner/remote_session.ts";
import { ChildGoneError } from "../runner/run_block.ts";
import { shown } from "./expect.ts";
import { type FaultyQuery, type History, HistoryFault, type Step } from "./history.ts";
import { argsText, commitsOf, HistoryTruth, type QueryStates, wholeTable } from "./history_truth.ts";

/** Where a history is played. */
export interface HistoryStage {
  /** Open, with the tables of the history, empty. */
  readonly session: RemoteSession;
  /** Nobody sees half of a batch. Where it is `false`, batches are always waited for. */
  readonly isBatchAtomic: boolean;
  /** For what must come: an answer, an emission. */
  readonly deadlineMs: number;
  /** For what must not come: how long everything is watched after it has settled. */
  readonly quietMs: number;
}

/**
 * Plays it to its end; all streams are closed then. Throws a HistoryFault for the first thing that is wrong, and a
 * ChildGoneError when the child is gone.
 */
export async function replayHistory(stage: HistoryStage, history: History): Promise<void> {
  const play = new Play(stage, history);
  for (const step of history.steps) await play.step(step);
  await play.end(history);
}

/** An open live query and how far it has come. */
interface Stream {
  readonly subject: FaultyQuery;
  readonly states: QueryStates;
  readonly number: number;
  readonly leavesAt: number;
  subscription: RemoteSubscription | undefined;
  /** Commits that the newest emission shows, the fewest possible. */
  at: number;
  emissionCount: number;
  last: readonly Row[] | undefined;
  isClosed: boolean;
  /**
   * Commits after which it is judged again: a batch that is not atomic may show any of its rows before others. 0 where
   * there was no such batch.
   */
  looseUntil: number;
}

class Play {
  readonly #stage: HistoryStage;
  readonly #truth: HistoryTruth;
  readonly #streams: Stream[] = [];
  readonly #waiters = new Set<() => void>();
  /** By commit: whether it was acknowledged. */
  readonly #isAcknowledged: boolean[] = [];
  readonly #pending = new Set<Promise<void>>();
  #fault: HistoryFault | ChildGoneError | undefined;
  #looseUntil = 0;

  constructor(stage: HistoryStage, history: History) {
    this.#stage = stage;
    this.#truth = new HistoryTruth(history, stage.isBatchAtomic);
  }

  async step(step: Step): Promise<void> {
    switch (step.do) {
      case "write":
      case "batch":
        await this.#write(step);
        break;
      case "read":
        await this.#read(step.query, step.args);
        break;
      case "watch":
        await this.#watch(step);
        break;
      case "close":
        await this.#close(this.#streams[step.stream]);
        break;
      case "settle":
        await this.#settle();
    }
    this.#throwFault();
  }

  async end({ tables }: History): Promise<void> {
    await this.#settle();
    for (const stream of this.#streams) {
      if (!stream.isClosed) await this.#read(stream.subject.query, stream.subject.args);
    }
    for (const table of tables) await this.#read(wholeTable(table), []);
    await new Promise((resolve) => setTimeout(resolve, this.#stage.quietMs));
    await this.#settle();
    for (const stream of this.#streams) await this.#close(stream);
    this.#throwFault();
  }

  async #write(step: Step & { readonly do: "write" | "batch" }): Promise<void> {
    const { isBatchAtomic, session } = this.#stage;
    const isAwaited = step.isAwaited !== false || (step.do === "batch" && !isBatchAtomic);
    if (step.do === "batch" && !isBatchAtomic) await this.#acknowledged();
    const first = this.#isAcknowledged.length;
    const commits = commitsOf(step, isBatchAtomic);
    for (let index = 0; index < commits.length; index++) this.#isAcknowledged.push(false);
    if (commits.length > 1) {
      this.#looseUntil = first + commits.length;
      for (const stream of this.#streams) stream.looseUntil = this.#looseUntil;
    }
    const { sql } = step.statement;
    const done = this.#answer(
      step.do === "write"
        ? session.write(step.statement, step.args)
        : session.batch(step.statement, step.rows),
      `${step.do} "${sql}" ${step.do === "write" ? argsText(step.args) : `of ${step.rows.length} rows`}`,
    ).then(() => {
      for (let index = 0; index < commits.length; index++) this.#isAcknowledged[first + index] = true;
    });
    if (isAwaited) return await done;
    const settled = done.catch((error: unknown) => this.#keep(faultOf(error))).finally(() =>
      this.#pending.delete(settled)
    );
    this.#pending.add(settled);
  }

  async #read(query: Query, args: Args): Promise<void> {
    const lowest = this.#acknowledgedCount();
    const states = this.#truth.of(query, args);
    const subject: FaultyQuery = { use: "read", query, args };
    const rows = await this.#answer(this.#stage.session.read(query, args), textOf(subject), subject);
    const highest = this.#isAcknowledged.length;
    for (let commit = lowest; commit <= highest; commit++) if (states.isAt(commit, rows)) return;
    throw new HistoryFault(
      `${textOf(subject)} after ${highest} commits: expected ${shown(states.rowsAt(highest))}, got ${
        shown(rows)
      }`,
      subject,
    );
  }

  async #watch({ query, args, leavesAt }: Step & { readonly do: "watch" }): Promise<void> {
    const subject: FaultyQuery = { use: "watch", query, args };
    const stream: Stream = {
      subject,
      states: this.#truth.of(query, args),
      number: this.#streams.length,
      leavesAt: leavesAt ?? Infinity,
      subscription: undefined,
      at: this.#acknowledgedCount(),
      emissionCount: 0,
      last: undefined,
      isClosed: false,
      looseUntil: this.#looseUntil,
    };
    this.#streams.push(stream);
    const observer = {
      next: (rows: readonly Row[]) => this.#take(stream, rows),
      error: (error: unknown) =>
        this.#keep(new HistoryFault(`${nameOf(stream)} reported an error: ${messageOf(error)}`, subject)),
    };
    const reactions = leavesAt === undefined
      ? []
      : [{ emission: leavesAt, kind: "close", which: "itself" } as const];
    stream.subscription = await this.#answer(
      this.#stage.session.watch(query, args, observer, reactions),
      textOf(subject),
      subject,
    );
  }

  #take(stream: Stream, rows: readonly Row[]): void {
    const index = stream.emissionCount++;
    // Whoever leaves inside a listener may still get what was on its way: nothing says when it has left.
    if (index > stream.leavesAt) return;
    stream.last = rows;
    const highest = this.#isAcknowledged.length;
    const what = () => `${nameOf(stream)}, emission ${index} after ${highest} commits`;
    if (stream.isClosed) {
      this.#keep(new HistoryFault(`${what()}: came after the close: ${shown(rows)}`, stream.subject));
      return;
    }
    for (let commit = stream.at; commit <= highest; commit++) {
      if (!stream.states.isAt(commit, rows)) continue;
      stream.at = commit;
      this.#wake();
      return;
    }
    if (stream.at < stream.looseUntil) return;
    let isOld = false;
    for (let commit = 0; commit < stream.at; commit++) isOld ||= stream.states.isAt(commit, rows);
    this.#keep(
      new HistoryFault(
        `${what()}: ${isOld ? "goes back in time" : "equals no committed state"}: ${shown(rows)}, expected ${
          shown(stream.states.rowsAt(highest))
        }`,
        stream.subject,
      ),
    );
  }

  async #close(stream: Stream | undefined): Promise<void> {
    if (stream?.subscription === undefined || stream.isClosed) return;
    const { subscription } = stream;
    if (!this.#hasLeft(stream)) {
      await this.#answer(subscription.close(), `Closing ${nameOf(stream)}`, stream.subject);
    }
    stream.isClosed = true;
    const changed = await subscription.changedLater();
    if (changed.length > 0) {
      throw new HistoryFault(
        `${nameOf(stream)}: the rows of emission ${changed[0]} changed after they were delivered`,
        stream.subject,
      );
    }
  }

  async #acknowledged(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
    this.#throwFault();
  }

  async #settle(): Promise<void> {
    await this.#acknowledged();
    const final = this.#isAcknowledged.length;
    const deadline = performance.now() + this.#stage.deadlineMs;
    for (const stream of this.#streams) {
      while (!this.#isCurrent(stream, final)) {
        const leftMs = deadline - performance.now();
        if (leftMs <= 0) {
          throw new HistoryFault(
            `${
              nameOf(stream)
            } is behind after ${final} commits and ${stream.emissionCount} emissions: expected ${
              shown(stream.states.rowsAt(final))
            }, shows ${shown(stream.last)}`,
            stream.subject,
          );
        }
        await this.#wakeWithin(leftMs);
        this.#throwFault();
      }
    }
  }

  #isCurrent(stream: Stream, final: number): boolean {
    if (stream.isClosed || this.#hasLeft(stream)) return true;
    return stream.last !== undefined && stream.states.isAt(final, stream.last);
  }

  #hasLeft({ emissionCount, leavesAt }: Stream): boolean {
    return emissionCount > leavesAt;
  }

  /** As many commits as were acknowledged without a gap. */
  #acknowledgedCount(): number {
    const gap = this.#isAcknowledged.indexOf(false);
    return gap < 0 ? this.#isAcknowledged.length : gap;
  }

  async #answer<T>(work: Promise<T>, what: string, query?: FaultyQuery): Promise<T> {
    const { deadlineMs } = this.#stage;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new HistoryFault(`${what} has not answered within ${deadlineMs} ms`, query)),
        deadlineMs,
      );
    });
    try {
      return await Promise.race([work, late]);
    } catch (error) {
      if (error instanceof ChildGoneError || error instanceof HistoryFault) throw error;
      throw new HistoryFault(`${what} failed: ${messageOf(error)}`, query, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  #keep(fault: HistoryFault | ChildGoneError): void {
    this.#fault ??= fault;
    this.#wake();
  }

  #throwFault(): void {
    if (this.#fault !== undefined) throw this.#fault;
  }

  #wake(): void {
    for (const wake of [...this.#waiters]) wake();
  }

  #wakeWithin(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiters.add(done);
    });
  }
}

function faultOf(error: unknown): HistoryFault | ChildGoneError {
  if (error instanceof HistoryFault || error instanceof ChildGoneError) return error;
  return new HistoryFault(messageOf(error), undefined, { cause: error });
}

function nameOf({ number, subject }: Stream): string {
  return `Stream ${number} of "${subject.query.sql}" ${argsText(subject.args)}`;
}

function textOf({ use, query, args }: FaultyQuery): string {
  return `${use === "read" ? "Read" : "Watch"} of "${query.sql}" ${argsText(args)}`;
}
