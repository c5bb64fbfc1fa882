/** Experiments as their author meets them: real processes, real folders, a real repository. */
import { deepStrictEqual, doesNotMatch, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { loadExperiments } from "../lib/experiments/mod.ts";
import { recordedFloors } from "../lib/experiments/run/calibration.ts";
import { judgeExperiment } from "../lib/experiments/run/judge.ts";
import { loadRun } from "../lib/record/mod.ts";

const REPOSITORY = fileURLToPath(new URL("../", import.meta.url));
const FLAGS = [
  "run",
  "--no-prompt",
  "--no-check",
  ...["read", "write", "env", "run", "sys"].map((name) => `--allow-${name}`),
  join(REPOSITORY, "scripts", "experiment.ts"),
];

/** The settled part of a small experiment as source text, with fields replaced by other source text. */
function source(changes: Readonly<Record<string, string>> = {}): string {
  const fields: Record<string, string> = {
    title: '"Small"',
    date: '"2026-11-22"',
    directions: '["writer-request-path"]',
    experimentClass: '"performance"',
    question: '"Is one reader enough?"',
    hypothesis: '"It is."',
    wouldChangeOurMind: '"It is not."',
    arms: '[{ name: "before", adapter: "watchlite" }, ' +
      '{ name: "after", adapter: "watchlite", options: { readers: "1" } }]',
    control: '"before"',
    cells: '[{ workload: "keyed-pk@2", scale: "smoke" }]',
    primary: `[{
      id: "emissions", title: "Emissions", place: { workload: "keyed-pk@2", phase: "burst" },
      quantity: { metric: "emissions_needed" }, unit: "count", deterministic: true,
      bar: { kind: "absolute", comparison: "below", value: 10 },
    }]`,
    guardrails: `[{
      id: "wall", title: "Wall", place: { workload: "keyed-pk@2", phase: "burst" },
      quantity: { metric: "wall_ns" }, unit: "ns", bar: { kind: "keep", better: "lower", margin: 0.9 },
    }]`,
    rounds: "{ least: 2, most: 2, budgetSeconds: 60 }",
    withoutEvidence: '"Planned"',
    ...changes,
  };
  const lines = Object.entries(fields).map(([name, value]) => `  ${name}: ${value},`);
  return `export const experiment = {\n${lines.join("\n")}\n};\n`;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function experiment(root: string, ...args: string[]): Promise<Ended> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: [...FLAGS, "--root", root, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

/** A folder with experiment 001 in it. */
async function inRoot(text: string, test: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(root, "experiments"));
    await Deno.writeTextFile(join(root, "experiments", "001_small.ts"), text);
    await test(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function git(root: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("git", {
    args: ["-C", root, "-c", "user.name=test", "-c", "user.email=test@example.invalid", ...args],
  }).output();
  ok(success, new TextDecoder().decode(stderr));
}

/** The same in a repository whose only commit holds the experiment. */
function inRepository(text: string, test: (root: string) => Promise<void>): Promise<void> {
  return inRoot(text, async (root) => {
    await git(root, "init", "--quiet");
    await git(root, "add", "experiments");
    await git(root, "commit", "--quiet", "--message", "Plan");
    await test(root);
  });
}

function runsIn(root: string): string[] {
  try {
    return [...Deno.readDirSync(join(root, "results"))].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

Deno.test("experiment plans with the rule and the order, and runs nothing", () =>
  inRoot(source(), async (root) => {
    const { code, stdout } = await experiment(root, "--id", "1", "--dry-run");
    strictEqual(code, 0);
    match(stdout, /10 repetitions a round, 5 of each arm where arms are compared; 2 rounds/);
    match(stdout, /2 of 2 databases x workloads were never run here/);
    match(
      stdout,
      /Note: Not calibrated on this machine: the measurement noise is supposed to be 3 %; deno task calibrate --id 001 measures them/,
    );
    match(stdout, /Note: The working tree has changes, or no commit: --record needs what a commit says/);
    match(stdout, /primary\s+emissions\s+keyed-pk@2, phase burst\s+emissions_needed\s+below 10/);
    match(stdout, /- keyed-pk@2\/watchlite\S*, 5 times/);
    deepStrictEqual(runsIn(root), []);
  }));

Deno.test("experiment measures into an ordinary run folder and prints the computed verdict", () =>
  inRoot(source(), async (root) => {
    const { code, stdout, stderr } = await experiment(root, "--id", "1");
    strictEqual(code, 0, stderr);
    match(stdout, /Not calibrated on this machine/);
    match(stdout, /Verdict: in review/, "two pairs cannot tell that the wall kept");
    const [name] = runsIn(root);
    match(name!, /-exp-001-[0-9a-f]{8}$/);
    const record = loadRun(join(root, "results", name!));
    deepStrictEqual([record.status, record.results.length], ["complete", 20]);
    ok(Deno.statSync(join(root, "results", name!, "report.md")).isFile);
    // The cost of the next run is known now.
    match((await experiment(root, "--id", "001", "--dry-run")).stdout, /Cost: about \d+ s a round/);
  }));

Deno.test("experiment records an outcome that can be judged again, and never overwrites it unasked", () =>
  inRepository(source(), async (root) => {
    const first = await experiment(root, "--id", "1", "--record", "--json");
    strictEqual(first.code, 0, first.stderr);
    const [run] = runsIn(root);
    const { experiments: [loaded], faults } = await loadExperiments(root);
    deepStrictEqual(faults, []);
    const { outcome } = loaded!;
    strictEqual(outcome?.evidence[0]?.run, run);
    deepStrictEqual(JSON.parse(first.stdout).results, outcome?.results);
    const again = judgeExperiment(
      loaded!.experiment,
      loadRun(join(root, "results", run!)),
      recordedFloors(outcome!.results),
    );
    deepStrictEqual(again.results, outcome!.results);

    const second = await experiment(root, "--id", "1", "--record");
    strictEqual(second.code, 2);
    match(second.stderr, /without --force: experiments\/001_small\.outcome\.json exists/);
    deepStrictEqual(runsIn(root), [run], "nothing is measured that cannot be recorded");

    const forced = await experiment(root, "--id", "1", "--record", "--force", "--from", run!);
    strictEqual(forced.code, 0, forced.stderr);
    match((await experiment(root, "--list")).stdout, /001\s+performance\s+in review\s+Small/);

    await Deno.writeTextFile(join(root, "experiments", "001_small.ts"), source({ hypothesis: '"Surely."' }));
    match((await experiment(root, "--list")).stdout, /in review, edited after its run/);
    const edited = await experiment(root, "--id", "1", "--from", run!);
    strictEqual(edited.code, 2);
    match(edited.stderr, /what is settled must not change after the run/);
  }));

Deno.test("experiment records nothing from a working tree with changes, or from none", async () => {
  await inRepository(source(), async (root) => {
    await Deno.writeTextFile(join(root, "experiments", "001_small.ts"), source({ title: '"Changed"' }));
    const { code, stderr } = await experiment(root, "--id", "1", "--record");
    deepStrictEqual([code, runsIn(root)], [2, []]);
    match(stderr, /the working tree must be what its commit says: it has changes/);
  });
  await inRoot(source(), async (root) => {
    match((await experiment(root, "--id", "1", "--record")).stderr, /there is no commit/);
  });
});

for (
  const [what, changes, message] of [
    ["an unknown metric", {
      primary: source().match(/primary: (\[[^]*?\}\]),/)![1]!.replace("emissions_needed", "emision_count"),
    }, /no metric is called "emision_count"/],
    ["a control that is no arm", { control: '"nobody"' }, /the control must be an arm/],
    ["arms that are alike", {
      arms: '[{ name: "before", adapter: "watchlite" }, { name: "after", adapter: "watchlite" }]',
    }, /arms must differ/],
    ["an unknown adapter", { arms: '[{ name: "before", adapter: "watchlit" }]' }, /did you mean "watchlite"/],
    ["rounds that are reversed", { rounds: "{ least: 3, most: 2, budgetSeconds: 60 }" }, /3 to 2/],
    ["a field too many", { budget: "5" }, /budget/i],
    ["a syntax error", { rounds: "{" }, /- line \d+: the module must load/],
    [
      "an unknown operation",
      {
        primary: source().match(/primary: (\[[^]*?\}\]),/)![1]!.replace(
          '"burst"',
          '"burst", operation: "updat"',
        ),
      },
      /primary\[0\]\.place\.operation: no operation of keyed-pk@2, phase burst is called "updat" \(did you mean "update"\?\): there are update/,
    ],
    [
      "a misspelled field",
      { experimentClas: '"performance"' },
      /keys must be known \(did you mean "experimentClass"\?\): "experimentClas" is not/,
    ],
    [
      "a scale that is none",
      { cells: '[{ workload: "keyed-pk@2", scale: "smok" }]' },
      /cells\[0\]\.scale: must be one of smoke, standard, large \(did you mean "smoke"\?\): it is "smok"/,
    ],
  ] as const
) {
  Deno.test(`experiment with ${what} is refused with the rule, and measures nothing`, () =>
    inRoot(source(changes), async (root) => {
      const { code, stderr } = await experiment(root, "--id", "1");
      strictEqual(code, 2, stderr);
      match(stderr, message);
      ok(!stderr.includes("    at "), stderr);
      deepStrictEqual(runsIn(root), []);
    }));
}

Deno.test("experiment refuses an id that is none and a revision that is none", () =>
  inRepository(
    source({
      arms:
        '[{ name: "before", adapter: "watchlite" }, { name: "after", adapter: "watchlite", revision: "no-such" }]',
    }),
    async (root) => {
      match((await experiment(root, "--id", "9")).stderr, /Cannot find experiment "9": there are 001/);
      match(
        (await experiment(root, "--id", "smal")).stderr,
        /Cannot find experiment "smal" \(did you mean "small"\?\)/,
      );
      const plan = await experiment(root, "--id", "small", "--dry-run");
      match(
        plan.stdout,
        /Note: Revision "no-such" is no commit, tag or branch of this repository: its arm cannot run/,
      );
      const { code, stderr } = await experiment(root, "--id", "1");
      deepStrictEqual([code, runsIn(root)], [2, []]);
      match(stderr, /revision "no-such" as it must be a commit/);
    },
  ));

Deno.test("experiment refuses an arm that cannot run", () =>
  inRoot(
    source({
      arms: '[{ name: "before", adapter: "watchlite" }, { name: "after", adapter: "node-sqlite" }]',
      cells:
        '[{ workload: "column-granularity@1", scale: "smoke" }, { workload: "keyed-pk@2", scale: "smoke" }]',
    }),
    async (root) => {
      const { code, stderr } = await experiment(root, "--id", "1");
      deepStrictEqual([code, runsIn(root)], [2, []]);
      match(stderr, /needs live queries, which adapter "node-sqlite" does not have/);
      match((await experiment(root, "--id", "1", "--dry-run")).stdout, /Note: .* needs live queries/);
    },
  ));

Deno.test("experiment runs a revision of the repository in a worktree, and leaves none behind", async () => {
  const clone = await Deno.makeTempDir();
  try {
    await git(REPOSITORY, "clone", "--quiet", "--shared", REPOSITORY, join(clone, "copy"));
    const root = join(clone, "copy");
    const arms =
      '[{ name: "now", adapter: "watchlite" }, { name: "then", adapter: "watchlite", revision: "HEAD" }]';
    const text = source({ arms, control: '"now"', rounds: "{ least: 1, most: 1, budgetSeconds: 60 }" });
    await Deno.writeTextFile(join(root, "experiments", "999_revision.ts"), text);
    const { code, stderr } = await experiment(root, "--id", "999", "--out", join(clone, "results"));
    strictEqual(code, 0, stderr);
    match(stderr, /keyed-pk@2\/watchlite\[revision=HEAD\]\/smoke · correct/);
    const { stdout } = await new Deno.Command("git", { args: ["-C", root, "worktree", "list"] }).output();
    strictEqual(new TextDecoder().decode(stdout).trim().split("\n").length, 1);
  } finally {
    await Deno.remove(clone, { recursive: true });
  }
});

Deno.test("experiment keeps what was measured when it is interrupted, records nothing, and goes on with --resume", () =>
  inRepository(source({ rounds: "{ least: 30, most: 30, budgetSeconds: 600 }" }), async (root) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: [...FLAGS, "--root", root, "--id", "1", "--record"],
      stdout: "null",
      stderr: "piped",
      env: { NO_COLOR: "1" },
    }).spawn();
    let endedCount = 0;
    for await (const line of createInterface({ input: Readable.fromWeb(child.stderr) })) {
      if (/^\[\d+\/\d+\]/.test(line) && ++endedCount === 3) child.kill("SIGINT");
    }
    strictEqual((await child.status).code, 130);
    const [name] = runsIn(root);
    const record = loadRun(join(root, "results", name!));
    strictEqual(record.status, "partial");
    ok(record.results.length >= 3 && record.results.length < 60);
    deepStrictEqual([...Deno.readDirSync(join(root, "experiments"))].map((entry) => entry.name), [
      "001_small.ts",
    ]);

    const folder = join(root, "results", name!);
    const resumed = await experiment(root, "--id", "1", "--resume", folder, "--budget", "0.01s");
    strictEqual(resumed.code, 0, resumed.stderr);
    const whole = loadRun(folder);
    strictEqual(whole.status, "complete");
    deepStrictEqual(whole.results.slice(0, record.results.length), record.results);
    match(
      (await experiment(root, "--id", "1", "--resume", folder)).stderr,
      /must be partial or killed: it is complete/,
    );
    match(
      (await experiment(root, "--id", "1", "--from", folder, "--resume", folder)).stderr,
      /--from and --resume/,
    );
  }));

Deno.test("experiment ends in time when its budget is short, and says what is undecided and what can never be decided", () => {
  const guardrails = `[{
    id: "wall", title: "Wall", place: { workload: "keyed-pk@2", phase: "burst" },
    quantity: { metric: "wall_ns" }, unit: "ns", bar: { kind: "keep", better: "lower", margin: 0.9 },
  }, {
    id: "served", title: "Highest rate", place: { workload: "keyed-pk@2", phase: "burst" },
    quantity: { metric: "answered_per_second" }, unit: "per-second", bar: { kind: "keep", better: "higher", margin: 0.9 },
  }]`;
  return inRoot(
    source({ rounds: "{ least: 20, most: 20, budgetSeconds: 600 }", guardrails }),
    async (root) => {
      const { code, stdout, stderr } = await experiment(root, "--id", "1", "--budget", "0.1s");
      strictEqual(code, 0, stderr);
      match(
        stderr,
        /After the first round served, after, cannot be judged: No block of arm after has this quantity/,
      );
      doesNotMatch(stderr, /After the first round wall/);
      match(stdout, /undecided, 1 pair, .*at least 4 more pairs needed +undecided/);
      match(stdout, /1 round counts; 0 of 1 were disturbed/);
      match(stdout, /The time was up before everything was decided: a run with a longer --budget tells more/);
      match(stdout, /Verdict: in review/);
    },
  );
});

Deno.test("experiment new begins with the next free number, and what it writes can be planned", () =>
  inRoot(source(), async (root) => {
    const { code, stdout } = await experiment(root, "new", "my-idea");
    deepStrictEqual([code, stdout.trim()], [0, join(root, "experiments", "002_my_idea.ts")]);
    strictEqual((await experiment(root, "--id", "2", "--dry-run")).code, 0);
    strictEqual((await experiment(root, "new", "../x")).code, 2);
    const record = await experiment(root, "--id", "2", "--record");
    deepStrictEqual([record.code, runsIn(root)], [2, []]);
    match(record.stderr, /title, hypothesis, wouldChangeOurMind still say what the skeleton said/);
    Deno.mkdirSync(join(root, "experiments", "directions"));
    await Deno.writeTextFile(join(root, "experiments", "directions", "measurement.json"), "{}");
    match(
      (await experiment(root, "--id", "2")).stderr,
      /directions\[0\]: no direction is called "measurement-system" \(did you mean "measurement"\?\): there are measurement in experiments\/directions/,
    );
  }));
