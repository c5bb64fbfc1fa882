/** The bench as its user meets it: real processes, real folders. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { type Block, workloadKey } from "../lib/model/mod.ts";
import { findWorkload } from "../workloads/mod.ts";
import { loadRun, loadTimeline } from "../lib/record/mod.ts";
import { reporterById } from "../lib/report/mod.ts";
import { inTempFolder } from "../lib/testing/temp_folder.ts";
import { bench, ONE_CELL, runsIn, SWEEP } from "./_bench_process.ts";

const LIAR = new URL("../lib/testing/lying_adapter.ts", import.meta.url).pathname;
const KEYED = workloadKey(findWorkload("keyed-pk"));

/** The blocks of what was asked for: all but the anchor's. */
function askedBlocks(folder: string): readonly Block[] {
  const { settings, results } = loadRun(folder);
  const anchor = settings.cells.find((cell) => cell.anchor === true)?.key;
  return results.filter(({ cellKey }) => cellKey !== anchor);
}

Deno.test("bench leaves a record that loads and a report that renders again to the same bytes", () =>
  inTempFolder(async (root) => {
    const { code, stdout } = await bench(["my-label", ...ONE_CELL, "--blocks", "2", "--out", root, "--json"]);
    strictEqual(code, 0);
    const [folder] = runsIn(root);
    match(folder!, /\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-my-label$/);
    const record = loadRun(folder!);
    strictEqual(record.status, "complete");
    deepStrictEqual(
      askedBlocks(folder!).map((block) => block.status === "measured" && [block.evidence, block.blockIndex]),
      [["digests", 0], ["rows", 1], ["digests", 2]],
    );
    deepStrictEqual(
      record.settings.cells.map(({ key, anchor }) => [key, anchor]),
      [[`${KEYED}/node-sqlite/smoke`, undefined], [`${KEYED}/node-sqlite/standard`, true]],
    );
    ok(
      !Deno.readTextFileSync(join(folder!, "report.md")).includes("standard"),
      "nobody asked for the anchor",
    );
    strictEqual(Deno.readTextFileSync(join(folder!, "report.md")), reporterById("markdown").render(record));
    strictEqual(stdout, reporterById("json").render(record) + "\n");
    deepStrictEqual(
      timelinesOf(folder!),
      [undefined, ["burst"], undefined],
      "the block with whole rows leaves its timeline",
    );
  }));

for (
  const [choice, expected] of [["none", [undefined, undefined, undefined]], ["all", [["burst"], ["burst"], [
    "burst",
  ]]]] as const
) {
  Deno.test(`bench leaves ${choice} of the timelines when told so`, () =>
    inTempFolder(async (root) => {
      const { code } = await bench([...ONE_CELL, "--blocks", "2", "--out", root, "--timeline", choice]);
      strictEqual(code, 0);
      deepStrictEqual(timelinesOf(runsIn(root)[0]!), expected);
    }));
}

/** Phases of the timeline of each block; `undefined` for blocks without one. */
function timelinesOf(folder: string): (string[] | undefined)[] {
  return askedBlocks(folder).map((block) => loadTimeline(folder, block)?.phases.map(({ phase }) => phase));
}

for (
  const [args, message] of [
    [["--workload", "keyd-pk"], /Cannot find workload "keyd-pk" \(did you mean "keyed-pk"\?\)/],
    [["--adapter", "node-sqlit"], /Cannot find adapter "node-sqlit" \(did you mean "node-sqlite"\?\)/],
    [
      ["--adapter", "node-sqlite:readers=5"],
      /Cannot set option "readers" of adapter "node-sqlite": allowed are rowsPerStep, checkpointPages/,
    ],
    [["--workload", "keyed-pk@9"], /versions are keyed-pk@1, keyed-pk@2/],
    [["--scale", "smok"], /Cannot find scale "smok" \(did you mean "smoke"\?\)/],
    [["--wrkload", "keyed-pk"], /unknown option '--wrkload'.*--workload/],
    [["--blocks", "0"], /--blocks.*at least 1/],
    [["--timeline", "frist"], /--timeline.*one of none, first, all \(did you mean "first"\?\)/],
    [["--blocks", "many"], /--blocks.*whole number/],
    [["--blocks", "1e2"], /--blocks.*whole number/],
    [["--budget", "5"], /--budget.*90s or 5m/],
    [["--budget", "0m"], /--budget.*above 0/],
    [["--budget", "1m", "--blocks", "3"], /Cannot combine --blocks with --budget/],
    [
      ["--budget", "2s"],
      /Cannot measure within 2 s .* two repetitions of each of 18 databases x workloads: they take about 9 s/,
    ],
    [["a", "b"], /too many arguments/],
    [
      ["--adapter", "sqlite"],
      /\(did you mean "node-sqlite", "better-sqlite3", "sqlite-wasm" or "sqlite-opfs"\?\)/,
    ],
    [["--adapter", "@powersync/node"], /\(did you mean "powersync"\?\)/],
    [["--workload", "chat"], /\(did you mean "chat-sim"\?\)/],
    [["tinybase"], /"tinybase" as that is the name of an adapter: to run it, give --adapter tinybase/],
    [["keyed-pk", "-a", "tinybase"], /"keyed-pk" as that is the name of a workload: .* --workload keyed-pk/],
    [["my run"], /Cannot name a run \(did you mean "my-run"\?\)/],
    [["--save-baseline", "latest"], /Cannot name a baseline "latest"/],
    [["--probe"], /Cannot probe without --list/],
    [["../../x"], /label must be 1 to 64 letters/],
    [["x".repeat(10_000)], /has 10000 characters/],
    [["a\u0007b"], /a\\u0007b/],
    [["--resume", "no/such/run"], /Cannot find run "no\/such\/run".*holds no run/],
    [["--resume", ".", "--blocks", "5"], /a run keeps those it began with: blocks was given/],
    [
      ["--sweep", "streams=100"],
      /Cannot sweep "streams" as growth shows between two values or more.*: got 100/,
    ],
    [["--sweep", "stream=1,10"], /Cannot sweep "stream" of scaling@1 \(did you mean "streams"\?\)/],
    [["--sweep", "streams=1,10", "-w", "chat-sim@1"], /Cannot sweep "streams" of chat-sim@1/],
    [["--sweep", "rows=10,99999999999"], /must be from 1 to 10000000: got 99999999999/],
    [["--sweep", "payload=10,1000000", "-s", "large"], /its rows must fit into half of the memory/],
    [["--sweep", "streams=1,10", "--resume", "."], /a run keeps those it began with: sweep was given/],
    [["--duration", "5s"], /Cannot go on for 5s as --duration must be from 15 s/],
    [["--duration", "10m", "--budget", "60s"], /Cannot measure within 1 min as the budget must hold/],
    [["--duration", "1m", "-w", "chat-sim"], /Cannot run chat-sim@\d+ for a duration/],
    [["--adapter", "./no_such_adapter.ts"], /Cannot import adapter module .*no_such_adapter\.ts/],
  ] as const
) {
  Deno.test(`bench ${JSON.stringify(args.map((arg) => arg.slice(0, 30)))} is refused with the rule and writes nothing`, () =>
    inTempFolder(async (root) => {
      const { code, stderr } = await bench([...args, "--out", root]);
      strictEqual(code, 2, stderr);
      match(stderr, message);
      ok(!stderr.includes("    at "), "no stack for what the user can mend");
      deepStrictEqual(runsIn(root), []);
    }));
}

Deno.test("bench refuses an output folder that cannot be written", async () => {
  const { code, stderr } = await bench([...ONE_CELL, "--out", "/proc/watchbench"]);
  strictEqual(code, 2);
  match(stderr, /must be a writable folder/);
});

Deno.test("bench exits with 1 and prints no speed when a cell lied", () =>
  inTempFolder(async (root) => {
    const args = [
      "--workload",
      "keyed-pk",
      "--scale",
      "smoke",
      "--adapter",
      LIAR,
      "--blocks",
      "1",
      "--out",
      root,
    ];
    const { code, stdout } = await bench(args);
    strictEqual(code, 1);
    match(stdout, /liar.*phantom/);
    ok(!/\d\/s/.test(stdout), stdout);
  }));

Deno.test("bench stops by itself when its intervals suffice or its budget is spent, and says what is missing", () =>
  inTempFolder(async (root) => {
    const { code, stderr } = await bench([...ONE_CELL, "--budget", "8s", "--out", root]);
    strictEqual(code, 0, stderr);
    match(stderr, /^First everything once, and once with whole rows\. Then, until the intervals of /m);
    const { settings, results } = loadRun(runsIn(root)[0]!);
    strictEqual(settings.stopping?.budgetMs, 8000);
    const spentMs = results.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
    const isPrecise = !/^Not yet precise: 1 of 1 /m.test(stderr);
    // How the machine behaves is not for a test to say: either it sufficed, or the time was used.
    ok(isPrecise ? askedBlocks(runsIn(root)[0]!).length >= 7 : spentMs > 4000, `${spentMs} ms\n${stderr}`);
    if (!isPrecise) {
      match(stderr, /keyed-pk@\d+\/node-sqlite\/smoke: too few repetitions.*: about \d+ more$/m);
    }
  }));

Deno.test("bench skips an adapter whose driver cannot be downloaded, with the reason and what to do", () =>
  inTempFolder(async (root) => {
    // Nothing listens on this port: a registry that cannot be reached.
    Deno.writeTextFileSync(join(root, ".npmrc"), "registry=http://127.0.0.1:9/\n");
    Deno.writeTextFileSync(
      join(root, "deno.json"),
      JSON.stringify({ imports: { "some-db": "npm:watchbench-unpublished@1.0.0" } }),
    );
    const adapter = join(root, "adapter.ts");
    Deno.writeTextFileSync(
      adapter,
      `export const adapter = {
        id: "some-db", title: "Some", about: "", unfair: "", homepage: "", drivers: {}, options: {}, counters: [],
        knownGaps: [], permissions: {},
        capabilities: () => ({ liveQueries: "none", sql: true, joins: true, atomicBatch: true,
          interactiveTransaction: false, durability: "none", worksOn: "caller" }),
        open: async () => (await import("some-db")).default(),
      };`,
    );
    const out = join(root, "results");
    const { code, stdout, stderr } = await bench([
      ...["--workload", "keyed-pk", "--scale", "smoke", "--blocks", "2", "--out", out],
      ...["--adapter", `${adapter},node-sqlite`],
    ]);
    strictEqual(code, 0, stderr);
    const results = loadRun(runsIn(out)[0]!).results;
    const [skip, ...others] = results.filter(({ cellKey }) => cellKey.includes("some-db"));
    strictEqual(others.length, 0);
    ok(skip?.status === "skipped", JSON.stringify(skip));
    match(skip.reason, /^Cannot download the driver: .*watchbench-unpublished.*; run it once where/);
    ok(!skip.reason.includes("127.0.0.1"), skip.reason);
    match(stdout, /some-db was skipped: Cannot download the driver/);
    strictEqual(results.filter(({ status }) => status === "measured").length, 6);
  }));

Deno.test("bench --list and --dry-run describe and run nothing", () =>
  inTempFolder(async (root) => {
    const list = await bench(["--list", "--out", root]);
    strictEqual(list.code, 0);
    match(list.stdout, /keyed-pk\s+│ 1, 2/);
    match(list.stdout, /node-sqlite/);
    match(list.stderr, /--probe opens every adapter/);
    const plan = await bench([...ONE_CELL, "--dry-run", "--blocks", "2", "--out", root]);
    match(
      plan.stdout,
      /^6 repetitions of 2 databases x workloads: no stored run tells what these take\n1\. keyed-pk@\d+\//,
    );
    match(plan.stdout, /\. keyed-pk@\d+\/node-sqlite\/smoke repetition 1, whole rows$/m);
    match(plan.stdout, /\. keyed-pk@\d+\/node-sqlite\/standard repetition 0, the anchor$/m);
    const open = await bench([...ONE_CELL, "--dry-run", "--budget", "90s", "--out", root]);
    match(open.stdout, /^First 4 repetitions of 2 databases x workloads/);
    match(open.stdout, /95 % confidence, which takes 6 repetitions.* ±10 % .* until 1 min 30 s are spent/);
    match(open.stdout, /It will take at most 1 min 30 s, less where intervals are narrow before/);
    deepStrictEqual(runsIn(root), []);
  }));

Deno.test("bench ends with one table of all, the page to open and the next command, and --full prints the rest", () =>
  inTempFolder(async (root) => {
    const args = [...ONE_CELL, "--blocks", "1", "--out", root];
    const { code, stdout, stderr } = await bench([...args, "--save-baseline", "main"]);
    strictEqual(code, 0, stderr);
    match(stdout, /^Databases x workloads: done, total time$/m);
    match(stdout, /^node-sqlite +\d/m);
    ok(!/beyond frames/.test(stdout), stdout);
    const [folder] = runsIn(root).filter((path) => !path.endsWith(".json"));
    const lines = stderr.trim().split("\n");
    strictEqual(lines.at(-3), `Baseline main is ${folder!.slice(root.length + 1)} from now on`);
    strictEqual(lines.at(-2), `Open ${join(folder!, "report.md")}; --full prints it here`);
    strictEqual(lines.at(-1), "Next: deno task compare main latest, after another run");

    const full = await bench([...args, "--full"]);
    match(full.stdout, /beyond frames/);
    match(full.stderr, /^Next: deno task report --run .* for a page with pictures, report\/index\.html$/m);
  }));

Deno.test("bench --help shows examples and exit codes", async () => {
  const { code, stdout } = await bench(["--help"]);
  strictEqual(code, 0);
  match(stdout, /Examples:/);
  match(stdout, /130 interrupted/);
});

Deno.test("bench tells what a sweep takes before it starts, and how to repeat it", () =>
  inTempFolder(async (root) => {
    const { code, stdout, stderr } = await bench([...SWEEP.slice(0, -1), "1", "--out", root]);
    strictEqual(code, 0, stderr);
    match(stderr, /^8 repetitions of 4 databases x workloads: no stored run tells what these take$/m);
    match(stdout, /Growth with streams \(open lists\): scaling@1, smoke, burst/);
    match(stdout, /No exponent: a power law needs 4 sizes with values: there are 3/);
    const [folder] = runsIn(root);
    const report = Deno.readTextFileSync(join(folder!, "report.md"));
    match(report, /--sweep streams=1,10,100 /);
  }));
