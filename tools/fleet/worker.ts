/**
 * A worker: takes rounds, runs them, keeps each on its disk until the database has it.
 *
 * ```
 *          ┌── take ──> run ──> keep on disk ──> send ──> acknowledged: forget, finish the job
 * plans ───┤                         │             ^
 *          └── none left: end        └── database away: wait, or send when the worker is started again
 * ```
 */
import type { SelectedCell } from "../../lib/cli/select_cells.ts";
import { isDiskFailure } from "../../lib/cli/failure.ts";
import { messageOf, UsageError } from "../../lib/model/mod.ts";
import { codeDifferences, codeIdentity } from "./code_identity.ts";
import type { FleetKey } from "./fleet_key.ts";
import { type FleetPlan, openPlan } from "./fleet_plan.ts";
import { FleetQueue, isAway, placeOf, type TakenRound } from "./fleet_queue.ts";
import type { MachineState } from "./machine.ts";
import { isSignedRound } from "./round_job.ts";
import { runRound, selectPlanned } from "./run_round.ts";
import type { Spool } from "./spool.ts";

/** What a worker needs. */
export interface WorkerOptions {
  readonly url: string;
  readonly key: FleetKey;
  readonly machine: MachineState;
  readonly spool: Spool;
  /** Waits for further plans when none is left. */
  readonly stays: boolean;
  /** Milliseconds between looks at the queue while nothing is to be done. */
  readonly pollMs: number;
  /** Aborted: the round that runs is given back, results that wait stay on the disk. */
  readonly signal: AbortSignal;
  /** One line for people. */
  tell(line: string): void;
}

/** How a worker ended. */
export interface WorkerEnd {
  /** Rounds that it ran and that were acknowledged. */
  readonly roundCount: number;
  /** Results that are on the disk and not acknowledged. */
  readonly waitingCount: number;
}

/** A plan that this worker may run. */
interface OwnPlan {
  readonly plan: FleetPlan;
  readonly cells: readonly SelectedCell[];
}

/** Waits between tries while the database is away. */
const LEAST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/**
 * Works until no plan has a round that waits or is under way, or until the signal is aborted.
 *
 * Throws a UsageError when no plan may be run here, and why: another key, another version, other code. Throws the disk's error
 * when the disk is full; the round was given back then.
 */
export async function work(options: WorkerOptions): Promise<WorkerEnd> {
  const worker = new Worker(options);
  return await worker.work();
}

class Worker {
  readonly #options: WorkerOptions;
  /** By id; a text says why a plan may not be run here. */
  readonly #plans = new Map<string, OwnPlan | string>();
  #roundCount = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  async work(): Promise<WorkerEnd> {
    const { url, spool, machine, key, stays, pollMs, signal, tell } = this.#options;
    const { packedCount, removedCount } = spool.recover(machine, key);
    if (packedCount > 0) tell(`${packedCount} rounds of before were whole and are sent now`);
    if (removedCount > 0) {
      tell(`${removedCount} rounds of before were cut off and are removed: another worker runs them`);
    }
    const opened = await this.#whileAway(() => FleetQueue.open(url, { makes: false }));
    if (opened === undefined) return this.#end();
    await using queue = opened;
    const maySupervise = await this.#whileAway(() => queue.maySupervise()) ?? false;
    while (!signal.aborted) {
      await this.#deliver(queue);
      const own = await this.#whileAway(() => this.#ownPlans(queue));
      if (own === undefined) break;
      if (await this.#runNext(queue, own)) continue;
      const isLeft = await this.#whileAway(() => this.#isLeft(queue, own, maySupervise));
      if (isLeft === false && !stays) break;
      await pause(pollMs, signal);
    }
    return this.#end();
  }

  #end(): WorkerEnd {
    return { roundCount: this.#roundCount, waitingCount: this.#options.spool.waiting().length };
  }

  /** Open plans that this worker may run. */
  async #ownPlans(queue: FleetQueue): Promise<OwnPlan[]> {
    const { key, tell, stays } = this.#options;
    const open = (await queue.plans()).filter(({ state }) => state === "created");
    for (const { id, signed } of open) {
      if (this.#plans.has(id)) continue;
      try {
        const plan = openPlan(signed, key);
        const differences = codeDifferences(plan.code, codeIdentity(plan.settings.cells));
        if (differences.length > 0) {
          throw new UsageError(
            `Cannot work on plan ${id} as all machines must run the same code: ${differences.join("; ")}`,
          );
        }
        this.#plans.set(id, { plan, cells: await selectPlanned(plan) });
        tell(
          `Plan "${plan.label}" (${id}): ${plan.settings.cells.length} cells, ${plan.settings.blockCount} rounds`,
        );
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        this.#plans.set(id, messageOf(error));
        tell(messageOf(error));
      }
    }
    const found = open.map(({ id }) => this.#plans.get(id)!);
    const own = found.filter((plan) => typeof plan !== "string");
    const [refusal] = found.filter((plan) => typeof plan === "string");
    if (own.length === 0 && refusal !== undefined && !stays) throw new UsageError(refusal);
    return own;
  }

  /** Whether a round may still come: one waits, or a worker that runs one may be gone. */
  async #isLeft(queue: FleetQueue, own: readonly OwnPlan[], maySupervise: boolean): Promise<boolean> {
    let isLeft = false;
    for (const { plan } of own) {
      if (maySupervise) await queue.supervise(plan.id);
      isLeft ||= await queue.isOpen(plan.id);
    }
    return isLeft;
  }

  /** Runs one round, if there is one. */
  async #runNext(queue: FleetQueue, own: readonly OwnPlan[]): Promise<boolean> {
    for (const one of own) {
      const job = await this.#whileAway(() => queue.take(one.plan.id));
      if (job === undefined) continue;
      await this.#run(queue, one, job);
      return true;
    }
    return false;
  }

  async #run(queue: FleetQueue, { plan, cells }: OwnPlan, job: TakenRound): Promise<void> {
    const { key, machine, spool, signal, tell } = this.#options;
    if (!isSignedRound(job.data, plan, key)) {
      tell("A round is refused as the fleet's key must have signed it");
      await this.#giveBack(queue, plan, job, "the fleet's key must have signed the round");
      return;
    }
    const { round } = job.data;
    const taken = new AbortController();
    const heartbeat = setInterval(
      () => void this.#touch(queue, plan, job, taken),
      (job.heartbeatSeconds ?? 60) * 1000 / 3,
    );
    const startMs = performance.now();
    try {
      const folder = await runRound({
        plan,
        cells,
        round,
        machine,
        root: spool.rootOf(plan.id),
        signal: AbortSignal.any([signal, taken.signal]),
        onBlock: ({ cell, position }) =>
          tell(`Round ${round}: ${position + 1} of ${plan.settings.cells.length}, ${cell.key}`),
      });
      if (folder === undefined) {
        if (!taken.signal.aborted) await this.#giveBack(queue, plan, job, "its worker was stopped");
        tell(
          `Round ${round} was ${taken.signal.aborted ? "taken away: its plan was cancelled" : "given back"}`,
        );
        return;
      }
      spool.keep(folder, plan.id, round, machine, key);
      tell(`Round ${round} took ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
    } catch (error) {
      await this.#giveBack(queue, plan, job, messageOf(error));
      if (isDiskFailure(error)) {
        tell(
          `Round ${round} was given back: what was acknowledged is safe, and what waits stays on the disk`,
        );
      }
      throw error;
    } finally {
      clearInterval(heartbeat);
    }
    await this.#deliver(queue);
    const isOwn = await this.#whileAway(() => queue.finish(plan.id, job));
    if (isOwn === false) tell(`Round ${round} had been given to another worker meanwhile: it counts once`);
    this.#roundCount++;
  }

  /** Sends everything that waits. Returns when it is in the database, or when the signal was aborted. */
  async #deliver(queue: FleetQueue): Promise<void> {
    const { spool } = this.#options;
    for (const file of spool.waiting()) {
      const result = spool.read(file);
      const sent = await this.#whileAway(async () => {
        await queue.sendResult(result);
        return true;
      });
      if (sent !== true) return;
      spool.forget(file);
    }
  }

  /** Who may not give back lets the heartbeat lapse: the collector's side gives the round back then. */
  async #giveBack(queue: FleetQueue, plan: FleetPlan, job: TakenRound, reason: string): Promise<void> {
    try {
      await queue.giveBack(plan.id, job, reason);
    } catch {
      // Away, or not permitted.
    }
  }

  async #touch(queue: FleetQueue, plan: FleetPlan, job: TakenRound, taken: AbortController): Promise<void> {
    try {
      if (await queue.touch(plan.id, job)) return;
      if (await queue.stateOf(plan.id, job) === "cancelled") taken.abort();
    } catch {
      // The round goes on: its result is sent when the database is back.
    }
  }

  /** Tries until the database answers. `undefined` when the signal was aborted before. */
  async #whileAway<T>(ask: () => Promise<T>): Promise<T | undefined> {
    const { url, signal, tell } = this.#options;
    for (let waitMs = LEAST_WAIT_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      try {
        return await ask();
      } catch (error) {
        if (!isAway(error)) throw error;
        if (waitMs === LEAST_WAIT_MS) {
          tell(
            `The queue in ${placeOf(url)} cannot be reached (${
              messageOf(error)
            }): trying again until it is back`,
          );
        }
      }
      await pause(waitMs, signal);
    }
    return undefined;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
