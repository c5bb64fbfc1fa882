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
import { readHost } from "../../lib/record/mod.ts";
import { readBenchFacts } from "../../lib/scaling/bench_facts.ts";
import {
  makeFleetStudy,
  mostRequestsPerSecond,
  type RequestTimes,
  type Scaling,
  storeFleetStudy,
} from "../../lib/scaling/fleet_study.ts";
import { below, type TestCluster, withCluster } from "./_cluster.ts";
import { FleetProcess, runFleet } from "./_fleet_process.ts";
import { FleetQueue, roundsQueue, SCHEMA } from "./fleet_queue.ts";
import type { RoundResult } from "./round_result.ts";
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
const CLIENT_COUNTS = [1, 2, 4, 8, 16, 32];
const ROUNDS_PER_CLIENT = 40;
/** As a round of a dozen cells is, packed. */
const RESULT_BYTES = 50_000;

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
    const [begun, before] = [new Date(), readHost()];
    const one = await scaling(cluster, folder, key, 1);
    const several = await scaling(cluster, folder, key, 3);
    const requests: RequestTimes[] = [];
    for (const clientCount of CLIENT_COUNTS) requests.push(await requestTimes(cluster, clientCount));
    const facts = readBenchFacts(begun, before, readHost());
    const study = makeFleetStudy(facts, { load: SLEEPING.join(" "), one, several, requests });
    file = storeFleetStudy(out, study);
    console.log(`Three workers are ${study.measured.speedup.toFixed(2)} times as fast as one`);
    console.log(
      `The queue answers ${mostRequestsPerSecond(requests).toFixed(0)} requests a second, one in ${
        requests[0]!.latencyMs.toFixed(1)
      } ms`,
    );
    for (const { medianRoundMs, scalesTo, outcomes } of study.simulated) {
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
async function requestTimes(cluster: TestCluster, clientCount: number): Promise<RequestTimes> {
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
