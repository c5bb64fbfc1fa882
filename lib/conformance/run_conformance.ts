/**
 * Runs every scenario against one adapter that a child process holds: asked and judged here, played there.
 *
 * In: what the adapter can do, and a way to open sessions. Out: one result per scenario, in order. Scenarios share a session as long as they pass, since some databases take seconds to open: its tables are emptied between
 * them. After a failure the next scenario gets a session of its own.
 */
import type { Capabilities } from "../model/adapter.ts";
import { messageOf } from "../model/errors.ts";
import type { Table } from "../model/schema.ts";
import type { RemoteSession } from "../runner/remote_session.ts";
import { ChildGoneError } from "../runner/run_block.ts";
import * as db from "./fixtures.ts";
import { FOUND_SCENARIOS } from "./found_scenarios.ts";
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

/** All scenarios that one process plays, in order. */
export const SCENARIOS: readonly Scenario[] = [
  ...WRITE_SCENARIOS,
  ...READ_SCENARIOS,
  ...WATCH_SCENARIOS,
  ...FOUND_SCENARIOS,
];

/** How long a scenario may take, waiting for slow databases included. */
const SCENARIO_TIMEOUT_MS = 30_000;

/** What a run of the suite needs from outside. */
export interface ConformanceRun {
  readonly capabilities: Capabilities;
  /** Opens a session on an empty directory; `tables` are those of all scenarios where none are given. */
  readonly openSession: (tables?: readonly Table[]) => Promise<RemoteSession>;
  /** Errors that were raised in the background since the last call. */
  readonly takeBackground: () => readonly string[];
  /** Called as each result is there. */
  readonly onResult?: (result: ScenarioResult) => void;
  /** Default is {@link SCENARIOS}. */
  readonly scenarios?: readonly Scenario[];
  /** Default is {@link PATIENCE}. */
  readonly patience?: Patience;
}

/**
 * Runs the suite. Throws what `openSession` throws the first time, a DriverUnavailableError among it, and a
 * ChildGoneError when the child is gone; everything else is a result.
 */
export async function runConformance(run: ConformanceRun): Promise<ScenarioResult[]> {
  const { capabilities, onResult } = run;
  const sessions = new SharedSession(run.openSession);
  await sessions.take();
  const results: ScenarioResult[] = [];
  for (const scenario of run.scenarios ?? SCENARIOS) {
    const skipped = skipReason(scenario, capabilities);
    const result = skipped === undefined
      ? await runScenario(scenario, sessions, run)
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
  { capabilities, patience = PATIENCE, takeBackground, openSession }: ConformanceRun,
): Promise<ScenarioResult> {
  const { key, tables } = scenario;
  takeBackground();
  try {
    if (tables === undefined) {
      const session = await sessions.take();
      await withTimeout(scenario.run(makeStage(session, capabilities, patience)), key);
      await withTimeout(sessions.empty(session), `emptying the tables after ${key}`);
    } else {
      await withTimeout(
        onOwnSession(
          () => openSession(tables),
          (own) => scenario.run(makeStage(own, capabilities, patience)),
        ),
        key,
      );
    }
    const [background] = takeBackground();
    if (background !== undefined) throw new Error(`An error was raised in the background: ${background}`);
    return { key, status: "passed", reason: "" };
  } catch (error) {
    if (error instanceof ChildGoneError) throw error;
    const isSkip = error instanceof NotApplicable;
    // What a scenario that broke off left watching or half written must not reach the next one.
    await withTimeout(sessions.drop(), `closing after ${key}`).catch(() => {});
    return { key, status: isSkip ? "skipped" : "failed", reason: messageOf(error) };
  }
}

async function closingResult(sessions: SharedSession): Promise<ScenarioResult> {
  const key = "close/resolves";
  try {
    await sessions.take();
    await withTimeout(sessions.drop(), key);
    return { key, status: "passed", reason: "" };
  } catch (error) {
    if (error instanceof ChildGoneError) throw error;
    return { key, status: "failed", reason: messageOf(error) };
  }
}

async function onOwnSession(
  open: () => Promise<RemoteSession>,
  use: (session: RemoteSession) => Promise<void>,
): Promise<void> {
  const session = await open();
  try {
    await use(session);
  } finally {
    await session.close();
  }
}

/** The open session, opened when needed. */
class SharedSession {
  readonly #open: () => Promise<RemoteSession>;
  #session: RemoteSession | undefined;

  constructor(open: () => Promise<RemoteSession>) {
    this.#open = open;
  }

  async take(): Promise<RemoteSession> {
    return this.#session ??= await this.#open();
  }

  /** Removes all rows; gives the session up when some stay. */
  async empty(session: RemoteSession): Promise<void> {
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
