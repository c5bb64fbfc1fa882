/**
 * Runs every scenario against one adapter, in this process.
 *
 * In: an adapter, its options, and a way to get empty directories. Out: one result per scenario, in order. Scenarios
 * share a session as long as they pass, since some databases take seconds to open: its tables are emptied between
 * them. After a failure the next scenario gets a session of its own.
 */
import type { Adapter, OpenContext, OptionValues, Session } from "../model/adapter.ts";
import { messageOf } from "../model/errors.ts";
import * as db from "./fixtures.ts";
import { READ_SCENARIOS } from "./read_scenarios.ts";
import {
  makeStage,
  NotApplicable,
  PATIENCE,
  type Patience,
  type Scenario,
  type ScenarioResult,
  skipReason,
} from "./scenario.ts";
import { WATCH_SCENARIOS } from "./watch_scenarios.ts";
import { WRITE_SCENARIOS } from "./write_scenarios.ts";

/** All scenarios that run inside the process, in order. */
export const SCENARIOS: readonly Scenario[] = [...WRITE_SCENARIOS, ...READ_SCENARIOS, ...WATCH_SCENARIOS];

/** How long a scenario may take, waiting for slow databases included. */
const SCENARIO_TIMEOUT_MS = 30_000;

/** What a run of the suite needs from outside. */
export interface ConformanceRun {
  readonly adapter: Adapter;
  readonly options: OptionValues;
  /** Makes an empty directory for the next session. */
  readonly openDirectory: () => Promise<string>;
  /** Called as each result is there. */
  readonly onResult?: (result: ScenarioResult) => void;
  /** Default is {@link SCENARIOS}. */
  readonly scenarios?: readonly Scenario[];
  /** Default is {@link PATIENCE}. */
  readonly patience?: Patience;
}

/**
 * Runs the suite. Throws what `open` throws the first time, a DriverUnavailableError among it; everything later is a
 * result.
 */
export async function runConformance(run: ConformanceRun): Promise<ScenarioResult[]> {
  const { adapter, options, onResult } = run;
  const capabilities = adapter.capabilities(options);
  const sessions = new SharedSession(async () => {
    const context: OpenContext = { directory: await run.openDirectory(), tables: db.TABLES, options };
    return await adapter.open(context);
  });
  await sessions.take();
  const results: ScenarioResult[] = [];
  for (const scenario of run.scenarios ?? SCENARIOS) {
    const skipped = skipReason(scenario, capabilities);
    const result = skipped === undefined
      ? await runScenario(scenario, sessions, run.patience ?? PATIENCE)
      : { key: scenario.key, status: "skipped" as const, reason: skipped };
    results.push(result);
    onResult?.(result);
  }
  const closing = await closingResult(sessions);
  results.push(closing);
  onResult?.(closing);
  return results;
}

async function runScenario(
  scenario: Scenario,
  sessions: SharedSession,
  patience: Patience,
): Promise<ScenarioResult> {
  const { key } = scenario;
  const background = new BackgroundErrors();
  try {
    const session = await sessions.take();
    await withTimeout(scenario.run(makeStage(session, patience)), key);
    await withTimeout(sessions.empty(session), `emptying the tables after ${key}`);
    background.throwFirst();
    return { key, status: "passed", reason: "" };
  } catch (error) {
    const isSkip = error instanceof NotApplicable;
    // What a scenario that broke off left watching or half written must not reach the next one.
    await withTimeout(sessions.drop(), `closing after ${key}`).catch(() => {});
    return { key, status: isSkip ? "skipped" : "failed", reason: messageOf(error) };
  } finally {
    background.close();
  }
}

async function closingResult(sessions: SharedSession): Promise<ScenarioResult> {
  const key = "close/resolves";
  try {
    await sessions.take();
    await withTimeout(sessions.drop(), key);
    return { key, status: "passed", reason: "" };
  } catch (error) {
    return { key, status: "failed", reason: messageOf(error) };
  }
}

/** The open session, opened when needed. */
class SharedSession {
  readonly #open: () => Promise<Session>;
  #session: Session | undefined;

  constructor(open: () => Promise<Session>) {
    this.#open = open;
  }

  async take(): Promise<Session> {
    return this.#session ??= await this.#open();
  }

  /** Removes all rows; gives the session up when some stay. */
  async empty(session: Session): Promise<void> {
    const keys = async (query: typeof db.allPeople, column: string) =>
      (await session.read(query, [])).map((row) => [row[column] ?? null]);
    await session.batch(db.removePerson, await keys(db.allPeople, "id"));
    await session.batch(db.removeMessage, await keys(db.allMessages, "id"));
    await session.batch(db.removeItem, await keys(db.allItems, "external_id"));
    const left = [db.allPeople, db.allMessages, db.allItems].map((query) => session.read(query, []));
    if ((await Promise.all(left)).some((rows) => rows.length > 0)) await this.drop();
  }

  async drop(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }
}

/** Collects errors that nobody awaits: a library that loses them would otherwise end the process. */
class BackgroundErrors {
  readonly #errors: unknown[] = [];
  readonly #onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    this.#errors.push(event.reason);
  };
  readonly #onError = (event: ErrorEvent) => {
    event.preventDefault();
    this.#errors.push(event.error);
  };

  constructor() {
    globalThis.addEventListener("unhandledrejection", this.#onRejection);
    globalThis.addEventListener("error", this.#onError);
  }

  throwFirst(): void {
    if (this.#errors.length > 0) {
      throw new Error(`An error was raised in the background: ${messageOf(this.#errors[0])}`);
    }
  }

  close(): void {
    globalThis.removeEventListener("unhandledrejection", this.#onRejection);
    globalThis.removeEventListener("error", this.#onError);
  }
}

async function withTimeout<T>(work: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Timed out after ${SCENARIO_TIMEOUT_MS} ms: ${what}`)),
      SCENARIO_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
