/**
 * The queue of a fleet: pg-boss on PostgreSQL. Retries, expiry and dead letters are its own.
 *
 * | queue         | a job is                                | sent by   | settled by |
 * | ------------- | --------------------------------------- | --------- | ---------- |
 * | `plans`       | a signed plan                           | `plan`    | `collect`  |
 * | `rounds-<id>` | a round of the plan with that id        | `plan`    | `work`     |
 * | `results`     | a signed round that was run             | `work`    | `collect`  |
 * | `dead`        | a round that failed as often as allowed | pg-boss   | nobody     |
 *
 * Plans, results and dead letters have tables of their own, so that rights can be given by table (`fleet_roles.ts`).
 */
import { createHash } from "node:crypto";
// @ts-types="@types/pg"
import pg from "pg";
import { type JobWithMetadata, PgBoss } from "pg-boss";
import { messageOf, UsageError } from "../../lib/model/mod.ts";
import type { SignedPlan } from "./fleet_plan.ts";
import type { RoundResult } from "./round_result.ts";

/** Where pg-boss keeps everything. */
export const SCHEMA = "watchbench_fleet";
/** See the table above. */
export const PLANS = "plans";
/** See the table above. */
export const RESULTS = "results";
/** See the table above. */
export const DEAD = "dead";

/** Plans and results stay for so long after they were settled, and at most for so long before. */
const KEPT_SECONDS = 90 * 24 * 3600;
/** So often pg-boss looks for rounds of workers that are gone. */
const MONITOR_SECONDS = 2;
/** Results are some hundred kilobytes each. */
const RESULTS_PER_PAGE = 50;
const JOBS_PER_PAGE = 1000;

/** What a job of a queue of rounds holds. */
export interface RoundJobData {
  readonly plan: string;
  readonly round: number;
  readonly signature: string;
}

/** A round that this worker took. */
export interface TakenRound {
  readonly id: string;
  readonly retryCount: number;
  readonly heartbeatSeconds: number | null;
  readonly data: RoundJobData;
}

/** How often a round is tried, and when its worker is taken for dead. */
export interface RoundPatience {
  readonly retryCount: number;
  readonly heartbeatSeconds: number;
  readonly expireInSeconds: number;
}

/** States of rounds as pg-boss calls them. */
export type RoundState = JobWithMetadata["state"];

/** One round in the queue. */
export interface RoundStatus {
  readonly id: string;
  readonly round: number;
  readonly state: RoundState;
  readonly retryCount: number;
  /** Why it failed the last time; absent where it did not. */
  readonly reason?: string;
}

/** A plan in the queue. */
export interface StoredPlan {
  readonly id: string;
  /** `created` is open, `completed` collected, `cancelled` cancelled. */
  readonly state: RoundState;
  /** See `openPlan`. */
  readonly signed: unknown;
}

/** Who sent a result, without the result. */
export interface ResultLabel {
  readonly round: number;
  readonly machine: string;
}

/** An open connection to the queue of a fleet. */
export class FleetQueue implements AsyncDisposable {
  readonly #boss: PgBoss;
  readonly #url: string;

  private constructor(boss: PgBoss, url: string) {
    this.#boss = boss;
    this.#url = url;
  }

  /**
   * Opens the queue. With `makes`, what is missing in the database is made, where the role may. Throws a UsageError when the
   * database holds no queue, or the queue of another version; connection failures come as they are, see {@link isAway}.
   */
  static async open(url: string, { makes }: { readonly makes: boolean }): Promise<FleetQueue> {
    try {
      return new FleetQueue(await startBoss(url, false), url);
    } catch (error) {
      if (isAway(error)) throw error;
      if (!makes) {
        throw new UsageError(
          `Cannot open the queue in ${placeOf(url)}: ${
            messageOf(error)
          }; fleet plan makes it, or the SQL of fleet sql`,
          { cause: error },
        );
      }
    }
    try {
      const queue = new FleetQueue(await startBoss(url, true), url);
      await queue.#makeQueues();
      return queue;
    } catch (error) {
      if (isAway(error)) throw error;
      throw new UsageError(
        `Cannot make the queue in ${placeOf(url)}: ${
          messageOf(error)
        }; a role that may make a schema can, or the SQL of fleet sql`,
        { cause: error },
      );
    }
  }

  async #makeQueues(): Promise<void> {
    const there = new Set((await this.#boss.getQueues([PLANS, RESULTS, DEAD])).map(({ name }) => name));
    const options = { partition: true, retentionSeconds: KEPT_SECONDS, deleteAfterSeconds: KEPT_SECONDS };
    for (const name of [DEAD, PLANS, RESULTS]) {
      if (!there.has(name)) await this.#boss.createQueue(name, options);
    }
  }

  /** Sends a plan and its rounds; the plan comes last, so that nobody sees half of it. */
  async addPlan(signed: SignedPlan, rounds: readonly RoundJobData[], patience: RoundPatience): Promise<void> {
    const name = roundsQueue(signed.plan);
    await this.#boss.createQueue(name, {
      deadLetter: DEAD,
      retryLimit: patience.retryCount,
      retryDelay: 1,
      heartbeatSeconds: patience.heartbeatSeconds,
      expireInSeconds: patience.expireInSeconds,
      retentionSeconds: KEPT_SECONDS,
      deleteAfterSeconds: KEPT_SECONDS,
    });
    await this.addRounds(signed.plan, rounds);
    await this.#boss.send(PLANS, signed, { id: signed.plan });
  }

  /** Sends rounds of a plan that is there. */
  async addRounds(plan: string, rounds: readonly RoundJobData[]): Promise<void> {
    for (let from = 0; from < rounds.length; from += JOBS_PER_PAGE) {
      // The first rounds first: jobs of one statement have one time.
      const jobs = rounds.slice(from, from + JOBS_PER_PAGE).map((data) => ({ data, priority: -data.round }));
      await this.#boss.insert(roundsQueue(plan), jobs);
    }
  }

  /** All plans, oldest first. */
  async plans(): Promise<StoredPlan[]> {
    const plans: StoredPlan[] = [];
    for await (const { id, state, data } of this.#jobs(PLANS, JOBS_PER_PAGE)) {
      plans.push({ id, state, signed: data });
    }
    return plans;
  }

  /** Takes the next round of a plan; `undefined` when none waits. */
  async take(plan: string): Promise<TakenRound | undefined> {
    const [job] = await this.#boss.fetch<RoundJobData>(roundsQueue(plan));
    if (job === undefined) return undefined;
    const { id, retryCount, heartbeatSeconds, data } = job;
    return { id, retryCount, heartbeatSeconds, data };
  }

  /** Says that a round is being run. `false` when it is no longer this worker's. */
  async touch(plan: string, { id, retryCount }: TakenRound): Promise<boolean> {
    return await this.#affected(this.#boss.touch(roundsQueue(plan), [{ id, retryCount }]));
  }

  /** Says that a round was run and its result sent. `false` when it was no longer this worker's. */
  async finish(plan: string, { id, retryCount }: TakenRound): Promise<boolean> {
    return await this.#affected(this.#boss.complete(roundsQueue(plan), [{ id, retryCount }]));
  }

  /** Gives a round back: it is tried again, or becomes a dead letter. `false` when it was no longer this worker's. */
  async giveBack(plan: string, { id, retryCount }: TakenRound, reason: string): Promise<boolean> {
    return await this.#affected(
      this.#boss.fail(roundsQueue(plan), [{ id, retryCount }], { message: reason }),
    );
  }

  async #affected(answer: Promise<unknown>): Promise<boolean> {
    return Number((await answer as { affected?: number }).affected ?? 0) > 0;
  }

  /** Sends a result; it is in the database when this returns. The same result is there once, however often it is sent. */
  async sendResult(result: RoundResult): Promise<void> {
    await this.#boss.send(RESULTS, result, { id: resultId(result.sha256) });
  }

  /** Rounds of a plan, by their number. */
  async rounds(plan: string): Promise<RoundStatus[]> {
    const rounds: RoundStatus[] = [];
    for await (const job of this.#jobs(roundsQueue(plan), JOBS_PER_PAGE)) {
      const { round } = job.data as RoundJobData;
      const reason = reasonOf(job.output);
      rounds.push({
        id: job.id,
        round,
        state: job.state,
        retryCount: job.retryCount,
        ...(reason === undefined ? {} : { reason }),
      });
    }
    return rounds.sort((a, b) => a.round - b.round);
  }

  /** Whether a round of a plan waits or is under way. */
  async isOpen(plan: string): Promise<boolean> {
    const { rows } = await this.#boss.getDb().executeSql(
      `SELECT EXISTS (SELECT FROM ${SCHEMA}.job_common WHERE name = $1 AND state < 'completed') AS "isOpen"`,
      [roundsQueue(plan)],
    );
    return rows[0]?.isOpen === true;
  }

  /** State of a round that was taken; `undefined` when it is no longer in the queue. */
  async stateOf(plan: string, { id }: Pick<TakenRound, "id">): Promise<RoundState | undefined> {
    return (await this.#boss.findJobs(roundsQueue(plan), { id }))[0]?.state;
  }

  /** What `resultSchema` describes, unchecked, in no order. */
  async *results(plan: string): AsyncGenerator<{ readonly id: string; readonly value: unknown }> {
    for await (const { id, data } of this.#jobs(RESULTS, RESULTS_PER_PAGE, { plan })) {
      yield { id, value: data };
    }
  }

  /** Who sent which rounds of a plan. */
  async resultLabels(plan: string): Promise<ResultLabel[]> {
    const queue = await this.#boss.getQueue(RESULTS);
    if (queue === null) return [];
    const { rows } = await this.#boss.getDb().executeSql(
      `SELECT (data->>'round')::int AS round, data->>'machine' AS machine FROM ${SCHEMA}.${queue.table}
       WHERE name = $1 AND data->>'plan' = $2 ORDER BY 1, 2`,
      [RESULTS, plan],
    );
    return rows;
  }

  /** Takes a plan and the rounds that are not finished out of the queue; results that are there stay. */
  async cancel(plan: string): Promise<number> {
    const open = (await this.rounds(plan)).filter(({ state }) =>
      ["created", "retry", "active"].includes(state)
    );
    const name = roundsQueue(plan);
    for (let from = 0; from < open.length; from += JOBS_PER_PAGE) {
      await this.#boss.cancel(name, open.slice(from, from + JOBS_PER_PAGE).map(({ id }) => id));
    }
    await this.#boss.cancel(PLANS, plan);
    return open.length;
  }

  /** Marks a plan as collected. */
  async markCollected(plan: string): Promise<void> {
    await this.#boss.complete(PLANS, plan, null, { includeQueued: true });
  }

  /** Whether this role may give back the rounds of workers that are gone. */
  async maySupervise(): Promise<boolean> {
    const { rows } = await this.#boss.getDb().executeSql(
      "SELECT has_table_privilege($1, 'DELETE') AS may",
      [`${SCHEMA}.job_common`],
    );
    return rows[0]?.may === true;
  }

  /** Has pg-boss give back the rounds of a plan whose workers are gone. */
  async supervise(plan: string): Promise<void> {
    await this.#boss.supervise(roundsQueue(plan));
  }

  /**
   * Holds a plan against other collectors until what is returned is disposed of. Throws a UsageError when another collector
   * holds it.
   */
  async hold(plan: string): Promise<AsyncDisposable> {
    const client = new pg.Client({ connectionString: this.#url, application_name: "watchbench fleet" });
    client.on("error", () => {});
    await client.connect();
    try {
      const { rows } = await client.query(
        "SELECT pg_try_advisory_lock(hashtext($1), hashtext($2)) AS held",
        [`${SCHEMA} collect`, plan],
      );
      if (rows[0]?.held !== true) {
        throw new UsageError(`Cannot collect plan ${plan} as only one collector may: another one does now`);
      }
    } catch (error) {
      await client.end();
      throw error;
    }
    return { [Symbol.asyncDispose]: () => client.end() };
  }

  async *#jobs(name: string, limit: number, data?: object): AsyncGenerator<JobWithMetadata<unknown>> {
    let after: string | undefined;
    while (true) {
      const page: JobWithMetadata<unknown>[] = await this.#boss.findJobs<unknown>(name, {
        limit,
        ...(data === undefined ? {} : { data }),
        ...(after === undefined ? {} : { after }),
      });
      yield* page;
      if (page.length < limit) return;
      after = page.at(-1)!.id;
    }
  }

  /** Lets go of the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#boss.stop({ graceful: false });
  }
}

async function startBoss(url: string, migrate: boolean): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: url,
    application_name: "watchbench fleet",
    schema: SCHEMA,
    max: 3,
    migrate,
    supervise: false,
    schedule: false,
    registerInstance: false,
    monitorVacuum: false,
    reindex: false,
    monitorIntervalSeconds: MONITOR_SECONDS,
    openTelemetry: { enabled: false },
  });
  // A connection that breaks while nobody asks: whoever asks next is told.
  boss.on("error", () => {});
  boss.on("warning", () => {});
  try {
    return await boss.start();
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {});
    throw error;
  }
}

/** Name of the queue of a plan's rounds. */
export function roundsQueue(plan: string): string {
  return `rounds-${plan}`;
}

/** A result's job has an id that follows from its digest, so that sending it twice stores it once. */
function resultId(sha256: string): string {
  const hex = createHash("sha256").update(`result ${sha256}`).digest("hex");
  const variant = "89ab"[parseInt(hex[16]!, 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ]
    .join("-");
}

function reasonOf(output: unknown): string | undefined {
  const value = (output as { value?: unknown } | null)?.value ?? output;
  const message = (value as { message?: unknown } | null)?.message;
  return typeof message === "string" ? message : undefined;
}

const AWAY_CODES: readonly unknown[] = [
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  // The server ends, has crashed, or is starting or recovering.
  "57P01",
  "57P02",
  "57P03",
  "08000",
  "08003",
  "08006",
  "53300",
];

/** Whether the database cannot be reached now: it may come back. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (AWAY_CODES.includes((error as { code?: unknown }).code)) return true;
  if (error instanceof AggregateError && error.errors.some(isAway)) return true;
  if (
    /connection terminated|connection timeout|timeout exceeded when trying to connect|server closed the connection/i
      .test(error.message)
  ) {
    return true;
  }
  return error.cause !== undefined && isAway(error.cause);
}

/** Where a queue is, without who asks and how they prove it. */
export function placeOf(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `${hostname}:${port || "5432"}${pathname}`;
  } catch {
    return "the database";
  }
}
