/** Sessions on SQLite that keep less than they claim, and legal ones that look as if they did. */
import { DatabaseSync } from "node:sqlite";
import { openSqliteSession, SQLITE_PRAGMAS, sqliteFile } from "../../adapters/shared/sqlite_session.ts";
import type {
  Args,
  Awaitable,
  OpenContext,
  Query,
  Row,
  Session,
  TransactionStep,
  WriteStatement,
} from "../../model/mod.ts";
import type { Way } from "./ways.ts";

const { setTimeout, setImmediate } = globalThis;
const WRITES_PER_SNAPSHOT = 25;
const GROUP_MS = 50;
/** Longer than a kill comes after an acknowledgement. */
const HALFWAY_MS = 60;

/** The session on which a saboteur stands. */
export function openForgetful(context: OpenContext, way: Way): Session {
  const file = sqliteFile(context);
  switch (way) {
    case "keeps-data-in-memory":
      return openSqliteSession(new DatabaseSync(":memory:"), { ...context, database: "new" });
    case "saves-a-snapshot-now-and-then":
    case "saves-a-snapshot-now-and-then-as-it-says":
      return new SnapshotSession(context, file);
    case "acknowledges-before-its-commit":
      return new LateSession(openHonest(context, file), (work) => void setImmediate(work));
    case "commits-every-50-ms":
      return new LateSession(openHonest(context, file), (work) => void setTimeout(work, GROUP_MS));
    case "deletes-its-file-at-close": {
      const session = openHonest(context, file);
      return forwarding(session, {
        async close() {
          await session.close();
          await Deno.remove(file);
        },
      });
    }
    case "commits-in-groups-and-acknowledges-then":
      return new GroupSession(openHonest(context, file));
    case "pauses-halfway-in-a-batch":
    case "pauses-halfway-in-a-batch-as-it-says": {
      const session = openHonest(context, file);
      return forwarding(session, {
        async batch(statement, rows) {
          const half = rows.length >> 1;
          session.batch(statement, rows.slice(0, half));
          await new Promise((resolve) => setTimeout(resolve, HALFWAY_MS));
          session.batch(statement, rows.slice(half));
        },
      });
    }
    default:
      return openHonest(context, file);
  }
}

function openHonest(context: OpenContext, file: string): Session {
  return openSqliteSession(new DatabaseSync(file), context, SQLITE_PRAGMAS);
}

function forwarding(session: Session, verbs: Partial<Session>): Session {
  return {
    write: (statement, args) => session.write(statement, args),
    batch: (statement, rows) => session.batch(statement, rows),
    read: (query, args) => session.read(query, args),
    close: () => session.close(),
    ...verbs,
  };
}

/** Acknowledges at once and commits when `later` says so, or when somebody looks. */
class LateSession implements Session {
  readonly #base: Session;
  readonly #later: (work: () => void) => void;
  readonly #waiting: (() => unknown)[] = [];

  constructor(base: Session, later: (work: () => void) => void) {
    this.#base = base;
    this.#later = later;
  }

  write(statement: WriteStatement, args: Args): void {
    const own = Array.from(args);
    this.#put(() => this.#base.write(statement, own));
  }

  batch(statement: WriteStatement, rows: readonly Args[]): void {
    const own = rows.map((args) => Array.from(args));
    this.#put(() => this.#base.batch(statement, own));
  }

  read(query: Query, args: Args): Awaitable<readonly Row[]> {
    this.#flush();
    return this.#base.read(query, args);
  }

  close(): Awaitable<void> {
    this.#flush();
    return this.#base.close();
  }

  #put(work: () => unknown): void {
    if (this.#waiting.push(work) === 1) this.#later(() => this.#flush());
  }

  #flush(): void {
    for (const work of this.#waiting.splice(0)) work();
  }
}

/** Commits what came within one turn together, and acknowledges it then: legal. */
class GroupSession implements Session {
  readonly #base: Session;
  readonly #waiting: {
    readonly work: () => unknown;
    readonly done: () => void;
    readonly fail: (error: unknown) => void;
  }[] = [];

  constructor(base: Session) {
    this.#base = base;
  }

  write(statement: WriteStatement, args: Args): Promise<void> {
    const own = Array.from(args);
    return this.#put(() => this.#base.write(statement, own));
  }

  batch(statement: WriteStatement, rows: readonly Args[]): Promise<void> {
    const own = rows.map((args) => Array.from(args));
    return this.#put(() => this.#base.batch(statement, own));
  }

  read(query: Query, args: Args): Awaitable<readonly Row[]> {
    return this.#base.read(query, args);
  }

  transaction(steps: readonly TransactionStep[]): Awaitable<readonly (readonly Row[])[]> {
    return this.#base.transaction!(steps);
  }

  close(): Awaitable<void> {
    return this.#base.close();
  }

  #put(work: () => unknown): Promise<void> {
    return new Promise((done, fail) => {
      if (this.#waiting.push({ work, done, fail }) > 1) return;
      setImmediate(() => {
        for (const { work, done, fail } of this.#waiting.splice(0)) {
          try {
            work();
            done();
          } catch (error) {
            fail(error);
          }
        }
      });
    });
  }
}

/** Works on a copy and puts a snapshot in the place of the file after every so many writes, and at the end. */
class SnapshotSession implements Session {
  readonly #file: string;
  readonly #base: Session;
  #writeCount = 0;

  constructor(context: OpenContext, file: string) {
    this.#file = file;
    const working = `${file}.working`;
    if (context.database === "existing") Deno.copyFileSync(file, working);
    this.#base = openSqliteSession(new DatabaseSync(working), context, ["PRAGMA journal_mode = OFF"]);
    if (context.database === "new") this.#save();
  }

  write(statement: WriteStatement, args: Args): void {
    this.#base.write(statement, args);
    this.#saveSometimes();
  }

  batch(statement: WriteStatement, rows: readonly Args[]): void {
    this.#base.batch(statement, rows);
    this.#saveSometimes();
  }

  read(query: Query, args: Args): Awaitable<readonly Row[]> {
    return this.#base.read(query, args);
  }

  close(): Awaitable<void> {
    this.#save();
    return this.#base.close();
  }

  #saveSometimes(): void {
    if (++this.#writeCount % WRITES_PER_SNAPSHOT === 0) this.#save();
  }

  #save(): void {
    const next = `${this.#file}.next`;
    Deno.copyFileSync(`${this.#file}.working`, next);
    Deno.renameSync(next, this.#file);
  }
}
