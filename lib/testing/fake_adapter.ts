/** A database that keeps every promise, or breaks one on request; for tests of the runner and the oracle. */
import {
  type Adapter,
  type Args,
  type Awaitable,
  type Capabilities,
  DriverUnavailableError,
  type Observer,
  type OptionValues,
  type Query,
  type Requery,
  type Row,
  type Session,
  type WriteStatement,
} from "../model/mod.ts";
import { Truth } from "../oracle/mod.ts";
import { encodeJson } from "../protocol/json.ts";

/** What a fake can do wrong, one at a time. */
export const SINS = [
  "none",
  "drops-last-emission",
  "shows-half-a-batch",
  "goes-back-in-time",
  "shows-a-wrong-value",
  "misreads",
  "reports-an-error",
  "throws-on-write",
  "skips-unwatched-writes",
  "changes-delivered-rows",
  "has-no-driver",
] as const;

/** See {@link SINS}. */
export type Sin = typeof SINS[number];

/** What a fake can do besides sinning. */
export interface FakeOptions {
  readonly sin?: Sin;
  /** Default is `true`. */
  readonly canWatch?: boolean;
  /** Delivers every result twice: waste, but not a lie. Default is `false`. */
  readonly repeatsEmissions?: boolean;
  /** What each live query tells about its re-queries; absent: nothing. */
  readonly requeries?: () => readonly Requery[];
  /** What becomes of closing. Default is `works`. */
  readonly closing?: "works" | "throws" | "never-ends";
  /** Called with each verb as it is used. */
  readonly onVerb?: (verb: string) => void;
}

/** Makes a fake adapter. It delivers synchronously, within the write. */
export function fakeAdapter(fake: FakeOptions = {}): Adapter {
  const canWatch = fake.canWatch ?? true;
  return {
    id: "fake",
    title: "Fake",
    about: "An in-memory model.",
    unfair: "It is no database.",
    homepage: "https://example.com/",
    drivers: {},
    options: { sin: { values: SINS, default: "none", meaning: "What it does wrong" } },
    permissions: {},
    capabilities: (): Capabilities => ({
      liveQueries: canWatch ? "query" : "none",
      sql: false,
      joins: true,
      atomicBatch: true,
      interactiveTransaction: false,
      durability: "none",
      worksOn: "caller",
    }),
    counters: [{
      name: "writes",
      unit: "count",
      thread: "caller",
      kind: "sum",
      meaning: "Writes and batches",
    }],
    knownGaps: [],
    open: (context) => {
      fake.onVerb?.("open");
      const sin = fake.sin ?? sinOf(context.options);
      if (sin === "has-no-driver") {
        throw new DriverUnavailableError('Cannot load driver "fake": not installed');
      }
      const session = new FakeSession(new Truth(context.tables, []), sin, fake);
      return Promise.resolve(canWatch ? session : withoutWatch(session));
    },
  };
}

function sinOf(options: OptionValues): Sin {
  return SINS.find((sin) => sin === options["sin"]) ?? "none";
}

/** A session without the verb, as adapters without live queries have it. */
function withoutWatch(session: FakeSession): Session {
  return {
    write: (statement, args) => session.write(statement, args),
    batch: (statement, rows) => session.batch(statement, rows),
    read: (query, args) => session.read(query, args),
    counters: () => session.counters(),
    close: () => session.close(),
  };
}

interface FakeStream {
  readonly query: Query;
  readonly args: Args;
  readonly observer: Observer;
  /** Results delivered so far. */
  readonly shown: (readonly Row[])[];
}

class FakeSession implements Session {
  readonly #data: Truth;
  readonly #sin: Sin;
  readonly #fake: FakeOptions;
  readonly #streams = new Set<FakeStream>();
  #writeCount = 0;

  constructor(data: Truth, sin: Sin, fake: FakeOptions) {
    this.#data = data;
    this.#sin = sin;
    this.#fake = fake;
  }

  write(statement: WriteStatement, args: Args): void {
    this.#fake.onVerb?.("write");
    if (this.#sin === "throws-on-write") throw new Error("disk I/O error");
    if (this.#sin === "skips-unwatched-writes" && this.#streams.size === 0) return;
    this.#data.apply({ kind: "write", label: "write", statement, args });
    this.#afterCommit();
  }

  batch(statement: WriteStatement, rows: readonly Args[]): void {
    this.#fake.onVerb?.("batch");
    if (this.#sin === "shows-half-a-batch" && rows.length > 1 && this.#streams.size > 0) {
      const half = rows.length >> 1;
      this.#data.apply({ kind: "batch", label: "batch", statement, rows: rows.slice(0, half) });
      this.#afterCommit();
      this.#data.apply({ kind: "batch", label: "batch", statement, rows: rows.slice(half) });
    } else {
      this.#data.apply({ kind: "batch", label: "batch", statement, rows });
    }
    this.#afterCommit();
  }

  read(query: Query, args: Args): readonly Row[] {
    this.#fake.onVerb?.("read");
    const rows = this.#data.read(query, args);
    return this.#sin === "misreads" ? rows.slice(1) : rows;
  }

  watch(query: Query, args: Args, observer: Observer) {
    this.#fake.onVerb?.("watch");
    const stream: FakeStream = { query, args: Array.from(args), observer, shown: [] };
    const rows = this.#data.read(query, args);
    this.#streams.add(stream);
    this.#deliver(stream, rows);
    const { requeries } = this.#fake;
    return {
      close: () => void this.#streams.delete(stream),
      ...(requeries === undefined ? {} : { requeries }),
    };
  }

  counters() {
    return { writes: this.#writeCount };
  }

  close(): Awaitable<void> {
    this.#fake.onVerb?.("close");
    if (this.#fake.closing === "throws") throw new Error("unable to close");
    if (this.#fake.closing === "never-ends") return new Promise(() => {});
  }

  #afterCommit(): void {
    this.#writeCount += 1;
    for (const stream of this.#streams) {
      const rows = this.#data.read(stream.query, stream.args);
      if (encodeJson(rows) === encodeJson(stream.shown.at(-1))) continue;
      this.#commitSin(stream, rows);
    }
  }

  #commitSin(stream: FakeStream, rows: readonly Row[]): void {
    switch (this.#sin) {
      case "drops-last-emission":
        // Silence after the first change: whatever comes last is never shown.
        return;
      case "goes-back-in-time":
        this.#deliver(stream, rows);
        if (stream.shown.length === 3) {
          this.#deliver(stream, stream.shown[1]!);
          this.#deliver(stream, rows);
        }
        return;
      case "shows-a-wrong-value":
        this.#deliver(stream, rows.map((row) => mapNumbers(row, (value) => value + 0.5)));
        this.#deliver(stream, rows);
        return;
      case "changes-delivered-rows": {
        const own = rows.map((row) => ({ ...row }));
        for (const row of stream.shown.at(-1) ?? []) Object.assign(row, { value: -1 });
        this.#deliver(stream, own);
        return;
      }
      case "reports-an-error":
        stream.observer.error(new Error("no such table"));
        this.#deliver(stream, rows);
        return;
      default:
        this.#deliver(stream, rows);
    }
  }

  #deliver(stream: FakeStream, rows: readonly Row[]): void {
    stream.shown.push(rows);
    stream.observer.next(rows);
    if (this.#fake.repeatsEmissions) stream.observer.next(rows);
  }
}

function mapNumbers(row: Row, change: (value: number) => number): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === "number" ? change(value) : value]),
  );
}
