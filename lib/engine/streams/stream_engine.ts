/**
 * Live queries on the calling thread: which are outdated, which are asked again, what is shown.
 *
 * ```
 * commit -> DependencyIndex -> queue of entries -> idle readers -> results -> policy -> subscribers
 *                                    ^                                |
 *                                    +------- superseded: once more --+
 * ```
 *
 * Laws (ARCHITECTURE.md names the test of each): at most one re-query in flight per entry; an entry whose last relevant commit
 * is newer than the snapshot it was answered from is queued again, whatever was done with the answer; the hash that results
 * are compared with is the one of the result shown last.
 *
 * @module
 */

import type { Counters } from "../counters.ts";
import { closedError, EngineError, type ErrorShape } from "../errors.ts";
import type {
  Commit,
  Dependencies,
  ReaderOutcome,
  RequeryOutcome,
  RowCondition,
  TrackedTable,
} from "../protocol.ts";
import type { ReaderPool, ReadOn, RequeryInput } from "../readers/pool.ts";
import { toRows } from "../sqlite/result.ts";
import type { Trace } from "../trace.ts";
import { copyParams, queryKey, type Rows, type SqlParam } from "../values.ts";
import { DependencyIndex } from "./dependency_index.ts";
import { StreamEntry, type Subscriber } from "./entry.ts";
import { ExternalPoll } from "./external_poll.ts";
import { Hold } from "./hold.ts";
import { type Arrival, type CoalescingPolicy, decide } from "./policy.ts";

/** Settings of the stream engine. */
export interface StreamSettings {
  readonly policy: CoalescingPolicy;
  readonly outdatedBoundMs: number;
  /** `latest-wins` only: see hold.ts. 0 asks again at once. */
  readonly holdMs: number;
  readonly consistency: "database" | "query";
  readonly grain: "row" | "column" | "table";
  /** See external_poll.ts. */
  readonly externalPollMs: number;
}

/** What the streams need of the writer. */
export interface TrackingWriter {
  readonly busy: boolean;
  readonly sentCount: number;
  readonly answeredCount: number;
  track(
    table: string,
    columns: readonly string[],
    watched: readonly string[] | null,
  ): Promise<TrackedTable | null>;
  untrack(table: string): Promise<void>;
  look(): Promise<void>;
}

/** More queries than this in one request to a reader would delay the first result too long. */
const maxChunk = 32;
/** More first results than this in one screen would delay all of them too long, and what is shown already. */
const maxNewcomers = 256;

/** Commits, or their values by the dozen, whose rows nobody needed. */
const maxIdle = 16;

/** Live queries that are asked on one snapshot, and delivered in one turn. */
interface Screen {
  readonly members: StreamEntry[];
  readonly requeries: RequeryOutcome[];
  /** Set while the reader keeps a snapshot that may hold commits up to `heldSeq`, of which the caller may not know yet. */
  readOn: ReadOn | null;
  heldSeq: number;
  /** When the writer has answered so many requests, all commits of the snapshot are known. */
  knownAtCount: number;
}

/** How commits find one live query. */
export interface LiveRoute {
  /** The query. */
  readonly sql: string;
  /** Its params. */
  readonly params: readonly SqlParam[];
  /** In words: by which columns of which tables, and why not where it is by table. */
  readonly route: string;
}

/** One call of one subscriber. */
interface Emission {
  readonly subscriber: Subscriber;
  tell(): void;
}

/** What SQLite says when the file cannot be read for the moment. */
const passingCode = /^SQLITE_(?:BUSY|LOCKED|NOMEM|IOERR|CANTOPEN|PROTOCOL)/;

/** All live queries of one database. */
export class StreamEngine {
  readonly #settings: StreamSettings;
  readonly #pool: ReaderPool;
  readonly #counters: Counters;
  readonly #trace: Trace;
  readonly #writer: TrackingWriter;
  readonly #index = new DependencyIndex();
  readonly #byKey = new Map<string, StreamEntry>();
  readonly #tracked = new Set<string>();
  /** By table, how much of what was reported nobody needed. */
  readonly #idle = new Map<string, number>();
  /** Entries to be asked again as soon as a reader is idle. */
  #queue: StreamEntry[] = [];
  /** Entries that wait for a pause of the writer, or null when the policy does not hold back. */
  #held: StreamEntry[] = [];
  readonly #hold: Hold | null;
  readonly #poll: ExternalPoll;
  #screen: Screen | null = null;
  #nextId = 1;
  #nextOrder = 1;
  #lastSeq = 0;
  #closed = false;

  constructor(
    settings: StreamSettings,
    pool: ReaderPool,
    counters: Counters,
    trace: Trace,
    writer: TrackingWriter,
  ) {
    this.#settings = settings;
    this.#pool = pool;
    this.#counters = counters;
    this.#trace = trace;
    this.#writer = writer;
    this.#poll = new ExternalPoll(settings.externalPollMs, () => this.#look());
    const holds = settings.policy === "latest-wins" && settings.holdMs > 0;
    this.#hold = holds ? new Hold(settings.holdMs, () => writer.busy, () => this.#release()) : null;
  }

  /** True when nothing is queued, held or asked: every stream shows the last commit that concerns it. */
  get isQuiet(): boolean {
    if (this.#queue.length > 0 || this.#held.length > 0 || this.#screen !== null) return false;
    for (const entry of this.#byKey.values()) if (entry.isInFlight) return false;
    return true;
  }

  /** Number of distinct live queries. */
  get size(): number {
    return this.#byKey.size;
  }

  /**
   * Adds a subscriber; equal queries share one entry. What is cached is delivered at once, in a microtask, when it is
   * current; a newcomer to an outdated stream waits for the re-query that is under way.
   */
  subscribe(sql: string, params: readonly SqlParam[], subscriber: Subscriber): () => void {
    if (this.#closed) throw closedError("watch", sql);
    const key = queryKey(sql, params);
    let entry = this.#byKey.get(key);
    if (entry === undefined) {
      entry = new StreamEntry(this.#nextId++, key, sql, copyParams(params));
      entry.dirtySeq = this.#lastSeq;
      this.#byKey.set(key, entry);
      this.#poll.start();
      this.#index.add(entry);
      this.#enqueue(entry, performance.now(), false);
    }
    const joined = entry;
    joined.subscribers.add(subscriber);
    subscriber.firstSeq = joined.dirtySeq;
    subscriber.order = this.#nextOrder++;
    if (joined.outdatedSinceMs === 0) queueMicrotask(() => this.#prime(joined, subscriber));
    this.flush();
    return () => {
      subscriber.active = false;
      joined.subscribers.delete(subscriber);
      if (joined.subscribers.size === 0) this.#remove(joined);
    };
  }

  /** The result that this query shows, if somebody is subscribed to it and it is not outdated. */
  peek(sql: string, params: readonly SqlParam[]): Rows | null {
    const entry = this.#byKey.get(queryKey(sql, params));
    return entry === undefined || entry.outdatedSinceMs > 0 ? null : entry.rows;
  }

  /** Marks what the commit concerns. To be followed by `flush`. */
  invalidate(commit: Commit): void {
    const nowMs = performance.now();
    this.#lastSeq = commit.seq;
    this.#trace.add("commit", null, commit.seq, nowMs);
    if (this.#byKey.size === 0) {
      if (this.#index.dirtySet(commit).schema) this.#forgetTracked();
      this.#endIdleTracking(commit);
      return;
    }
    if (this.#index.dirtySet(commit).schema) {
      this.#forgetTracked();
      for (const entry of this.#index.entries) {
        entry.schemaSeq = commit.seq;
        entry.dependencies = null;
        this.#index.add(entry);
      }
    }
    this.#endIdleTracking(commit);
    const cost = this.#index.concerned(commit, (entry) => this.#concern(entry, commit.seq, nowMs));
    if (this.#counters.enabled) {
      this.#counters.add("invalidate_us", (performance.now() - nowMs) * 1000);
      this.#counters.add("invalidate_count", 1);
      this.#counters.add("intersection_entries", cost.entries);
      this.#counters.add("row_spared", cost.spared);
    }
  }

  /** The writer has answered a request, with or without a commit. */
  writerAnswered(): void {
    this.#hold?.writerAnswered();
    this.#readScreenOn();
    this.flush();
  }

  /** Hands queued entries to idle readers: as one screen, or in equal shares, and no more than there are readers. */
  flush(): void {
    if (this.#queue.length === 0 || this.#closed) return;
    if (this.#settings.consistency === "database") {
      if (this.#screen === null && this.#pool.idleForStreams > 0) this.#askScreen();
      return;
    }
    let idle = this.#pool.idleForStreams;
    while (idle > 0 && this.#queue.length > 0) {
      const share = Math.min(maxChunk, Math.ceil(this.#queue.length / idle));
      const chunk: StreamEntry[] = [];
      for (const entry of this.#queue.splice(0, share)) if (!entry.isClosed) chunk.push(entry);
      if (chunk.length === 0) continue;
      this.#pool.requery(this.#inputs(chunk), null, {
        done: (outcome) => this.#complete(chunk, outcome),
        failed: (error) => this.#fail(chunk, error),
        lost: () => {},
      });
      idle--;
    }
  }

  /** How commits find each live query, for people: by which columns, or why by table only. */
  routes(): LiveRoute[] {
    return [...this.#byKey.values()].map(({ sql, params, dependencies }) => ({
      sql,
      params,
      route: dependencies === null ? "not known yet" : describeRoute(dependencies),
    }));
  }

  /** Ends every subscription. */
  close(): void {
    this.#closed = true;
    for (const entry of this.#byKey.values()) {
      entry.isClosed = true;
      for (const subscriber of [...entry.subscribers]) {
        subscriber.active = false;
        subscriber.end();
      }
      entry.subscribers.clear();
    }
    this.#byKey.clear();
    this.#queue = [];
    this.#held = [];
    this.#hold?.cancel();
    this.#poll.stop();
  }

  /** Shows every subscriber an error that concerns the whole database. */
  fail(error: EngineError): void {
    this.#poll.stop();
    const emissions: Emission[] = [];
    for (const entry of this.#byKey.values()) {
      this.#collect(entry, Infinity, this.#showError(entry, error), emissions);
    }
    this.#deliver(emissions);
    this.#readScreenOn();
  }

  /** A commit says when to ask again after most errors; the troubles with a file end without one. */
  async #look(): Promise<void> {
    for (const entry of this.#byKey.values()) {
      if (entry.error === null || entry.isInFlight || !passingCode.test(entry.error.code)) continue;
      this.#enqueue(entry, performance.now(), false);
    }
    this.flush();
    await this.#writer.look();
  }

  #prime(entry: StreamEntry, subscriber: Subscriber): void {
    if (!subscriber.active || subscriber.primed || (entry.rows === null && entry.error === null)) return;
    subscriber.primed = true;
    this.#counters.add("emit_count", 1);
    guard(() => entry.error !== null ? subscriber.error(entry.error) : subscriber.rows(entry.rows!));
  }

  #forgetTracked(): void {
    this.#tracked.clear();
    this.#idle.clear();
    this.#index.untrack(null);
  }

  /** Reports that nobody needs cost every write. They end when they have come for a while: a query may be subscribed to again. */
  #endIdleTracking({ rows }: Commit): void {
    for (const { slot, columns } of rows ?? []) {
      const table = this.#index.trackedTable(slot);
      if (table === null) continue;
      if (this.#index.needs(table)) {
        this.#idle.delete(table);
        continue;
      }
      const values = columns.reduce(
        (sum, each) => sum + (each !== null && "length" in each ? each.length : 1000),
        0,
      );
      const idle = (this.#idle.get(table) ?? 0) + 1 + values / 16;
      this.#idle.set(table, idle);
      if (idle < maxIdle) continue;
      this.#idle.delete(table);
      for (const key of this.#tracked) {
        if (key.startsWith(`${JSON.stringify(table)}:`)) this.#tracked.delete(key);
      }
      this.#index.untrack(table);
      this.#writer.untrack(table).catch(() => {});
    }
  }

  #remove(entry: StreamEntry): void {
    if (entry.isClosed) return;
    entry.isClosed = true;
    this.#byKey.delete(entry.key);
    if (this.#byKey.size === 0) this.#poll.stop();
    this.#index.remove(entry);
  }

  #concern(entry: StreamEntry, seq: number, nowMs: number): void {
    if (entry.dirtySeq >= seq) return;
    entry.dirtySeq = seq;
    this.#trace.add("invalidate", entry.id, seq, nowMs);
    if (entry.outdatedSinceMs === 0) entry.outdatedSinceMs = nowMs;
    if (entry.isInFlight) {
      entry.invalidatedInFlight = true;
      if (entry.dirtySinceSentMs === 0) entry.dirtySinceSentMs = nowMs;
    } else this.#enqueue(entry, nowMs, true);
  }

  #enqueue(entry: StreamEntry, nowMs: number, mayHold: boolean): void {
    if (entry.isQueued) return;
    entry.isQueued = true;
    entry.queuedMs = nowMs;
    if (mayHold && this.#hold !== null) {
      this.#held.push(entry);
      this.#hold.start(nowMs);
    } else this.#queue.push(entry);
  }

  #release(): void {
    for (const entry of this.#held) this.#queue.push(entry);
    this.#held = [];
    this.flush();
  }

  /** What to ask for these entries, which are in flight from now on. */
  #inputs(chunk: readonly StreamEntry[]): RequeryInput[] {
    const nowMs = performance.now();
    this.#counters.add("requery_count", chunk.length);
    return chunk.map((entry) => {
      entry.isQueued = false;
      entry.isInFlight = true;
      entry.invalidatedInFlight = false;
      entry.dirtySinceSentMs = 0;
      this.#counters.add("reader_wait_us", (nowMs - entry.queuedMs) * 1000);
      this.#trace.add("requery-sent", entry.id, entry.dirtySeq, nowMs);
      const { sql, params, hash } = entry;
      return { sql, params, hash, wantsDependencies: entry.dependencies === null };
    });
  }

  /**
   * Takes from the queue what is outdated, all of it, and first results, some of them. What is held comes along: shown beside
   * the others it must not be older than they are.
   */
  #takeScreen(): StreamEntry[] {
    const queued = this.#held.length === 0 ? this.#queue : [...this.#queue, ...this.#held];
    this.#held = [];
    this.#hold?.cancel();
    this.#queue = [];
    const members: StreamEntry[] = [];
    let newcomers = 0;
    for (const entry of queued) {
      if (entry.isClosed) continue;
      if (entry.rows === null && entry.error === null && ++newcomers > maxNewcomers) this.#queue.push(entry);
      else members.push(entry);
    }
    return members;
  }

  #askScreen(): void {
    const members = this.#takeScreen();
    if (members.length === 0) return;
    const screen: Screen = { members, requeries: [], readOn: null, heldSeq: 0, knownAtCount: 0 };
    this.#screen = screen;
    this.#pool.requery(this.#inputs(members), this.#lastSeq, {
      done: (outcome, readOn) => {
        const { requeries } = screen;
        const from = requeries.length;
        this.#traceAnswer(members.slice(from), outcome);
        const none = { result: null, hash: null, error: outcome.error, dependencies: null };
        for (let i = from; i < members.length; i++) requeries.push(outcome.requeries?.[i - from] ?? none);
        if (readOn === null) {
          this.#screen = null;
          this.#completeScreen(screen, outcome.seq);
        } else {
          screen.readOn = readOn;
          screen.heldSeq = outcome.heldSeq;
          screen.knownAtCount = this.#writer.sentCount;
          this.#readScreenOn();
        }
      },
      failed: (error) => {
        this.#screen = null;
        this.#fail(members, error);
      },
      lost: () => {
        this.#screen = null;
        for (const entry of members) {
          entry.isInFlight = false;
          if (!entry.isClosed) this.#enqueue(entry, performance.now(), false);
        }
      },
    });
  }

  /**
   * When all commits are known that the kept snapshot may hold, what they concern is read from it as well: the screen then
   * shows that snapshot, whichever of the commits are in it.
   */
  #readScreenOn(): void {
    const screen = this.#screen;
    if (screen === null || screen.readOn === null || this.#closed) return;
    if (this.#lastSeq < screen.heldSeq && this.#writer.answeredCount < screen.knownAtCount) return;
    const { readOn } = screen;
    screen.readOn = null;
    const more = this.#takeScreen();
    screen.members.push(...more);
    readOn(this.#inputs(more));
  }

  #fail(chunk: readonly StreamEntry[], error: Error): void {
    const emissions: Emission[] = [];
    for (const entry of chunk) {
      entry.isInFlight = false;
      if (!entry.isClosed) {
        this.#collect(entry, Infinity, this.#showError(entry, error as EngineError), emissions);
      }
    }
    this.#deliver(emissions);
  }

  #traceAnswer(chunk: readonly StreamEntry[], { seq, startMs, endMs }: ReaderOutcome): void {
    if (!this.#trace.enabled) return;
    const offsetMs = performance.timeOrigin;
    for (const { id } of chunk) {
      if (startMs > 0) {
        this.#trace.add("requery-start", id, seq, startMs - offsetMs);
        this.#trace.add("requery-end", id, seq, endMs - offsetMs);
      }
      this.#trace.add("requery-result", id, seq);
    }
  }

  /** Each entry for itself. */
  #complete(chunk: readonly StreamEntry[], outcome: ReaderOutcome): void {
    const nowMs = performance.now();
    this.#traceAnswer(chunk, outcome);
    const emissions: Emission[] = [];
    chunk.forEach((entry, i) => {
      entry.isInFlight = false;
      const requery = outcome.requeries?.[i] ??
        { result: null, hash: null, error: outcome.error, dependencies: null };
      if (entry.isClosed) return;
      const verdict = this.#decide(this.#arrival([entry], outcome.seq, nowMs));
      this.#settle(entry, requery, outcome.seq, nowMs, verdict, emissions);
    });
    this.#deliver(emissions);
    this.#counters.add("completion_us", (performance.now() - nowMs) * 1000);
    this.#counters.add("completion_count", 1);
  }

  /** All or none: a screen of which a part is shown would show two commits. */
  #completeScreen({ members, requeries, heldSeq }: Screen, seq: number): void {
    const nowMs = performance.now();
    const open = members.filter((entry) => !entry.isClosed);
    for (const entry of members) entry.isInFlight = false;
    // A commit that may be in the snapshot is no reason to show none of it.
    const verdict = this.#decide(this.#arrival(open, Math.max(seq, heldSeq), nowMs));
    const emissions: Emission[] = [];
    members.forEach((entry, i) => {
      if (!entry.isClosed) this.#settle(entry, requeries[i]!, seq, nowMs, verdict, emissions);
    });
    this.#deliver(emissions);
    this.#counters.add("completion_us", (performance.now() - nowMs) * 1000);
    this.#counters.add("completion_count", 1);
  }

  #arrival(entries: readonly StreamEntry[], seq: number, nowMs: number): Arrival {
    let superseded = false;
    let invalidatedInFlight = false;
    let sinceMs = nowMs;
    for (const entry of entries) {
      superseded ||= entry.dirtySeq > seq;
      invalidatedInFlight ||= entry.invalidatedInFlight;
      if (entry.outdatedSinceMs > 0) sinceMs = Math.min(sinceMs, entry.outdatedSinceMs);
    }
    return { superseded, invalidatedInFlight, outdatedMs: nowMs - sinceMs };
  }

  #decide(arrival: Arrival): "deliver" | "discard" {
    return decide(this.#settings.policy, arrival, this.#settings.outdatedBoundMs);
  }

  #settle(
    entry: StreamEntry,
    requery: RequeryOutcome,
    seq: number,
    nowMs: number,
    decided: "deliver" | "discard",
    emissions: Emission[],
  ): void {
    if (requery.dependencies !== null && seq >= entry.schemaSeq) this.#adopt(entry, requery);
    const superseded = entry.dirtySeq > seq;
    const isUnchanged = requery.result === null && requery.error === null;
    const verdict = isUnchanged ? "unchanged" : decided;
    this.#trace.add(verdict, entry.id, seq, nowMs);
    // Whatever becomes of this result, the stream is asked again when it may not show the last relevant commit. A query that
    // was cancelled must be asked again, too, even if its snapshot happened to be new enough.
    const again = superseded || verdict === "discard";
    if (verdict === "discard") this.#counters.add("requery_discarded", 1);
    else {
      if (verdict === "unchanged") this.#counters.add("requery_unchanged", 1);
      entry.outdatedSinceMs = superseded ? entry.dirtySinceSentMs || nowMs : 0;
    }
    if (again) {
      this.#enqueue(entry, nowMs, true);
      // No further answer of the writer may come to end the hold.
      if (!this.#writer.busy) this.#hold?.writerAnswered();
    }
    if (verdict === "deliver") this.#collect(entry, seq, this.#adoptResult(entry, requery), emissions);
    else if (verdict === "unchanged") this.#welcome(entry, seq, emissions);
  }

  #adopt(entry: StreamEntry, { dependencies }: RequeryOutcome): void {
    const { grain } = this.#settings;
    let found = dependencies!;
    if (grain === "table") {
      found = {
        ...found,
        tables: found.tables.map(([table]) => [table, null] as const),
      };
    }
    if (grain !== "row") found = { ...found, conditions: [], reason: `the grain is "${grain}"` };
    entry.dependencies = found;
    this.#index.add(entry);
    for (const { table, any } of found.conditions) {
      const watched = found.tables.find(([name]) => name === table)![1];
      const columns = [...new Set(any.map(({ column }) => column))];
      const key = `${JSON.stringify(table)}:${JSON.stringify([columns, watched])}`;
      if (this.#tracked.has(key)) continue;
      this.#tracked.add(key);
      // Until the answer is here, and if there is none, commits concern this stream by table and column.
      this.#writer.track(table, columns, watched).then(
        (tracked) => tracked === null ? undefined : this.#index.track(tracked),
        () => {},
      );
    }
  }

  #adoptResult(entry: StreamEntry, requery: RequeryOutcome): (subscriber: Subscriber) => void {
    if (requery.error !== null) return this.#showError(entry, requery.error);
    const rows = toRows(requery.result!);
    entry.rows = rows;
    entry.hash = requery.hash;
    entry.error = null;
    return (subscriber) => subscriber.rows(rows);
  }

  /** An error is shown once, not at every attempt; what follows it is shown even if it equals what was before. */
  #showError(entry: StreamEntry, shape: ErrorShape): (subscriber: Subscriber) => void {
    const known = entry.error;
    entry.hash = null;
    entry.rows = null;
    if (known !== null && known.code === shape.code && known.reason === shape.reason) return () => {};
    const error = new EngineError({ ...shape, verb: "watch", sql: entry.sql });
    entry.error = error;
    return (subscriber) => subscriber.error(error);
  }

  /** What to tell all subscribers; newcomers only when `seq` is not too old to be their first result. */
  #collect(
    entry: StreamEntry,
    seq: number,
    tell: (subscriber: Subscriber) => void,
    emissions: Emission[],
  ): void {
    for (const subscriber of entry.subscribers) {
      if (!subscriber.active || !subscriber.primed) continue;
      emissions.push({
        subscriber,
        tell: () => {
          this.#counters.add("emit_count", 1);
          guard(() => tell(subscriber));
        },
      });
    }
    this.#welcome(entry, seq, emissions);
  }

  /** Newcomers are told even what nobody else hears again: that nothing has changed, or the same error. */
  #welcome(entry: StreamEntry, seq: number, emissions: Emission[]): void {
    for (const subscriber of entry.subscribers) {
      if (subscriber.primed || seq < subscriber.firstSeq) continue;
      emissions.push({ subscriber, tell: () => this.#prime(entry, subscriber) });
    }
  }

  #deliver(emissions: Emission[]): void {
    const startedMs = this.#counters.enabled ? performance.now() : 0;
    emissions.sort((one, other) => one.subscriber.order - other.subscriber.order);
    for (const { subscriber, tell } of emissions) if (subscriber.active) tell();
    if (this.#counters.enabled) this.#counters.add("emit_us", (performance.now() - startedMs) * 1000);
  }
}

/** A listener that throws must neither stop the others nor be silent: its error becomes an uncaught one. */
function guard(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

function describeRoute({ everything, tables, conditions, reason }: Dependencies): string {
  if (everything) return `every commit: ${reason}`;
  const byRow = conditions.map(({ table, any }) =>
    `"${table}" by ${any.map(describeCondition).join(" or ")}`
  );
  const rest = tables.length === conditions.length
    ? []
    : [`every change where there is no condition: ${reason}`];
  return [...byRow, ...rest].join("; ") || `the schema: ${reason || "it reads no table"}`;
}

function describeCondition({ column, equals, lower, upper }: RowCondition): string {
  if (equals !== null) return equals.length === 1 ? `${column} =` : `${column} in ${equals.length} values`;
  return `${column}${lower === null ? "" : " from"}${upper === null ? "" : " to"}`;
}
