import { messageOf, type Observer, type Row, type StreamLog } from "../model/mod.ts";
import { consumeRows } from "./consume.ts";

/** Notes the deliveries of all streams of a phase; interprets nothing. */
export class StreamRecorder {
  readonly #nowNs: () => number;
  readonly #logs: RecordedStream[] = [];
  readonly #waiters: (() => void)[] = [];
  /** Time spent in observers so far, nanoseconds. */
  listenerNs = 0;
  /** Time of the newest delivery or error, nanoseconds; -Infinity before the first. */
  lastActivityNs = -Infinity;
  /** Sum over consumed values; read by nobody, but the runtime cannot know. */
  consumed = 0;

  /** `nowNs` is the phase's clock. */
  constructor(nowNs: () => number) {
    this.#nowNs = nowNs;
  }

  /** The logs so far, one per observer in the order in which they were made. */
  get logs(): readonly StreamLog[] {
    return this.#logs;
  }

  /** Makes the observer of the next stream. */
  observer(): Observer {
    const log = new RecordedStream();
    this.#logs.push(log);
    return {
      next: (rows) => {
        const atNs = this.#nowNs();
        log.atNs.push(atNs);
        log.rows.push(rows);
        this.consumed += consumeRows(rows);
        this.lastActivityNs = atNs;
        this.listenerNs += this.#nowNs() - atNs;
        if (this.#waiters.length > 0) this.#wake();
      },
      error: (error) => {
        const atNs = this.#nowNs();
        log.errors.push({ atNs, message: messageOf(error), emissionsBefore: log.rows.length });
        this.lastActivityNs = atNs;
        this.#wake();
      },
    };
  }

  /** Whether every stream has shown a result or failed. */
  haveAllStarted(): boolean {
    return this.#logs.every((log) => log.rows.length > 0 || log.errors.length > 0);
  }

  /** Resolves at the next delivery or error of any stream. */
  nextActivity(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}

class RecordedStream implements StreamLog {
  readonly atNs: number[] = [];
  readonly rows: (readonly Row[])[] = [];
  readonly errors: { atNs: number; message: string; emissionsBefore: number }[] = [];
}
