/**
 * Runs every scenario against one adapter that a child process holds: asked and judged here, played there.
 *
 * In: what the adapter can do, and a way to open sessions. Out: one result per scenario, in order. Scenarios share a session as long as they pass, since some databases take seconds to open: its tables are emptied between
 * them. After a failure the next scenario gets a session of its own.
 */
import type { Capabilities } from "../model/adapter.ts";
import { messageOf } from "../model/errors.ts";
import type { Table } from "../model/schema.ts";
import type { DeleteStatement, SelectQuery } from "../model/statement.ts";
import type { RemoteSession } from "../runner/remote_session.ts";
import { ChildGoneError } from "../runner/run_block.ts";
import * as db from "./fixtures.ts";
import { FOUND_SCENARIOS } from "./found_scenarios.ts";
import { CLAIM_SCENARIOS } from "./claim_scenarios.ts";
import { CONDITION_SCENARIOS } from "./condition_scenarios.ts";
import { LASTING_SCENARIOS } from "./lasting_scenarios.ts";
import { LIMIT_SCENARIOS } from "./limit_scenarios.ts";
import { LISTENER_SCENARIOS } from "./listener_scenarios.ts";
import { OUTSIDE_SCENARIOS } from "./outside_scenarios.ts";
import { PACE_SCENARIOS } from "./pace_scenarios.ts";
import { RAW_SCENARIOS } from "./raw_scenarios.ts";
import { READ_SCENARIOS } from "./read_scenarios.ts";
import {
  type CpuReading,
  makeStage,
  NotApplicable,
  PATIENCE,
  type Patience,
  type Scenario,
  type ScenarioResult,
  skipReason,
} from "./scenario.ts";
import { REFUSAL_SCENARIOS } from "./refusal_scenarios.ts";
import { SCHEMA_SCENARIOS } from "./schema_scenarios.ts";
import { SHAPE_SCENARIOS } from "./shape_scenarios.ts";
import { TRANSACTION_SCENARIOS } from "./transaction_scenarios.ts";
import { VALUE_SCENARIOS } from "./value_scenarios.ts";
import { WATCH_SCENARIOS } from "./watch_scenarios.ts";
import { WRITE_SCENARIOS } from "./write_scenarios.ts";

/** All scenarios that one process plays, in order. */
export const SCENARIOS: readonly Scenario[] = [
  // First, as each opens a database: what a library leaves to the garbage collector is gone when leaks are looked for.
  ...FOUND_SCENARIOS,
  ...WRITE_SCENARIOS,
  ...READ_SCENARIOS,
  ...RAW_SCENARIOS,
  ...VALUE_SCENARIOS,
  ...LIMIT_SCENARIOS,
  ...WATCH_SCENARIOS,
  ...LISTENER_SCENARIOS,
  ...PACE_SCENARIOS,
  ...REFUSAL_SCENARIOS,
  ...CONDITION_SCENARIOS,
  ...SHAPE_SCENARIOS,
  ...TRANSACTION_SCENARIOS,
  ...OUTSIDE_SCENARIOS,
  ...SCHEMA_SCENARIOS,
  ...CLAIM_SCENARIOS,
  ...LASTING_SCENARIOS,
];

/** How long a scenario may take, waiting for slow databases included. */
const SCENARIO_TIMEOUT_MS = 30_000;

/** Long enough for a gap that has closed to show itself. */
const GAP_DEADLINE_MS = 1500;

/** What a run of the suite needs from outside. */
export interface ConformanceRun {
  readonly capabilities: Capabilities;
  /** Opens a session on an empty directory; `tables` are those of all scenarios where none are given. */
  readonly openSession: (tables?: readonly Table[]) => Promise<RemoteSession>;
  /** Errors that were raised in the background since the last call. */
  readonly takeBackground: () => readonly string[];
  /** CPU time of the child; absent where nobody can tell. */
  readonly readCpu?: () => Promise<CpuReading | undefined>;
  /** Keys of scenarios that are known to fail, and are waited for less long. */
  readonly gaps?: ReadonlySet<string>;
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
  const sessions = new SharedSession(run.openSession, db.tablesFor(capabilities));
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
  run: ConformanceRun,
): Promise<ScenarioResult> {
  const { capabilities, gaps, patience: most = PATIENCE, readCpu = unknownCpu, takeBackground } = run;
  const { key, tables } = scenario;
  const patience = gaps?.has(key)
    ? { ...most, deadlineMs: Math.min(most.deadlineMs, GAP_DEADLINE_MS) }
    : most;
  const stageFor = (session: RemoteSession) => makeStage(session, capabilities, readCpu, patience);
  takeBackground();
  try {
    if (tables === undefined) {
      const session = await sessions.take();
      await withTimeout(scenario.run(stageFor(session)), key);
      if (scenario.spoils) await withTimeout(sessions.drop(), `closing after ${key}`);
      else await withTimeout(sessions.empty(session), `emptying the tables after ${key}`);
    } else {
      const own = onOwnSession(() => run.openSession(tables), (session) => scenario.run(stageFor(session)));
      await withTimeout(own, key);
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

function unknownCpu(): Promise<undefined> {
  return Promise.resolve(undefined);
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

/** How a table is emptied: by the keys that a query finds. */
interface Cleaner {
  readonly all: SelectQuery;
  readonly remove: DeleteStatement;
}

const CLEANERS: readonly Cleaner[] = [
  { all: db.allPeople, remove: db.removePerson },
  { all: db.allMessages, remove: db.removeMessage },
  { all: db.allItems, remove: db.removeItem },
  { all: db.allNotes, remove: db.removeNote },
  { all: db.allMeasures, remove: db.removeMeasure },
  { all: db.allFiles, remove: db.removeFile },
];

/** The open session, opened when needed. */
class SharedSession {
  readonly #open: () => Promise<RemoteSession>;
  readonly #cleaners: readonly Cleaner[];
  #session: RemoteSession | undefined;

  constructor(open: () => Promise<RemoteSession>, tables: readonly Table[]) {
    this.#open = open;
    this.#cleaners = CLEANERS.filter(({ all }) => tables.some(({ name }) => name === all.table));
  }

  async take(): Promise<RemoteSession> {
    return this.#session ??= await this.#open();
  }

  /** Removes all rows; gives the session up when some stay. */
  async empty(session: RemoteSession): Promise<void> {
    for (const { all, remove } of this.#cleaners) {
      const rows = await session.read(all, []);
      if (rows.length === 0) continue;
      await session.batch(remove, rows.map((row) => [row[remove.keyColumn] ?? null]));
      if ((await session.read(all, [])).length > 0) return await this.drop();
    }
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
