/** The action without GitHub: its own steps in bash over stored runs, and comments at a GitHub that answers on this machine. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { recordFixture, storeFixture } from "../../lib/testing/record_fixture.ts";
import { type Action, FakeGitHub, type Job, type JobResult, readYaml, runAction, type Workflow } from "./_workflow.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const action = readYaml<Action>(join(root, "action.yml"));

/** Runs of one adapter, `before`, and `after` whose work takes so many times as long. */
function storeRuns(results: string, slowness: number): void {
  const record = recordFixture();
  const cells = record.settings.cells.filter(({ adapter }) => adapter === "tinybase");
  const blocks = record.results.filter(({ cellKey }) => cells.some(({ key }) => key === cellKey));
  const repeated = [0, 1].flatMap((half) =>
    blocks.map((block, index) => ({
      ...block,
      blockIndex: block.blockIndex + 3 * half,
      position: index + half * blocks.length,
    }))
  );
  const slower = repeated.map((block) =>
    block.status !== "measured" ? block : {
      ...block,
      phases: block.phases.map((phase) => ({
        ...phase,
        metrics: { ...phase.metrics, done_ns: phase.metrics["done_ns"]! * slowness },
      })),
    }
  );
  const run = { ...record, settings: { ...record.settings, cells } };
  for (const [id, own] of [["2026-11-21T00-00-00-before", repeated], ["2026-11-22T00-00-00-after", slower]] as const) {
    const folder = join(results, id);
    try {
      Deno.removeSync(folder, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    storeFixture(folder, { ...run, id, results: own });
  }
}

/** A project with stored runs, and a job of a pull request that compares them. */
class Jobs implements AsyncDisposable {
  readonly github = new FakeGitHub();
  readonly #folder = Deno.makeTempDirSync();

  constructor() {
    // The command of a project is npx watchbench; here it is the same scripts from the repository.
    Deno.writeTextFileSync(
      join(this.#folder, "watchbench"),
      `#!/bin/bash\nexec "${Deno.execPath()}" run -A --no-check --config "${root}deno.json" "${root}scripts/$1.ts" "\${@:2}"\n`,
      { mode: 0o755 },
    );
    Deno.mkdirSync(join(this.#folder, "project"));
  }

  get results(): string {
    return join(this.#folder, "project", "results");
  }

  run(inputs: Readonly<Record<string, string>>, job: Partial<Job> = {}): Promise<JobResult> {
    const folder = join(this.#folder, "job");
    Deno.mkdirSync(folder, { recursive: true });
    return runAction(action, {
      folder,
      workspace: join(this.#folder, "project"),
      actionPath: root,
      inputs: { command: join(this.#folder, "watchbench"), runs: "before after", ...inputs },
      eventName: "pull_request",
      event: { pull_request: { number: 7 } },
      env: { GITHUB_API_URL: this.github.url, GITHUB_REPOSITORY: "someone/toy", NO_COLOR: "1" },
      ...job,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.github[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

Deno.test("the action writes one comment, a summary and annotations, and fails where a margin is broken", async (t) => {
  await using jobs = new Jobs();

  await t.step("a change within the margins passes", async () => {
    storeRuns(jobs.results, 1.02);
    const { code, log, summary, outputs } = await jobs.run({ "fail-on": "done:10%" });
    strictEqual(code, 0, log);
    strictEqual(outputs.get("measure.code"), "0");
    match(log, /^::notice title=Watchbench::Verdict: /m);
    match(summary, /^### 2026-11-22T00-00-00-after against 2026-11-21T00-00-00-before\n\n\*\*Verdict: /);
    deepStrictEqual(jobs.github.comments.map(({ body }) => body), [`<!-- watchbench:watchbench -->\n${summary}`]);
  });

  await t.step("a change beyond them fails, and the comment is the same one", async () => {
    storeRuns(jobs.results, 1.2);
    const { code, log, summary } = await jobs.run({ "fail-on": "done:10%" });
    strictEqual(code, 4, log);
    match(log, /^::error title=Worse than allowed::keyed-pk.* done is 1\.20x .*beyond the margin of 10 %25$/m);
    match(summary, /\*\*Verdict: worse than allowed/);
    deepStrictEqual(jobs.github.comments.map(({ body }) => body), [`<!-- watchbench:watchbench -->\n${summary}`]);
    ok(jobs.github.requests.some((request) => request.startsWith("PATCH ")));
  });

  await t.step("another key is another comment, found behind a hundred others", async () => {
    for (let index = 0; index < 150; index++) jobs.github.comments.unshift({ id: index, body: "I like it" });
    await jobs.run({ "comment-key": "other" });
    await jobs.run({ "comment-key": "other" });
    strictEqual(jobs.github.comments.filter(({ body }) => body.startsWith("<!-- watchbench:")).length, 2);
  });

  await t.step("a token that may not write is a warning, and the gate decides all the same", async () => {
    jobs.github.refusal = 403;
    const passed = await jobs.run({});
    strictEqual(passed.code, 0, passed.log);
    match(passed.log, /^::warning title=Watchbench::Cannot write the comment: GitHub answered 403 Resource not/m);
    strictEqual((await jobs.run({ "fail-on": "done:10%" })).code, 4);
    jobs.github.refusal = undefined;
  });

  await t.step("nothing is asked of GitHub where no comment is wanted, and outside of pull requests", async () => {
    const before = jobs.github.requests.length;
    await jobs.run({ comment: "false" });
    await jobs.run({}, { eventName: "push", event: {} });
    strictEqual(jobs.github.requests.length, before);
  });

  await t.step("what cannot be compared is an error with the command's own code, and leaves no old comment", async () => {
    const before = jobs.github.comments.map(({ body }) => body);
    const unknown = await jobs.run({ runs: "before nowhere" });
    strictEqual(unknown.code, 2, unknown.log);
    match(unknown.log, /Cannot find run "nowhere"/);
    match(unknown.log, /^::error title=Watchbench::Nothing was compared: .*\(code 2\)$/m);
    strictEqual(unknown.summary, "");
    deepStrictEqual(jobs.github.comments.map(({ body }) => body), before);
  });

  await t.step("inputs reach the command as they are, and are no shell", async () => {
    const inputs = { runs: "", base: "$(exit 9); `false`", adapter: "./bench/it's here.ts", "fail-on": "" };
    const { code, log } = await jobs.run({ ...inputs, command: "printf %s\\n" });
    strictEqual(code, 1, "nothing was compared");
    deepStrictEqual(log.split("\n").slice(0, 7), [
      "ab",
      "--base",
      inputs.base,
      "--head",
      "HEAD",
      "--adapter",
      inputs.adapter,
    ]);
    const pull = await jobs.run(
      { runs: "", command: "printf %s\\n" },
      { env: { GITHUB_BASE_REF: "main", GITHUB_API_URL: jobs.github.url, GITHUB_REPOSITORY: "someone/toy" } },
    );
    deepStrictEqual(pull.log.split("\n").slice(0, 3), ["ab", "--base", "origin/main"]);
  });
});

Deno.test("the sample workflows use the action with inputs that it has, and may write its comment", () => {
  for (const path of [".github/workflows/ab.yml", "lib/project/template/workflow.yml"]) {
    const { jobs, permissions } = readYaml<Workflow>(join(root, path));
    strictEqual(permissions["pull-requests"], "write", path);
    const own = Object.values(jobs).flatMap(({ steps }) => steps)
      .filter(({ uses }) => uses === "./" || uses === "./node_modules/watchbench");
    strictEqual(own.length, 1, path);
    for (const name of Object.keys(own[0]!.with ?? {})) ok(Object.hasOwn(action.inputs, name), `${path}: ${name}`);
  }
});

Deno.test("the action says what each input is for, and reads no other", () => {
  for (const [name, { description }] of Object.entries(action.inputs)) ok(description.length > 10, name);
  const text = Deno.readTextFileSync(join(root, "action.yml"));
  const read = [...text.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name!);
  deepStrictEqual([...new Set(read)].sort(), Object.keys(action.inputs).sort());
});
