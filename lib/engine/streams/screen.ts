/**
 * One screen: live queries that are asked on one snapshot, and delivered in one turn.
 *
 * A reader may keep a snapshot that holds commits of which the caller does not know yet. The screen then waits until it knows
 * them, and what they concern is read from the same snapshot as well: the screen shows that snapshot, whichever of the commits
 * are in it.
 *
 * @module
 */

import type { ReaderOutcome, RequeryOutcome } from "../protocol.ts";
import type { ReadOn, Reads, RequeryInput } from "../readers/reads.ts";
import type { StreamEntry } from "./entry.ts";

/** What a screen knows of the writer. */
export interface ScreenWriter {
  readonly sentCount: number;
  readonly answeredCount: number;
}

/** Who a screen is made for. */
export interface ScreenOwner {
  /** The newest commit that the caller knows of. */
  readonly lastSeq: number;
  /** Takes from the queue what is to be shown together. */
  takeMembers(): StreamEntry[];
  /** What to ask for these entries, which are in flight from now on. */
  inputs(members: readonly StreamEntry[]): RequeryInput[];
  /** An answer for some of the members has come. */
  answered(members: readonly StreamEntry[], outcome: ReaderOutcome): void;
  /** All of it is there. `newestSeq`: commits up to this one may be in it; up to `seq` they are. */
  complete(
    members: readonly StreamEntry[],
    requeries: readonly RequeryOutcome[],
    seq: number,
    newestSeq: number,
  ): void;
  /** It cannot be had. */
  failed(members: readonly StreamEntry[], error: Error): void;
  /** The reader has died with the snapshot: all of it must be asked again. */
  lost(members: readonly StreamEntry[]): void;
}

/** The screen under way; there is one at a time. */
export class Screen {
  readonly #reads: Reads;
  readonly #writer: ScreenWriter;
  readonly #owner: ScreenOwner;
  #members: StreamEntry[] = [];
  #requeries: RequeryOutcome[] = [];
  #isUnderWay = false;
  /** Set while the reader keeps a snapshot that may hold commits up to `#heldSeq`, of which the caller may not know yet. */
  #readOn: ReadOn | null = null;
  #heldSeq = 0;
  /** When the writer has answered so many requests, all commits of the snapshot are known. */
  #knownAtCount = 0;

  constructor(reads: Reads, writer: ScreenWriter, owner: ScreenOwner) {
    this.#reads = reads;
    this.#writer = writer;
    this.#owner = owner;
  }

  /** True from the question to the last answer. */
  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** Asks for all that is outdated. To be called when none is under way, and a reader is idle. */
  ask(): void {
    const members = this.#owner.takeMembers();
    if (members.length === 0) return;
    this.#members = members;
    this.#requeries = [];
    this.#heldSeq = 0;
    this.#isUnderWay = true;
    this.#reads.requery(this.#owner.inputs(members), this.#owner.lastSeq, {
      done: (outcome, readOn) => this.#take(outcome, readOn),
      failed: (error) => this.#owner.failed(this.#end(), error),
      lost: () => this.#owner.lost(this.#end()),
    });
  }

  /** Reads on when all commits are known that the kept snapshot may hold. */
  readOn(): void {
    const readOn = this.#readOn;
    if (readOn === null) return;
    if (this.#owner.lastSeq < this.#heldSeq && this.#writer.answeredCount < this.#knownAtCount) return;
    this.#readOn = null;
    const more = this.#owner.takeMembers();
    this.#members.push(...more);
    readOn(this.#owner.inputs(more));
  }

  #take(outcome: ReaderOutcome, readOn: ReadOn | null): void {
    const members = this.#members;
    const requeries = this.#requeries;
    const from = requeries.length;
    this.#owner.answered(members.slice(from), outcome);
    const none = { result: null, hash: null, error: outcome.error, dependencies: null, tookMs: 0 };
    for (let i = from; i < members.length; i++) requeries.push(outcome.requeries?.[i - from] ?? none);
    if (readOn === null) {
      const newestSeq = Math.max(outcome.seq, this.#heldSeq);
      this.#owner.complete(this.#end(), requeries, outcome.seq, newestSeq);
    } else {
      this.#readOn = readOn;
      this.#heldSeq = outcome.heldSeq;
      this.#knownAtCount = this.#writer.sentCount;
      this.readOn();
    }
  }

  #end(): StreamEntry[] {
    this.#isUnderWay = false;
    this.#readOn = null;
    return this.#members;
  }
}
