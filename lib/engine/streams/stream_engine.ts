/**
 * Live queries on the calling thread: which are outdated, which are asked again, what is shown.
 *
 * ```
 * commit -> DependencyIndex -> RequeryQueue -> idle readers -> results -> policy -> Delivery -> subscribers
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
import { closedError, type EngineError } from "../errors.ts";
import type { Commit, ReaderOutcome } from "../protocol.ts";
import type { Reads, RequeryInput } from "../readers/reads.ts";
import { type HashKey, type ResultHash, ResultHasher } from "../sqlite/result.ts";
import type { Trace } from "../trace.ts";
import { copyParams, queryKey, type Rows, type SqlParam } from "../values.ts";
import { Answers, type AnswerSettings } from "./answers.ts";
import { Delivery } from "./delivery.ts";
import { DependencyIndex, type LookupCost } from "./dependency_index.ts";
import { StreamEntry, type Subscriber } from "./entry.ts";
import { ExternalPoll } from "./external_poll.ts";
import { Patcher } from "./patcher.ts";
import { RequeryQueue } from "./requery_queue.ts";
import { describeRoute, type LiveRoute } from "./routes.ts";
import { RowReports, type TrackingWriter } from "./row_reports.ts";
import { Screen, type ScreenWriter } from "./screen.ts";

/** Settings of the stream engine. */
export interface StreamSettings extends AnswerSettings {
  /** `latest-wins` only: see hold.ts. 0 asks again at once. */
  readonly holdMs: number;
  readonly consistency: "database" | "query";
  /** See external_poll.ts. */
  readonly externalPollMs: number;
  /** See patcher.ts. */
  readonly patch: "off" | "on";
}

/** What the streams need of the writer. */
export interface StreamWriter extends TrackingWriter, ScreenWriter {
  readonly busy: boolean;
  look(): Promise<void>;
}

/** More queries than this in one request to a reader would delay the first result too long. */
const maxChunk = 32;

/** What SQLite says when the file cannot be read for the moment. */
const passingCode = /^SQLITE_(?:BUSY|LOCKED|NOMEM|IOERR|CANTOPEN|PROTOCOL)/;

/** All live queries of one database. */
export class StreamEngine {
  readonly #settings: StreamSettings;
  readonly #reads: Reads;
  readonly #counters: Counters;
  readonly #trace: Trace;
  readonly #writer: StreamWriter;
  readonly #index = new DependencyIndex();
  readonly #byKey = new Map<string, StreamEntry>();
  readonly #reports: RowReports;
  readonly #queue: RequeryQueue;
  readonly #screen: Screen;
  readonly #delivery: Delivery;
  readonly #answers: Answers;
  readonly #poll: ExternalPoll;
  readonly #patcher: Patcher | null;
  readonly #hasher: ResultHasher;
  #nextId = 1;
  #nextOrder = 1;
  #lastSeq = 0;
  #closed = false;

  constructor(
    settings: StreamSettings,
    reads: Reads,
    counters: Counters,
    trace: Trace,
    writer: StreamWriter,
    hashKey: HashKey,
  ) {
    this.#settings = settings;
    this.#hasher = new ResultHasher(hashKey);
    this.#reads = reads;
    this.#counters = counters;
    this.#trace = trace;
    this.#writer = writer;
    this.#delivery = new Delivery(counters);
    this.#reports = new RowReports(writer, this.#index);
    this.#poll = new ExternalPoll(settings.externalPollMs, () => this.#look());
    const holdMs = settings.policy === "latest-wins" ? settings.holdMs : 0;
    this.#queue = new RequeryQueue(holdMs, () => writer.busy, () => this.flush());
    this.#answers = new Answers(settings, {
      counters,
      trace,
      index: this.#index,
      reports: this.#reports,
      queue: this.#queue,
      delivery: this.#delivery,
      writer,
    });
    this.#screen = this.#makeScreen();
    // Of a result that is shown by itself nobody knows which commits are in it.
    const mayPatch = settings.patch === "on" && settings.consistency === "database";
    const { delivery, index } = { delivery: this.#delivery, index: this.#index };
    this.#patcher = mayPatch ? new Patcher({ index, delivery, counters, trace }) : null;
  }

  /** True when nothing is queued, held or asked: every stream shows the last commit that concerns it. */
  get isQuiet(): boolean {
    if (!this.#queue.isEmpty || this.#screen.isUnderWay || this.#patcher?.isPending === true) return false;
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
      this.#queue.add(entry, performance.now(), false);
    }
    const joined = entry;
    joined.subscribers.add(subscriber);
    subscriber.firstSeq = joined.dirtySeq;
    subscriber.order = this.#nextOrder++;
    if (joined.outdatedSinceMs === 0) queueMicrotask(() => this.#delivery.prime(joined, subscriber));
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
      if (this.#index.dirtySet(commit).schema) this.#reports.forget();
      this.#reports.endIdle(commit);
      return;
    }
    if (this.#index.dirtySet(commit).schema) {
      this.#reports.forget();
      for (const entry of this.#index.entries) {
        entry.schemaSeq = commit.seq;
        entry.dependencies = null;
        this.#index.add(entry);
      }
    }
    this.#reports.endIdle(commit);
    const cost = this.#patcher === null
      ? this.#index.concerned(commit, (entry) => this.#concern(entry, commit.seq, nowMs))
      : this.#patchOrConcern(this.#patcher, commit, nowMs);
    if (this.#counters.enabled) {
      this.#counters.add("invalidate_us", (performance.now() - nowMs) * 1000);
      this.#counters.add("invalidate_count", 1);
      this.#counters.add("intersection_entries", cost.entries);
      this.#counters.add("row_spared", cost.spared);
    }
  }

  /** The writer has answered a request, with or without a commit. */
  writerAnswered(): void {
    this.#queue.writerAnswered();
    this.#readScreenOn();
    this.flush();
  }

  /** Hands queued entries to idle readers: as one screen, or in equal shares, and no more than there are readers. */
  flush(): void {
    if (this.#queue.readyCount === 0 || this.#closed) return;
    if (this.#settings.consistency === "database") {
      if (!this.#screen.isUnderWay && this.#reads.idleForStreams > 0) this.#screen.ask();
      return;
    }
    let idle = this.#reads.idleForStreams;
    while (idle > 0 && this.#queue.readyCount > 0) {
      const chunk = this.#queue.take(Math.min(maxChunk, Math.ceil(this.#queue.readyCount / idle)));
      if (chunk.length === 0) continue;
      this.#reads.requery(this.#inputs(chunk), null, {
        done: (outcome) => {
          this.#traceAnswer(chunk, outcome);
          const none = { result: null, hash: null, error: outcome.error, dependencies: null, tookMs: 0 };
          this.#answers.completeEach(chunk, outcome.requeries ?? chunk.map(() => none), outcome.seq);
        },
        failed: (error) => this.#fail(chunk, error),
        lost: () => this.#askOnceMore(chunk),
      });
      idle--;
    }
  }

  /** How commits find each live query, for people: by which columns, or why by table only. */
  routes(): LiveRoute[] {
    return [...this.#byKey.values()].map(describeRoute);
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
    this.#queue.clear();
    this.#poll.stop();
  }

  /** Shows every subscriber an error that concerns the whole database. */
  fail(error: EngineError): void {
    this.#poll.stop();
    for (const entry of this.#patcher?.giveUp() ?? []) this.#queue.add(entry, performance.now(), false);
    this.#answers.fail(this.#byKey.values(), error);
    this.#readScreenOn();
    this.flush();
  }

  /** A commit says when to ask again after most errors; the troubles with a file end without one. */
  async #look(): Promise<void> {
    for (const entry of this.#byKey.values()) {
      if (entry.error === null || entry.isInFlight || !passingCode.test(entry.error.code)) continue;
      this.#queue.add(entry, performance.now(), false);
    }
    this.flush();
    await this.#writer.look();
  }

  #remove(entry: StreamEntry): void {
    if (entry.isClosed) return;
    entry.isClosed = true;
    this.#byKey.delete(entry.key);
    if (this.#byKey.size === 0) this.#poll.stop();
    this.#index.remove(entry);
  }

  #patchOrConcern(patcher: Patcher, commit: Commit, nowMs: number): LookupCost {
    const concerned = new Set<StreamEntry>();
    const cost = this.#index.concerned(commit, (entry) => void concerned.add(entry));
    if (concerned.size === 0) return cost;
    const isCurrent = this.#queue.isEmpty && !this.#screen.isUnderWay;
    if (isCurrent && patcher.takes(commit, concerned)) return cost;
    for (const entry of patcher.giveUp()) concerned.add(entry);
    for (const entry of concerned) this.#concern(entry, commit.seq, nowMs);
    return cost;
  }

  #concern(entry: StreamEntry, seq: number, nowMs: number): void {
    if (entry.dirtySeq >= seq) return;
    entry.dirtySeq = seq;
    this.#trace.add("invalidate", entry.id, seq, nowMs);
    if (entry.outdatedSinceMs === 0) entry.outdatedSinceMs = nowMs;
    if (entry.isInFlight) {
      entry.invalidatedInFlight = true;
      if (entry.dirtySinceSentMs === 0) entry.dirtySinceSentMs = nowMs;
    } else this.#queue.add(entry, nowMs, true);
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
      const { sql, params } = entry;
      const hash = entry.hash ?? this.#hashOf(entry);
      return { sql, params, hash, wantsDependencies: entry.dependencies === null };
    });
  }

  /** That of rows that were not read is not known until it is needed. */
  #hashOf(entry: StreamEntry): ResultHash | null {
    const { rows, patchedBy } = entry;
    if (rows === null || patchedBy === null) return null;
    const { names } = patchedBy;
    return entry.hash = this.#hasher.hash(names, rows.map((row) => names.map((name) => row[name]!)));
  }

  #makeScreen(): Screen {
    const lastSeq = () => this.#lastSeq;
    return new Screen(this.#reads, this.#writer, {
      get lastSeq() {
        return lastSeq();
      },
      takeMembers: () => this.#queue.takeScreen(),
      inputs: (members) => this.#inputs(members),
      answered: (members, outcome) => this.#traceAnswer(members, outcome),
      complete: (members, requeries, seq, newestSeq) => {
        this.#answers.completeScreen(members, requeries, seq, newestSeq);
      },
      failed: (members, error) => this.#fail(members, error),
      lost: (members) => this.#askOnceMore(members),
    });
  }

  #fail(chunk: readonly StreamEntry[], error: Error): void {
    for (const entry of chunk) entry.isInFlight = false;
    this.#answers.fail(chunk, error as EngineError);
  }

  #askOnceMore(chunk: readonly StreamEntry[]): void {
    for (const entry of chunk) {
      entry.isInFlight = false;
      if (!entry.isClosed) this.#queue.add(entry, performance.now(), false);
    }
  }

  #readScreenOn(): void {
    if (!this.#closed) this.#screen.readOn();
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
}
