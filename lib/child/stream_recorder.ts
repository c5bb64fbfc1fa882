/** Notes the deliveries of all streams of a phase: when, and the digest of what was shown. Interprets nothing. */
import type { Observer } from "../model/adapter.ts";
import { messageOf } from "../model/errors.ts";
import type { Row } from "../model/value.ts";
import type { AskedQuery, FinalDigests, PlayedStream } from "../protocol/player.ts";
import { append } from "../protocol/append.ts";
import { setDigest } from "../protocol/digester.ts";
import { resultColumns } from "../protocol/result_columns.ts";
import type { Screen } from "../runtime/runtime.ts";
import { DigestLists } from "./digest_lists.ts";
import { NumberColumn } from "./number_column.ts";
import type { ResultRecorder } from "./result_recorder.ts";

/** What a recorder works with. */
export interface StreamRecording {
  /** The phase's clock. */
  readonly nowNs: () => number;
  readonly results: ResultRecorder;
  /** Notes in which turn of the event loop each emission came. */
  readonly turn?: () => Promise<void>;
  /** Shows what comes. */
  readonly screen?: Screen;
}

/** The recorder of one phase. */
export class StreamRecorder {
  readonly #nowNs: () => number;
  readonly #results: ResultRecorder;
  #streams: RecordedStream[] = [];
  /** Of the rows of all streams whose order is open. */
  #rowDigests = new DigestLists();
  readonly #turn: (() => Promise<void>) | undefined;
  readonly #screen: Screen | undefined;
  #turnNumber = 0;
  #isTurnOpen = false;
  #waiters: (() => void)[] = [];
  #isClosed = false;
  /** Results and errors that came after {@link close}. */
  lateCount = 0;
  /** Time spent in observers so far, nanoseconds. */
  listenerNs = 0;
  /** Time of the newest delivery or error, nanoseconds; -Infinity before the first. */
  lastActivityNs = -Infinity;

  /** A recorder that has recorded nothing. */
  constructor({ nowNs, results, turn, screen }: StreamRecording) {
    this.#nowNs = nowNs;
    this.#results = results;
    this.#turn = turn;
    this.#screen = screen;
  }

  /** Makes the observer of the next stream. Of one that is brief, little room is taken before anything comes. */
  observer(watch: AskedQuery, { isBrief = false }: { readonly isBrief?: boolean } = {}): Observer {
    const capacity = isBrief ? 4 : 64;
    const number = this.#streams.length;
    append(
      this.#streams,
      new RecordedStream(watch, {
        results: this.#results,
        rowDigests: this.#rowDigests,
        notesTurns: this.#turn !== undefined,
        capacity,
      }),
    );
    // The observer holds the number alone: an adapter that never lets go of it would hold all that was recorded.
    return {
      next: (rows) => {
        if (this.#isClosed) return void this.lateCount++;
        const stream = this.#streams[number]!;
        const atNs = this.#nowNs();
        stream.add(atNs, rows, this.#turnNumber);
        this.#screen?.show(number, rows, stream.columns);
        if (this.#turn !== undefined && !this.#isTurnOpen) void this.#endTurn(this.#turn);
        this.lastActivityNs = atNs;
        this.listenerNs += this.#nowNs() - atNs;
        if (this.#waiters.length > 0) this.#wake();
      },
      error: (error) => {
        if (this.#isClosed) return void this.lateCount++;
        const stream = this.#streams[number]!;
        const atNs = this.#nowNs();
        append(stream.errors, { atNs, message: messageOf(error), emissionsBefore: stream.count });
        this.lastActivityNs = atNs;
        this.#wake();
      },
    };
  }

  /** How many streams have shown nothing and not failed either. */
  get silentCount(): number {
    let count = 0;
    for (let index = 0; index < this.#streams.length; index++) {
      const stream = this.#streams[index]!;
      if (stream.count === 0 && stream.errors.length === 0) count += 1;
    }
    return count;
  }

  /**
   * Whether every stream shows its final state, as far as there is one digest of it; `false` where there is none. Streams
   * that were closed are left out.
   */
  showsFinal(finals: FinalDigests): boolean {
    for (let index = 0; index < this.#streams.length; index++) {
      if (finals[index] === -1) continue;
      const stream = this.#streams[index]!;
      if (stream.count === 0 || stream.lastDigest !== finals[index]) return false;
    }
    return true;
  }

  /** Resolves at the next delivery or error of any stream. */
  nextActivity(): Promise<void> {
    return new Promise((resolve) => append(this.#waiters, resolve));
  }

  /** Everything was closed: whatever comes now comes too late. What was recorded is let go. */
  close(): void {
    this.#isClosed = true;
    this.#streams = [];
    this.#rowDigests = new DigestLists(1);
  }

  /** Everything so far, one per observer in the order in which they were made. */
  streams(): PlayedStream[] {
    const played: PlayedStream[] = [];
    for (let index = 0; index < this.#streams.length; index++) played[index] = this.#streams[index]!.played();
    return played;
  }

  /** Emissions whose rows are not any more what they were; empty unless rows are kept. */
  changedLater(): { stream: number; emission: number }[] {
    const changed: { stream: number; emission: number }[] = [];
    for (let stream = 0; stream < this.#streams.length; stream++) {
      this.#streams[stream]!.eachChangedLater((emission) => append(changed, { stream, emission }));
    }
    return changed;
  }

  /** Whatever is delivered until the event loop has turned is seen at once. */
  async #endTurn(turn: () => Promise<void>): Promise<void> {
    this.#isTurnOpen = true;
    await turn();
    this.#turnNumber += 1;
    this.#isTurnOpen = false;
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (let index = 0; index < waiters.length; index++) waiters[index]!();
  }
}

/** What a stream is recorded with. */
interface StreamParts {
  readonly results: ResultRecorder;
  readonly rowDigests: DigestLists;
  readonly notesTurns: boolean;
  /** How many emissions find room before it grows. */
  readonly capacity: number;
}

class RecordedStream {
  readonly errors: { atNs: number; message: string; emissionsBefore: number }[] = [];
  /** Of its results. */
  readonly columns: readonly string[];
  readonly #results: ResultRecorder;
  readonly #atNs: NumberColumn;
  readonly #digests: NumberColumn;
  readonly #rowDigests: DigestLists;
  /** Which list the digests of each emission's rows are; absent where one order is right. */
  readonly #lists: NumberColumn | undefined;
  readonly #rows: (readonly Row[])[] = [];
  readonly #turns: NumberColumn | undefined;

  constructor({ query, isTotal }: AskedQuery, { results, rowDigests, notesTurns, capacity }: StreamParts) {
    this.columns = resultColumns(query);
    this.#results = results;
    this.#rowDigests = rowDigests;
    this.#atNs = new NumberColumn(capacity);
    this.#digests = new NumberColumn(capacity);
    this.#lists = isTotal ? undefined : new NumberColumn(capacity);
    this.#turns = notesTurns ? new NumberColumn(capacity) : undefined;
  }

  get count(): number {
    return this.#digests.length;
  }

  /** As final states are told: of the rows in any order, where the order is open. */
  get lastDigest(): number {
    return this.#lists === undefined
      ? this.#digests.last
      : setDigest(this.#rowDigests.list(this.#lists.last));
  }

  add(atNs: number, rows: readonly Row[], turn: number): void {
    if (this.#lists === undefined) {
      this.#digests.add(this.#results.consume(rows, this.columns));
    } else {
      this.#lists.add(this.#rowDigests.count);
      this.#digests.add(this.#results.consumeOpen(rows, this.columns, this.#rowDigests));
    }
    this.#atNs.add(atNs);
    if (this.#turns !== undefined) this.#turns.add(turn);
    if (this.#results.keepsRows) append(this.#rows, rows);
  }

  played(): PlayedStream {
    return {
      atNs: this.#atNs.toArray(),
      digests: this.#digests.toArray(),
      ...(this.#lists === undefined ? {} : { rowDigests: listsOf(this.#rowDigests, this.#lists) }),
      ...(this.#turns === undefined ? {} : { turns: this.#turns.toArray() }),
      errors: this.errors,
    };
  }

  eachChangedLater(report: (emission: number) => void): void {
    const digests = this.#digests.toArray();
    for (let emission = 0; emission < this.#rows.length; emission++) {
      if (!this.#results.isUnchanged(digests[emission]!, this.#rows[emission]!, this.columns)) {
        report(emission);
      }
    }
  }
}

function listsOf(lists: DigestLists, numbers: NumberColumn): Float64Array[] {
  const found: Float64Array[] = [];
  for (let index = 0; index < numbers.length; index++) append(found, lists.list(numbers.at(index)));
  return found;
}
