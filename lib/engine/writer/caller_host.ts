/**
 * The writer on the calling thread: a request is served where it is asked, and answered before the call has returned.
 *
 * ```
 * send -> served at once                        small, nothing waits
 *      -> queue -> served in a later turn       this turn's time is spent; another process holds the file
 *               -> helper thread, in order      slow or large (writer "auto")
 * ```
 *
 * One of two connections writes at a time, and requests are answered in the order in which they were sent. To hand over, both
 * must tell commits of others from those of each other: who takes over first takes what is there for known, and then who hands
 * over looks for commits of others. What falls between the two is found by the look, and maybe once more later; never by none.
 *
 * @module
 */

import type { CallerBudget } from "../caller_budget.ts";
import { Decoder } from "../codec.ts";
import { type ErrorShape, shapeOf, withdrawnError } from "../errors.ts";
import { type Commit, type WorkerStart, writerOp, type WriterReply } from "../protocol.ts";
import { openWriter } from "../sqlite/connection.ts";
import type { SharedConnection } from "../sqlite/shared_connection.ts";
import { Helper } from "./helper.ts";
import { WriterCore } from "./writer_core.ts";
import { type Asked, type HostEvents, movableOps, type WriterHost } from "./writer_host.ts";

/** How a writer on the calling thread works. */
export interface CallerHostSettings {
  /** Slow and large requests go to a helper thread. */
  readonly movesSlow: boolean;
  readonly budget: CallerBudget;
  /** Of a database in memory: its one connection, and who reads with it; null for a file, which is opened. */
  readonly memory: SharedConnection | null;
}

interface Waiting {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly asked: Asked;
  isWithdrawn: boolean;
}

/** What a row of a batch is taken to cost before any was measured. */
const unknownRowMs = 0.003;
/** The log grows by its limit, at most, between two times when it is to be looked at. */
const maxDue = 4;
/** Waits between attempts while another process holds the file. */
const retryMs = [1, 1, 2, 2, 5, 5, 10] as const;

/** The writer on the calling thread. */
export class CallerHost implements WriterHost {
  readonly #start: Omit<WorkerStart, "channel">;
  readonly #helperStart: () => Omit<WorkerStart, "channel">;
  readonly #events: HostEvents;
  #movesSlow: boolean;
  readonly #budget: CallerBudget;
  readonly #memory: SharedConnection | null;
  readonly #request = new Decoder();
  #core: WriterCore | null = null;
  #isServing = false;
  readonly #queue: Waiting[] = [];
  #head = 0;
  /** Who writes: this thread, or the helper, or nobody for a moment: while it changes, or when the helper has just died. */
  #place: "here" | "away" | "moving" | "lost" = "here";
  #helper: Helper | null = null;
  /** Requests that the helper has not answered. */
  #awayCount = 0;
  /** Texts that the helper may run, while it does. */
  readonly #movable = new Set<string>();
  #isCheckpointing = false;
  /** How often the log was to be looked at since the last look was asked for. */
  #dueCount = 0;
  /** When the request at the head has first found the file locked; 0 for not at all. */
  #busySinceMs = 0;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn: ReturnType<typeof setImmediate> | undefined;
  #isStopped = false;

  constructor(
    start: Omit<WorkerStart, "channel">,
    helperStart: () => Omit<WorkerStart, "channel">,
    settings: CallerHostSettings,
    events: HostEvents,
  ) {
    this.#start = start;
    this.#helperStart = helperStart;
    this.#events = events;
    this.#movesSlow = settings.movesSlow;
    this.#budget = settings.budget;
    this.#memory = settings.memory;
  }

  async opened(): Promise<ErrorShape | null> {
    const untilMs = performance.now() + this.#start.busyTimeoutMs;
    for (let attempt = 0;; attempt++) {
      try {
        this.#core = this.#openCore();
        break;
      } catch (error) {
        const shape = shapeOf(error, "open", null);
        if (!isBusy(shape) || performance.now() >= untilMs) return shape;
        await new Promise((resolve) => setTimeout(resolve, waitMs(attempt)));
      }
    }
    // The first slow request should not have to wait for a thread to start.
    if (this.#movesSlow) this.#helped();
    return null;
  }

  get isServing(): boolean {
    return this.#isServing;
  }

  /** A request is being served, or a transaction is open: what stands in the connection may not be committed. */
  get isAtWork(): boolean {
    return this.#isServing || this.#core?.isInTransaction === true;
  }

  send(bytes: Uint8Array, asked: Asked): void {
    const isFirst = !this.#isServing && this.#head === this.#queue.length && !this.#isOverdue &&
      !this.#isRead;
    if (
      isFirst && this.#place === "here" && !this.#isTooMuch(asked) &&
      this.#serve(bytes as Uint8Array<ArrayBuffer>, asked)
    ) {
      this.#pump();
      return;
    }
    this.#queue.push({ bytes: bytes.slice(), asked, isWithdrawn: false });
    this.#pump();
  }

  withdraw(id: number): boolean {
    for (let i = this.#head; i < this.#queue.length; i++) {
      const waiting = this.#queue[i]!;
      if (new DataView(waiting.bytes.buffer).getUint32(0, true) !== id) continue;
      waiting.isWithdrawn = true;
      return true;
    }
    this.#helper?.withdraw(id);
    return false;
  }

  stop(): Promise<void> {
    return this.#end();
  }

  leave(): Promise<void> {
    this.#queue.length = this.#head = 0;
    return this.#end(0);
  }

  async #end(helperTimeoutMs?: number): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    this.#core?.close();
    this.#core = null;
    // It is the last one to close the file, and so the one that copies the log back.
    await this.#helper?.stop(helperTimeoutMs);
  }

  crash(): void {
    this.#helped().crash();
  }

  #openCore(): WriterCore {
    // A lock of another process must not hold up the caller: whoever meets one is served again a little later.
    const start = { ...this.#start, busyTimeoutMs: 0 } as WorkerStart;
    const db = this.#memory?.writer ?? openWriter(start);
    try {
      return new WriterCore(db, start);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** True when the request must not be served at once: this turn's time is spent, or it would be by this request. */
  #isTooMuch(asked: Asked): boolean {
    if (!movableOps.has(asked.op)) return false;
    const mayMove = this.#movesSlow && this.#core?.isInTransaction === false;
    return !this.#budget.leaves(mayMove ? this.#foreseenMs(asked) : 0);
  }

  #foreseenMs({ key, units }: Asked): number {
    return this.#budget.writeMs(key, units > 1 ? unknownRowMs : 0) * units;
  }

  /** Serves what waits, in order, as far as it can be served now. */
  #pump(): void {
    if (this.#isServing || this.#timer !== undefined || this.#turn !== undefined) return;
    if (this.#isRead) return this.#goOnNextTurn();
    while (this.#head < this.#queue.length && (this.#place === "here" || this.#place === "away")) {
      const { bytes, asked, isWithdrawn } = this.#queue[this.#head]!;
      if (isWithdrawn) {
        // Its place in the order is kept.
        if (this.#awayCount > 0) return;
        this.#shift();
        this.#events.reply({ ok: false, error: withdrawnError("execute", null) }, null);
        continue;
      }
      if (this.#belongsAway(asked)) {
        if (this.#place === "here") return void this.#goAway();
        this.#forward(bytes, asked);
      } else {
        if (this.#place === "away") {
          if (this.#awayCount === 0) void this.#comeBack();
          return;
        }
        if (this.#isOverdue) return;
        if (!this.#budget.leaves(0)) return this.#goOnNextTurn();
        if (!this.#serve(bytes, asked)) return this.#tryAgainLater();
      }
      this.#shift();
    }
  }

  #shift(): void {
    this.#head++;
    if (this.#head >= this.#queue.length) {
      this.#queue.length = 0;
      this.#head = 0;
    } else if (this.#head > 1024) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
  }

  /** What waits behind a request counts as well: it is about as slow, and would have to wait for later turns. */
  #belongsAway(asked: Asked): boolean {
    if (!this.#movesSlow || this.#core === null || this.#core.isInTransaction) return false;
    // Only the connection that wrote last can tell others' commits from its own.
    if (asked.op === writerOp.look) return this.#place === "away";
    if (!movableOps.has(asked.op)) return false;
    const isBehindOthers = this.#place === "away" && this.#awayCount > 0;
    const foreseenMs = this.#foreseenMs(asked) * (this.#queue.length - this.#head);
    if (!isBehindOthers && this.#budget.leaves(foreseenMs)) return false;
    if (this.#place !== "away") return this.#core.areMovable(asked.texts);
    if (this.#movable.has(asked.key)) return true;
    const isMovable = this.#core.areMovable(asked.texts);
    if (isMovable) this.#movable.add(asked.key);
    return isMovable;
  }

  /** Serves one request here; false when it found the file locked and is to be served again. */
  #serve(bytes: Uint8Array<ArrayBuffer>, asked: Asked): boolean {
    this.#isServing = true;
    try {
      const request = this.#request.open(bytes);
      const id = request.uint();
      const op = request.byte();
      if (op === writerOp.close) {
        this.#core?.close();
        this.#core = null;
        this.#events.reply({ ok: true, changes: 0, lastRowid: 0, rows: null }, null);
        return true;
      }
      const core = this.#core!;
      let reply: WriterReply;
      try {
        reply = core.handle(id, op, request);
      } catch (error) {
        this.#fail(error as Error);
        return true;
      }
      this.#note(asked, reply);
      const outcome = reply[1];
      if (!outcome.ok && isBusy(outcome.error) && !core.isInTransaction && this.#mayTryAgain()) return false;
      this.#busySinceMs = 0;
      this.#attempts = 0;
      this.#budget.spend(reply[3]);
      this.#events.reply(outcome, reply[2]);
      if (core.tidies()) this.#checkpoint();
      return true;
    } finally {
      this.#isServing = false;
    }
  }

  /** What is no answer of SQLite's is a fault that leaves nothing to go on with, as in a thread. */
  #fail(error: Error): void {
    this.#core?.close();
    this.#core = null;
    this.#queue.length = this.#head = 0;
    this.#events.lost(`the writer has failed: ${error.message}`);
  }

  #note({ key, units }: Asked, [, outcome, , tookMs]: WriterReply): void {
    if (outcome.ok && key !== "") this.#budget.noteWrite(key, tookMs / units);
  }

  #mayTryAgain(): boolean {
    const nowMs = performance.now();
    if (this.#busySinceMs === 0) this.#busySinceMs = nowMs;
    return nowMs - this.#busySinceMs < this.#start.busyTimeoutMs;
  }

  #tryAgainLater(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#pump();
    }, waitMs(this.#attempts++));
  }

  #goOnNextTurn(): void {
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      this.#pump();
    });
  }

  #forward(bytes: Uint8Array, asked: Asked): void {
    this.#awayCount++;
    this.#busySinceMs = 0;
    this.#helper!.forward(bytes, {
      done: (reply) => {
        this.#awayCount--;
        this.#note(asked, reply);
        this.#events.reply(reply[1], reply[2]);
        this.#pump();
      },
      lost: (reason) => {
        this.#awayCount--;
        if (this.#place === "away") this.#place = "lost";
        this.#events.dropped(reason);
      },
    });
  }

  async #goAway(): Promise<void> {
    this.#place = "moving";
    const helper = this.#helped();
    try {
      // What it cannot do now is done here from now on.
      if (await helper.opened() !== null) this.#movesSlow = false;
      await helper.takeOver(this.#core!);
      this.#tell(this.#core!.look());
      this.#place = "away";
    } catch {
      if (this.#isStopped) return;
      // It is gone: what should have gone there is served here, for once.
      this.#place = "here";
      this.#serveFirst();
    }
    this.#pump();
  }

  async #comeBack(): Promise<void> {
    this.#place = "moving";
    try {
      this.#core!.adoptCommits();
      const { commit, ...standing } = await this.#helper!.handBack();
      this.#tell(commit);
      this.#core!.inherit(standing);
      this.#arrive();
    } catch {
      if (this.#isStopped) return;
      if (this.#place === "moving") this.#arriveAnyhow();
    }
    this.#pump();
  }

  #serveFirst(): void {
    const { bytes, asked } = this.#queue[this.#head]!;
    if (this.#serve(bytes, asked)) this.#shift();
  }

  #arrive(): void {
    this.#place = "here";
    this.#movable.clear();
  }

  /** What the helper has committed may not have been told. */
  #arriveAnyhow(): void {
    this.#tell(this.#core!.suspectAll());
    this.#arrive();
  }

  #tell(commit: Commit | null): void {
    if (commit !== null) this.#events.found(commit);
  }

  #helped(): Helper {
    return this.#helper ??= new Helper(this.#helperStart(), () => this.#lose());
  }

  /** The helper has died. */
  #lose(): void {
    this.#helper = null;
    const place = this.#place;
    if (this.#core === null || this.#isStopped || place === "here") return;
    this.#arriveAnyhow();
    // Who was about to hand over goes on by itself.
    if (place !== "moving") this.#pump();
  }

  #checkpoint(): void {
    this.#dueCount++;
    if (this.#isCheckpointing) return;
    this.#isCheckpointing = true;
    this.#helped().checkpoint().catch(() => {}).finally(() => {
      this.#isCheckpointing = false;
      const isDueAgain = this.#dueCount > 1;
      this.#dueCount = 0;
      if (this.#isStopped) return;
      if (isDueAgain) this.#checkpoint();
      this.#pump();
    });
  }

  /** A function of the user's asks for a write while something is read with the connection. */
  get #isRead(): boolean {
    return this.#memory?.isReading === true;
  }

  /** Writes that outrun the checkpoints have to wait for them, or the log would grow without a bound. */
  get #isOverdue(): boolean {
    return this.#dueCount > maxDue && this.#core?.isInTransaction === false;
  }
}

function isBusy({ sqliteCode }: ErrorShape): boolean {
  return ((sqliteCode ?? 0) & 0xff) === 5;
}

function waitMs(attempt: number): number {
  return retryMs[Math.min(attempt, retryMs.length - 1)]!;
}
