/**
 * `deno task bench:fleet`: how a fleet scales. Three workers against one with a load that sleeps, measured; requests to the
 * queue, measured; 1 to 1,000 workers and 10,000 rounds with these times, simulated. Leaves `results/fleet/<moment>.json`.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Command } from "commander";
import { EXIT } from "../../lib/cli/exit_code.ts";
import { reportFailure } from "../../lib/cli/failure.ts";
import { parseCommand } from "../../lib/cli/parse_command.ts";
import { UsageError } from "../../lib/model/mod.ts";
import { readEnvironment, replaceFile } from "../../lib/record/mod.ts";
import { median, sortSamples } from "../../lib/stats/mod.ts";
import { below, type TestCluster, withCluster } from "./_cluster.ts";
import { FleetProcess, runFleet } from "./_fleet_process.ts";
import { FleetQueue, roundsQueue, SCHEMA } from "./fleet_queue.ts";
import type { RoundResult } from "./round_result.ts";
import { simulateFleet } from "./simulate_fleet.ts";
// @ts-types="@types/pg"
import pg from "pg";

/** 60 writes with a pause of 600 ms behind each: a block sleeps for 36 seconds. */
const SLEEPING = [
  "--workload",
  "keyed-pk",
  "--adapter",
  "node-sqlite",
  "--scale",
  "smoke",
  "--pacing",
  "600ms",
];
/** With the round of the rows they are nine, which three workers can share evenly. */
const MEASURED_ROUNDS = 8;
const WORKER_COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const SIMULATED_ROUNDS = 10_000;
const CLIENT_COUNTS = [1, 2, 4, 8, 16, 32];
const ROUNDS_PER_CLIENT = 40;
/** As a round of a dozen cells is, packed. */
const RESULT_BYTES = 50_000;
/** From here on workers are wasted. */
const LEAST_EFFICIENCY = 0.9;

/** Times of rounds that one machine or several ran. */
interface Scaling {
  readonly workerCount: number;
  readonly roundCount: number;
  /** From the first round that was taken to the last one that was finished. */
  readonly makespanMs: number;
  readonly roundTimesMs: readonly number[];
}

async function bench(args: readonly string[]): Promise<number> {
  const command = new Command("bench:fleet")
    .description(
      "Measures how a fleet scales, on this machine and simulated. Takes about eight minutes, most of them asleep.",
    )
    .option("-o, --out <folder>", "folder of results", "results");
  if (!parseCommand(command, args)) return EXIT.fine;
  const { out } = command.opts<{ out: string }>();
  let file: string | undefined;
  await withCluster(async (cluster, folder) => {
    const key = randomBytes(32).toString("hex");
    const one = await scaling(cluster, folder, key, 1);
    const three = await scaling(cluster, folder, key, 3);
    const requests = [];
    for (const clientCount of CLIENT_COUNTS) requests.push(await requestTimes(cluster, clientCount));
    const speedup = one.makespanMs / three.makespanMs;
    const perSecond = Math.max(...requests.map(({ requestsPerSecond }) => requestsPerSecond));
    const model = {
      roundCount: SIMULATED_ROUNDS,
      latencyMs: requests[0]!.latencyMs,
      serviceMs: 1000 / perSecond,
      requestsPerRound: { before: 2, after: 2 },
      seed: 1,
    };
    const simulate = (roundTimesMs: readonly number[]) => {
      const outcomes = WORKER_COUNTS.map((workerCount) =>
        simulateFleet({ ...model, workerCount, roundTimesMs })
      );
      const scales = outcomes.filter(({ efficiency }) => efficiency >= LEAST_EFFICIENCY);
      return {
        medianRoundMs: median(sortSamples(roundTimesMs)),
        scalesTo: scales.at(-1)?.workerCount ?? 0,
        outcomes,
      };
    };
    // Rounds that sleep are long; a tenth and a hundredth of them ask the queue more often.
    const simulated = [1, 10, 100].map((by) => ({
      divisor: by,
      ...simulate(one.roundTimesMs.map((time) => time / by)),
    }));
    const { machineId, cpuModel, coreCount, deno, commit, isDirty } = readEnvironment();
    Deno.mkdirSync(join(out, "fleet"), { recursive: true });
    const moment = new Date();
    file = join(out, "fleet", `${moment.toISOString().slice(0, 19).replaceAll(":", "-")}.json`);
    const stored = {
      measuredAt: moment.toISOString(),
      environment: { machineId, cpuModel, coreCount, deno, commit, isDirty },
      load: SLEEPING.join(" "),
      measured: { speedup, runs: [one, three] },
      requests,
      simulated,
      leastEfficiency: LEAST_EFFICIENCY,
    };
    replaceFile(file, JSON.stringify(stored, null, 1) + "\n");
    console.log(`Three workers are ${speedup.toFixed(2)} times as fast as one`);
    console.log(
      `The queue answers ${perSecond.toFixed(0)} requests a second, one in ${model.latencyMs.toFixed(1)} ms`,
    );
    for (const { medianRoundMs, scalesTo, outcomes } of simulated) {
      const last = outcomes.at(-1)!;
      console.log(
        `Rounds of ${
          (medianRoundMs / 1000).toFixed(1)
        } s: ${scalesTo} workers are used by 90 % or more; ${last.workerCount} are ${
          last.speedup.toFixed(0)
        } times as fast as one, idle by ${(100 * last.idleShare).toFixed(0)} %, and wait ${
          last.overheadMs.toFixed(0)
        } ms per round`,
      );
    }
    console.log(`Wrote ${file}`);
  });
  return file === undefined ? EXIT.wrong : EXIT.fine;
}

/** Runs the load with so many workers, in processes of their own. */
async function scaling(
  cluster: TestCluster,
  folder: string,
  key: string,
  workerCount: number,
): Promise<Scaling> {
  const options = { key, env: { TMPDIR: below(folder, "tmp"), WATCHBENCH_QUEUE: cluster.url() } };
  const label = `workers-${workerCount}`;
  const planned = await runFleet(["plan", label, ...SLEEPING, "--blocks", String(MEASURED_ROUNDS)], options);
  const plan = /\(([0-9a-f-]{36})\)/.exec(planned.text)?.[1];
  if (planned.code !== 0 || plan === undefined) throw new UsageError(`Cannot plan: ${planned.text}`);
  const workers = Array.from(
    { length: workerCount },
    (_, index) =>
      new FleetProcess(["work", "--spool", join(folder, `${label}-${index}`), "--poll", "0.5"], options),
  );
  for (const worker of workers) {
    const { code, text } = await worker.end();
    if (code !== 0) throw new UsageError(`Cannot measure as every worker must end well: ${text}`);
  }
  const client = new pg.Client({ connectionString: cluster.url() });
  await client.connect();
  try {
    const { rows } = await client.query(
      `SELECT extract(epoch FROM started_on) * 1000 AS start, extract(epoch FROM completed_on) * 1000 AS end, retry_count
       FROM ${SCHEMA}.job_common WHERE name = $1 AND state = 'completed'`,
      [roundsQueue(plan)],
    );
    if (rows.length !== MEASURED_ROUNDS + 1 || rows.some((row) => row.retry_count > 0)) {
      throw new UsageError(`Cannot measure as every round must be run once: ${JSON.stringify(rows)}`);
    }
    const [starts, ends] = [rows.map((row) => Number(row.start)), rows.map((row) => Number(row.end))];
    console.error(
      `${workerCount} workers: ${((Math.max(...ends) - Math.min(...starts)) / 1000).toFixed(1)} s`,
    );
    return {
      workerCount,
      roundCount: rows.length,
      makespanMs: Math.max(...ends) - Math.min(...starts),
      roundTimesMs: ends.map((end, index) => end - starts[index]!),
    };
  } finally {
    await client.end();
  }
}

/** What requests take while so many clients do what workers do, with nothing to run in between. */
async function requestTimes(cluster: TestCluster, clientCount: number) {
  const queues = await Promise.all(
    Array.from({ length: clientCount }, () => FleetQueue.open(cluster.url(), { makes: true })),
  );
  try {
    const plan = crypto.randomUUID();
    const roundCount = clientCount * ROUNDS_PER_CLIENT;
    const rounds = Array.from({ length: roundCount }, (_, round) => ({ plan, round, signature: "" }));
    const patience = { retryCount: 0, heartbeatSeconds: 60, expireInSeconds: 600 };
    await queues[0]!.addPlan({ plan, text: "{}", signature: "" }, rounds, patience);
    const startMs = performance.now();
    const counts = await Promise.all(queues.map(async (queue) => {
      let requestCount = 0;
      while (true) {
        await queue.plans();
        const taken = await queue.take(plan);
        requestCount += 2;
        if (taken === undefined) return requestCount;
        const result: RoundResult = {
          version: 1,
          plan,
          round: taken.data.round,
          machine: "bench",
          sha256: randomBytes(32).toString("hex"),
          signature: "",
          packed: randomBytes(RESULT_BYTES * 3 / 4).toString("base64"),
        };
        await queue.sendResult(result);
        await queue.finish(plan, taken);
        requestCount += 2;
      }
    }));
    const elapsedMs = performance.now() - startMs;
    const requestCount = counts.reduce((sum, count) => sum + count, 0);
    await queues[0]!.cancel(plan);
    return {
      clientCount,
      requestCount,
      requestsPerSecond: requestCount / elapsedMs * 1000,
      latencyMs: elapsedMs * clientCount / requestCount,
    };
  } finally {
    for (const queue of queues) await queue[Symbol.asyncDispose]();
  }
}

if (import.meta.main) {
  try {
    Deno.exit(await bench(Deno.args));
  } catch (error) {
    Deno.exit(reportFailure("bench:fleet", error));
  }
}
