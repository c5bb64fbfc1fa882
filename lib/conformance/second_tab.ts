/**
 * What one tab of a browser sees of what another one writes: two pages of one browser open the same database, the second
 * writes row by row, the first watches a count.
 *
 *     second tab: write ... acknowledged |------ shown after ------| first tab: live query shows it
 *
 * Times are the parent's: from when it heard of the acknowledgement until it heard of the result, each of which takes the
 * browser and two pipes a millisecond or two.
 */
import { fileURLToPath } from "node:url";
import { SessionChild, type SessionTarget } from "../cli/session_child.ts";
import { makeTempDirectory } from "../cli/temp_directory.ts";
import type { Adapter, OptionValues } from "../model/adapter.ts";
import { DriverUnavailableError, messageOf } from "../model/errors.ts";
import type { Row } from "../model/value.ts";
import { LAUNCHERS } from "../runner/launchers/mod.ts";
import type { RemoteSession } from "../runner/remote_session.ts";
import * as db from "./fixtures.ts";

/** What came of it. */
export interface SecondTabReport {
  readonly adapter: string;
  readonly options: OptionValues;
  /** Why it was not tried; nothing of the rest is told then. */
  readonly unavailable?: string;
  /** Why the second tab got no database. */
  readonly refused?: string;
  /** What went wrong in the first tab once there was a second one. */
  readonly fault?: string;
  /** Rows that the second tab wrote, each acknowledged before the next. */
  readonly writeCount: number;
  /** For each that the first tab's live query has shown by itself: milliseconds, 0 where it came before the acknowledgement. */
  readonly shownAfterMs: readonly number[];
  /** Whether a read in the first tab found all rows in the end; absent where it could not be asked. */
  readonly isRead?: boolean;
}

/** How long things may take, and how much is written. */
export interface SecondTabPatience {
  readonly writeCount: number;
  /** For opening the database in the second tab. */
  readonly openMs: number;
  /** For each write to be shown; longer than any library here waits on purpose. */
  readonly shownMs: number;
  /** For both pages in all. */
  readonly tabMs: number;
}

/** Long enough for busy machines. */
export const TAB_PATIENCE: SecondTabPatience = {
  writeCount: 20,
  openMs: 15_000,
  shownMs: 3000,
  tabMs: 120_000,
};

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Tries an adapter with a choice of options, in a browser of its own. */
export async function trySecondTab(
  adapter: Adapter,
  options: OptionValues,
  patience = TAB_PATIENCE,
): Promise<SecondTabReport> {
  const named = { adapter: adapter.id, options };
  const nothing = { ...named, writeCount: 0, shownAfterMs: [] };
  const { durability, liveQueries } = adapter.capabilities(options, "chromium");
  if (durability === "none") return { ...nothing, unavailable: "Its data ends with the page" };
  const directory = await Deno.realPath(await makeTempDirectory());
  const children: SessionChild[] = [];
  try {
    const launch = await LAUNCHERS.chromium.launch({
      adapter,
      directory,
      sharedDirectory: directory,
      downloads: true,
      checkout: ROOT,
      takesTabs: true,
      onStep: () => {},
    });
    const start = async (child: SessionTarget["elsewhere"]): Promise<SessionChild> => {
      const started = new SessionChild({ adapter, options, elsewhere: child! }, directory, patience.tabMs);
      children.push(started);
      await started.begin();
      return started;
    };
    const place = await launch.makePlace("session");
    const first = await start({ runtime: "chromium", launch });
    const own = await first.openSession({
      directory: place,
      database: "new",
      isKept: true,
      tables: db.TABLES,
    });
    await own.write(db.addPerson, [0, "first", "Rome", 0]);
    let second: RemoteSession;
    try {
      const tab = await start({ runtime: "chromium", launch: launch.anotherTab! });
      second = await within(
        patience.openMs,
        tab.openSession({ directory: place, database: "existing", isKept: true, tables: db.TABLES }),
        "It did not open in time",
      );
    } catch (error) {
      return { ...nothing, refused: messageOf(error) };
    }
    return { ...named, ...await observe(own, second, liveQueries !== "none", patience) };
  } catch (error) {
    if (error instanceof DriverUnavailableError) return { ...nothing, unavailable: error.message };
    return { ...nothing, fault: messageOf(error) };
  } finally {
    // The second tab first: the browser is the first one's.
    for (const child of children.reverse()) await child.end();
    await Deno.remove(directory, { recursive: true }).catch(() => {});
  }
}

type Observed = Pick<SecondTabReport, "fault" | "writeCount" | "shownAfterMs" | "isRead">;

/** Has the second tab write and looks at what the first one shows. */
export async function observe(
  first: RemoteSession,
  second: RemoteSession,
  isWatched: boolean,
  { writeCount, shownMs }: Pick<SecondTabPatience, "writeCount" | "shownMs">,
): Promise<Observed> {
  const shownAfterMs: number[] = [];
  let written = 0;
  const told = (rest: Partial<Observed> = {}): Observed => ({ writeCount: written, shownAfterMs, ...rest });
  try {
    const counter = new CountWatch();
    if (isWatched) {
      await first.watch(db.countPeople, [], counter, []);
      await counter.reaches(1, shownMs);
    }
    for (let row = 1; row <= writeCount; row++) {
      await second.write(db.addPerson, [row, `row ${row}`, "Oslo", row]);
      const acknowledgedMs = performance.now();
      written = row;
      if (!isWatched) continue;
      const shownAtMs = await counter.reaches(row + 1, shownMs);
      // Who does not show one of them will not show the next.
      if (shownAtMs === undefined) break;
      shownAfterMs.push(Math.max(0, shownAtMs - acknowledgedMs));
    }
    const [counted] = await first.read(db.countPeople, []);
    return told({ isRead: counted?.["total"] === written + 1 });
  } catch (error) {
    return told({ fault: messageOf(error) });
  }
}

/** A live query of one number: when it first showed at least so much. */
class CountWatch {
  #total = 0;
  #atMs = 0;
  #error: unknown;
  #wake: () => void = () => {};

  next(rows: readonly Row[]): void {
    this.#total = Number(rows[0]?.["total"] ?? 0);
    this.#atMs = performance.now();
    this.#wake();
  }

  error(error: unknown): void {
    this.#error = error;
    this.#wake();
  }

  /** The moment on the parent's clock; `undefined` when the time was over. Throws what the live query told. */
  async reaches(total: number, patienceMs: number): Promise<number | undefined> {
    const deadlineMs = performance.now() + patienceMs;
    while (true) {
      if (this.#error !== undefined) throw this.#error;
      if (this.#total >= total) return this.#atMs;
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0) return undefined;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, leftMs);
      await promise;
      clearTimeout(timer);
    }
  }
}

async function within<T>(ms: number, promise: Promise<T>, message: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => timer = setTimeout(() => reject(new Error(message)), ms));
  // What comes later has nobody to tell.
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
