/**
 * What a database is made of: who writes, who reads, and with which threads and connections.
 *
 * ```
 * file, writer "thread"           a thread that writes, threads that read
 * file, writer "caller", "auto"   the calling thread writes, and makes short reads; a thread that helps, threads that read
 * memory                          the calling thread does everything, with one connection
 * ```
 *
 * @module
 */

import { CallerBudget } from "./caller_budget.ts";
import type { Counters } from "./counters.ts";
import type { EngineError } from "./errors.ts";
import type { Settings } from "./options.ts";
import type { Commit, WorkerStart } from "./protocol.ts";
import { Backups } from "./readers/backup.ts";
import { Cursors } from "./readers/cursors.ts";
import { LocalReader } from "./readers/local_reader.ts";
import { MemoryCopies } from "./readers/memory_copies.ts";
import { MemoryReads } from "./readers/memory_reads.ts";
import { ReaderPool } from "./readers/pool.ts";
import type { Copies, PieceReads, Reads } from "./readers/reads.ts";
import { openMemory } from "./sqlite/connection.ts";
import { type HashKey, makeHashKey } from "./sqlite/result.ts";
import { SharedConnection } from "./sqlite/shared_connection.ts";
import { CallerHost } from "./writer/caller_host.ts";
import { Writer } from "./writer/writer.ts";
import { ThreadHost } from "./writer/writer_host.ts";

/** The path of a database in memory. */
export const memoryPath = ":memory:";

/** The parts of one database. */
export interface Parts {
  readonly writer: Writer;
  readonly reads: Reads;
  readonly pieces: PieceReads;
  readonly copies: Copies;
  readonly budget: CallerBudget;
  /** What results are hashed with. */
  readonly hashKey: HashKey;
}

/** What the streams are told. */
export interface PartEvents {
  onCommit(commit: Commit): void;
  /** The writer has answered a request. */
  onSettled(): void;
  /** The writer is gone. */
  onLost(error: EngineError): void;
  /** A reader has nothing to do. */
  onIdle(): void;
}

type Start = Omit<WorkerStart, "channel">;
/** Makes what a thread, or a core on the calling thread, is started with; each has counters of its own, or none. */
type MakeStart = (own?: Float64Array | null, firstDirtyId?: number, mayCreate?: boolean) => Start;

/**
 * Makes the parts of a database; `path` is absolute, or that of memory. Functions of the user's must be loaded in this thread
 * where it has a connection of its own.
 */
export function makeParts(
  path: string,
  settings: Settings,
  counters: Counters,
  isTraced: boolean,
  events: PartEvents,
): Parts {
  const isShared = path === memoryPath;
  const hashKey = makeHashKey();
  const commitSeq = new Float64Array(new SharedArrayBuffer(16));
  const start: MakeStart = (own = counters.slice(), firstDirtyId = 0, mayCreate = true) => ({
    path,
    busyTimeoutMs: settings.busyTimeoutMs,
    statementCacheSize: settings.statementCacheSize,
    synchronous: settings.synchronous,
    foreignKeys: settings.foreignKeys,
    readOnly: settings.readOnly,
    mayCreate,
    functions: settings.functions,
    isShared,
    // There is no log to be kept short.
    walLimitPages: isShared ? Infinity : settings.walLimitPages,
    commitSeq,
    counters: own,
    traced: isTraced,
    firstDirtyId,
    hashKey,
    patches: settings.patch === "on",
  });
  const budget = new CallerBudget(settings.callerBudgetMs);
  const made = isShared
    ? inMemory(start, budget, counters, events)
    : onFile(start, settings, budget, counters, events);
  return { ...made, hashKey };
}

function onFile(
  start: MakeStart,
  { writer: place, readers, closeTimeoutMs }: Settings,
  budget: CallerBudget,
  counters: Counters,
  events: PartEvents,
): Omit<Parts, "hashKey"> {
  const writer = new Writer(
    (hostEvents) => {
      if (place === "thread") return new ThreadHost(start(), hostEvents);
      const settings = { movesSlow: place === "auto", budget, memory: null };
      return new CallerHost(start(), () => start(undefined, 1 << 20, false), settings, hostEvents);
    },
    counters,
    events,
  );
  const local = place === "thread" ? null : { reader: new LocalReader(start()), budget };
  const reads = new ReaderPool(
    readers,
    () => start(),
    counters,
    () => events.onIdle(),
    closeTimeoutMs,
    local,
  );
  // They are not counted: counters are those of threads that stay. And copying pages calls no functions.
  const pieces = new Cursors(() => ({ ...start(null), traced: false }), closeTimeoutMs);
  const copies = new Backups(() => ({ ...start(null), functions: null }));
  return { writer, reads, pieces, copies, budget };
}

function inMemory(
  start: MakeStart,
  budget: CallerBudget,
  counters: Counters,
  events: PartEvents,
): Omit<Parts, "hashKey"> {
  const db = openMemory(start(null));
  const memory = new SharedConnection(db);
  const place: { host: CallerHost | null } = { host: null };
  const writer = new Writer(
    (hostEvents) =>
      place.host = new CallerHost(
        start(),
        () => start(null),
        { movesSlow: false, budget, memory },
        hostEvents,
      ),
    counters,
    {
      ...events,
      onSettled: () => {
        reads.writerAnswered();
        events.onSettled();
      },
      onLost: (error) => {
        reads.writerAnswered();
        events.onLost(error);
      },
    },
  );
  const owner = {
    owner: writer,
    get isAtWork() {
      return place.host!.isAtWork;
    },
  };
  const reads: MemoryReads = new MemoryReads(memory, start(), owner, budget, () => events.onIdle());
  return { writer, reads, pieces: reads, copies: new MemoryCopies(db, writer), budget };
}
