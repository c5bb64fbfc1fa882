/**
 * How much of the calling thread's time the engine may take for itself, and what statements have cost so far.
 *
 * A frame of a screen is 16 ms. What the engine does on the calling thread between two turns of its event loop stays below a
 * budget, as far as measured costs foretell it: what does not fit goes to another thread, or to a later turn.
 *
 * @module
 */

/** More texts than this are forgotten all at once: texts that are made anew each time never come back. */
const keptTexts = 4096;

/** Of each turn, this share is left to writes: a read that takes all of it would push the next write off. */
const readShare = 0.75;

/** The two newest measurements. */
interface Cost {
  lastMs: number;
  beforeMs: number;
}

/** The time of one database on the calling thread. */
export class CallerBudget {
  readonly #limitMs: number;
  readonly #writes = new Map<string, Cost>();
  readonly #reads = new Map<string, Cost>();
  #spentMs = 0;
  #turn: ReturnType<typeof setImmediate> | undefined;

  /** `limitMs` is the time in one turn. */
  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** True when so much time is left in this turn. */
  leaves(ms: number): boolean {
    return this.#spentMs + ms <= this.#limitMs;
  }

  /** True when a read of this cost should be done on the calling thread, in a turn of its own. */
  takesRead(ms: number): boolean {
    return ms <= this.#limitMs * readShare;
  }

  /** Takes note of time that was spent. */
  spend(ms: number): void {
    this.#spentMs += ms;
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#spentMs = 0;
    });
  }

  /**
   * What a write is expected to cost by unit of work (a row of a batch), or `unknownMs`. The smaller one of the two newest
   * measurements: one may have met a pause of the machine, and moving a write to another thread costs two trips.
   */
  writeMs(text: string, unknownMs: number): number {
    const cost = this.#writes.get(text);
    return cost === undefined ? unknownMs : Math.min(cost.lastMs, cost.beforeMs);
  }

  /** Takes note of what a write has cost by unit. */
  noteWrite(text: string, ms: number): void {
    note(this.#writes, text, ms);
  }

  /**
   * What a read is expected to cost; Infinity when it was never measured. The larger one of the two newest measurements: where
   * params make the difference the slow ones must not be met on the calling thread again and again.
   */
  readMs(text: string): number {
    const cost = this.#reads.get(text);
    return cost === undefined ? Infinity : Math.max(cost.lastMs, cost.beforeMs);
  }

  /** Takes note of what a read has cost. */
  noteRead(text: string, ms: number): void {
    note(this.#reads, text, ms);
  }

  /** Ends what runs in the event loop. */
  close(): void {
    clearImmediate(this.#turn);
  }
}

function note(costs: Map<string, Cost>, text: string, ms: number): void {
  const known = costs.get(text);
  if (known !== undefined) {
    known.beforeMs = known.lastMs;
    known.lastMs = ms;
    return;
  }
  if (costs.size >= keptTexts) costs.clear();
  costs.set(text, { lastMs: ms, beforeMs: ms });
}
