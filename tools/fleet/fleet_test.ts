/** A fleet as people use it: PostgreSQL, `fleet` in processes of its own. Skipped, and said so, where there is no PostgreSQL. */
import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
// @ts-types="@types/pg"
import pg from "pg";
import { METRICS_VERSION } from "../../lib/model/mod.ts";
import { loadRun } from "../../lib/record/mod.ts";
import { inTempFolder } from "../../lib/testing/temp_folder.ts";
import { below, type TestCluster, withCluster } from "./_cluster.ts";
import { FleetProcess, runFleet } from "./_fleet_process.ts";
import { collectRecord, type LoadedRound, loadRound } from "./collect.ts";
import { FleetKey } from "./fleet_key.ts";
import { type FleetPlan, openPlan } from "./fleet_plan.ts";
import { FleetQueue } from "./fleet_queue.ts";
import { setUpSql } from "./fleet_roles.ts";
import { unpackRound } from "./round_result.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const KEY = "0123456789abcdef0123456789abcdef";
const SMALL = ["--workload", "keyed-pk", "--adapter", "node-sqlite,tinybase", "--scale", "smoke"];

/** The only plan of a queue. */
async function onlyPlan(url: string): Promise<FleetPlan> {
  await using queue = await FleetQueue.open(url, { makes: false });
  const [stored] = await queue.plans();
  return openPlan(stored!.signed, new FleetKey(KEY));
}

/** Everything that arrived for a plan, unpacked and loaded. */
async function arrivedRounds(url: string, plan: FleetPlan, root: string): Promise<LoadedRound[]> {
  await using queue = await FleetQueue.open(url, { makes: false });
  const rounds: LoadedRound[] = [];
  for await (const { value } of queue.results(plan.id)) {
    rounds.push(loadRound(unpackRound(value, new FleetKey(KEY), root), plan));
  }
  return rounds;
}

/** The code of this checkout with one comment more in an adapter. */
async function otherCode(folder: string): Promise<string> {
  const places = [
    "lib",
    "workloads",
    "scripts",
    "drivers",
    "tools/fleet",
    "tools/pages",
    "deno.json",
    "deno.lock",
    "mod.ts",
  ];
  Deno.mkdirSync(join(folder, "tools"), { recursive: true });
  for (const place of places) {
    const { success, stderr } = await new Deno.Command("cp", {
      args: ["-r", join(ROOT, place), join(folder, place)],
    }).output();
    ok(success, new TextDecoder().decode(stderr));
  }
  Deno.writeTextFileSync(join(folder, "lib/adapters/node_sqlite.ts"), "// changed\n", { append: true });
  return folder;
}

Deno.test("fleet runs every round once and loses none when a worker is killed and the queue goes away", () =>
  withCluster(async (cluster, folder) => {
    const env = { TMPDIR: below(folder, "tmp"), WATCHBENCH_QUEUE: cluster.url() };
    const options = { key: KEY, env };
    const planned = await runFleet(
      ["plan", "three", ...SMALL, "--blocks", "5", "--heartbeat", "10"],
      options,
    );
    strictEqual(planned.code, 0, planned.text);
    match(planned.text, /3 cells in 6 rounds/);

    // Who runs other code, or has another key, is told what differs and takes nothing.
    const [changed, stranger] = await Promise.all([
      runFleet(["work", "--spool", join(folder, "changed")], {
        ...options,
        root: await otherCode(below(folder, "code")),
      }),
      runFleet(["work", "--spool", join(folder, "stranger")], { env, key: KEY.replace("0", "1") }),
    ]);
    strictEqual(changed.code, 2, changed.text);
    match(
      changed.text,
      /must run the same code: .*the digest of adapters is [0-9a-f]{12} in the plan and [0-9a-f]{12} here/,
    );
    strictEqual(stranger.code, 2, stranger.text);
    match(stranger.text, /the fleet's key must have signed it: this key is another one/);

    const work = (name: string): FleetProcess =>
      new FleetProcess(["work", "--machine", name, "--spool", join(folder, name), "--poll", "0.5"], options);
    const [first, second, third] = [work("m1"), work("m2"), work("m3")];
    await first.said(/Round \d+: 2 of 3/);
    first.kill();
    await first.end();
    await second.said(/Round \d+ took/);
    const lost = Promise.all(
      [second, third].map((one) => one.said(/cannot be reached .*trying again until it is back/s)),
    );
    await cluster.stop();
    await lost;
    strictEqual(await cluster.start(), undefined);
    for (const one of [second, third]) {
      const { code, text } = await one.end();
      strictEqual(code, 0, text);
    }

    // The killed one comes back: what it left is no round, and nothing is left to do.
    const again = await work("m1").end();
    strictEqual(again.code, 0, again.text);
    match(again.text, /1 rounds of before were cut off and are removed/);
    match((await runFleet(["status"], options)).text, /three \(.*\).*open: 6 run/);

    const plan = await onlyPlan(cluster.url());
    const out = join(folder, "out");
    const collected = await runFleet(["collect", "--out", out], options);
    strictEqual(collected.code, 0, collected.text);
    const [id] = [...Deno.readDirSync(out)].map(({ name }) => name);
    const record = loadRun(join(out, id!));
    deepStrictEqual([record.status, record.label, record.metricsVersion], [
      "complete",
      "three",
      METRICS_VERSION,
    ]);
    const places = record.results.map(({ cellKey, blockIndex }) => `${blockIndex} ${cellKey}`);
    strictEqual(new Set(places).size, places.length);
    const used = record.fleet!.machines.filter(({ aside }) => aside === undefined);
    const arrived = await arrivedRounds(cluster.url(), plan, below(folder, "arrived"));
    const ofUsed = new Set(
      arrived.filter(({ machine }) => used.some(({ name }) => name === machine.name)).map(({ round }) =>
        round
      ),
    );
    strictEqual(record.results.length, 3 * ofUsed.size);
    deepStrictEqual(new Set(arrived.map(({ round }) => round)), new Set([0, 1, 2, 3, 4, 5]));
    ok(record.results.every(({ machine }) => used.some(({ name }) => name === machine)));
    match(Deno.readTextFileSync(join(out, id!, "report.md")), /keyed-pk/);

    // The same record again, whatever the order of arrival, and from results that arrived twice.
    const bytes = (root: string): string =>
      Deno.readTextFileSync(join(root, id!, "record.json")) +
      Deno.readTextFileSync(join(root, id!, "blocks.jsonl"));
    const twice = join(folder, "twice");
    Deno.mkdirSync(twice);
    const { folder: turned } = collectRecord(plan, [...arrived, ...arrived].reverse(), {
      out: twice,
      staging: below(folder, "staging"),
    });
    strictEqual(turned, join(twice, id!));
    strictEqual(bytes(twice), bytes(out));
    match((await runFleet(["collect", "three", "--out", out], options)).text, /It was there already/);

    await using queue = await FleetQueue.open(cluster.url(), { makes: false });
    await using _held = await queue.hold(plan.id);
    const other = await runFleet(["collect", "three", "--out", out], options);
    strictEqual(other.code, 2, other.text);
    match(other.text, /only one collector may: another one does now/);
  }));

Deno.test("fleet work gives a round back when its disk is full, and says so", () =>
  withCluster(async (cluster, folder) => {
    const spool = below(folder, "spool");
    const mounted = new Deno.Command("mount", { args: ["-t", "tmpfs", "-o", "size=8k", "tmpfs", spool] });
    let isMounted = false;
    try {
      isMounted = mounted.outputSync().success;
    } catch {
      // Told below.
    }
    if (!isMounted) {
      console.warn("Skipped: this user may not make a small disk");
      return;
    }
    try {
      const options = { key: KEY, env: { TMPDIR: below(folder, "tmp"), WATCHBENCH_QUEUE: cluster.url() } };
      strictEqual((await runFleet(["plan", ...SMALL, "--blocks", "1"], options)).code, 0);
      const { code, text } = await runFleet(["work", "--spool", spool], options);
      strictEqual(code, 3, text);
      match(text, /given back/);
      const { id } = await onlyPlan(cluster.url());
      await using queue = await FleetQueue.open(cluster.url(), { makes: false });
      const rounds = await queue.rounds(id);
      deepStrictEqual(rounds.map(({ state }) => state).sort(), ["created", "retry"]);
    } finally {
      new Deno.Command("umount", { args: [spool] }).outputSync();
    }
  }));

async function asOwner(cluster: TestCluster, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.url() });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

Deno.test("setUpSql() makes a role that can only plan and one that can only work", () =>
  withCluster(async (cluster) => {
    await asOwner(cluster, setUpSql({ planner: "planner", worker: "worker" }));
    await asOwner(cluster, "ALTER ROLE planner PASSWORD 'planner'; ALTER ROLE worker PASSWORD 'worker'");
    await using planner = await FleetQueue.open(cluster.url("planner"), { makes: true });
    await using worker = await FleetQueue.open(cluster.url("worker"), { makes: false });
    const plan = "00000000-0000-4000-8000-000000000001";
    const patience = { retryCount: 0, heartbeatSeconds: 10, expireInSeconds: 60 };
    const rounds = [0, 1, 2].map((round) => ({ plan, round, signature: "" }));
    const signed = { plan, text: "{}", signature: "" };
    await planner.addPlan(signed, rounds, patience);
    const refused = /permission denied|row-level security/;

    // The worker takes, touches, sends, finishes, and nothing else.
    const taken = (await worker.take(plan))!;
    strictEqual(taken.data.round, 0);
    strictEqual(await worker.touch(plan, taken), true);
    const result = {
      version: 1,
      plan,
      round: 0,
      machine: "m",
      sha256: "0".repeat(64),
      signature: "",
      packed: "",
    };
    await worker.sendResult(result);
    await worker.sendResult(result);
    strictEqual(await worker.finish(plan, taken), true);
    strictEqual(await worker.maySupervise(), false);
    await rejects(worker.addRounds(plan, rounds), refused);
    await rejects(
      worker.addPlan({ ...signed, plan: "00000000-0000-4000-8000-000000000002" }, rounds, patience),
      refused,
    );
    await rejects(worker.cancel(plan), refused);
    await rejects(worker.markCollected(plan), refused);
    await rejects(Array.fromAsync(worker.results(plan)), refused);
    const second = (await worker.take(plan))!;
    await rejects(worker.giveBack(plan, second, "why"), refused);

    // The planner reads results, gives back, buries and cancels rounds; it cannot take one or make a result.
    strictEqual((await Array.fromAsync(planner.results(plan))).length, 1);
    deepStrictEqual(await planner.resultLabels(plan), [{ round: 0, machine: "m" }]);
    await rejects(planner.take(plan), refused);
    await rejects(planner.sendResult({ ...result, sha256: "1".repeat(64) }), refused);
    strictEqual(await planner.maySupervise(), true);
    await planner.supervise(plan);
    strictEqual(await planner.giveBack(plan, second, "its machine burnt down"), true);
    deepStrictEqual((await planner.rounds(plan)).map(({ state, reason }) => [state, reason]), [
      ["completed", undefined],
      ["failed", "its machine burnt down"],
      ["created", undefined],
    ]);
    strictEqual(await planner.cancel(plan), 1);
    deepStrictEqual((await planner.plans()).map(({ state }) => state), ["cancelled"]);
    await rejects(
      asOwner(
        cluster,
        "SET ROLE planner; INSERT INTO watchbench_fleet.job (name, data) VALUES ('results', '{}')",
      ),
      refused,
    );
  }));

Deno.test("fleet tells what is wrong with what was typed", () =>
  inTempFolder(async () => {
    const refuses = async (args: readonly string[], pattern: RegExp, key = KEY): Promise<void> => {
      const { code, text } = await runFleet(args, { key });
      strictEqual(code, 2, text);
      match(text, pattern);
    };
    await Promise.all([
      refuses(["work"], /must be named: give --queue/),
      refuses(
        ["work", "--queue", "mysql://me:secret@host/x"],
        /postgres:\/\/user@host\/database: got "host\/x"/,
      ),
      refuses(
        ["status", "--queue", "postgres://nobody:secret@127.0.0.1:1/x"],
        /queue in 127\.0\.0\.1:1\/x: .*ECONNREFUSED/s,
      ),
    ]);
    await Promise.all([
      refuses(["status", "--queue", "postgres://h/x"], /at least 16 characters: it has 5/, "short"),
      refuses(["plan", ...SMALL, "--queue", "postgres://h/x"], /give --blocks/),
      refuses(
        ["plan", "--workload", "keyed-pkk", "--blocks", "2", "--queue", "postgres://h/x"],
        /did you mean "keyed-pk"/,
      ),
    ]);
  }));
