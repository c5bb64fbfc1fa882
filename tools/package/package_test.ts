/**
 * The command line as a stranger has it: packed, installed by npm in a folder outside this repository, with a git
 * repository and a database of their own.
 */
import { match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { buildPackage } from "./build.ts";

interface Ran {
  readonly code: number;
  readonly text: string;
}

/** A project with the packed command line installed, and a cache of its own. */
class Project implements AsyncDisposable {
  readonly root: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.root = join(folder, "project");
  }

  static async create(): Promise<Project> {
    const folder = await Deno.makeTempDir();
    const project = new Project(folder);
    const packed = join(folder, "package");
    buildPackage(packed);
    Deno.mkdirSync(project.root);
    strictEqual((await project.run("npm", "pack", packed, "--pack-destination", folder)).code, 0);
    const archive = [...Deno.readDirSync(folder)].find(({ name }) => name.endsWith(".tgz"))!.name;
    Deno.writeTextFileSync(
      join(project.root, "package.json"),
      JSON.stringify({ name: "toy", private: true }),
    );
    const installed = await project.run("npm", "install", "--no-audit", "--no-fund", join(folder, archive));
    strictEqual(installed.code, 0, installed.text);
    return project;
  }

  async run(program: string, ...args: string[]): Promise<Ran> {
    const { code, stdout, stderr } = await new Deno.Command(program, {
      args,
      cwd: this.root,
      env: {
        NO_COLOR: "1",
        WATCHBENCH_CACHE: join(this.#folder, "cache"),
        GIT_AUTHOR_NAME: "toy",
        GIT_AUTHOR_EMAIL: "toy@example.com",
        GIT_COMMITTER_NAME: "toy",
        GIT_COMMITTER_EMAIL: "toy@example.com",
      },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
  }

  watchbench(...args: string[]): Promise<Ran> {
    return this.run("npx", "--no-install", "watchbench", ...args);
  }

  /** Commits everything and returns the commit. */
  async commit(message: string): Promise<string> {
    strictEqual((await this.run("git", "add", "-A")).code, 0);
    strictEqual((await this.run("git", "commit", "-q", "-m", message)).code, 0);
    return (await this.run("git", "rev-parse", "HEAD")).text.trim();
  }

  change(path: string, from: string, to: string): void {
    const file = join(this.root, path);
    const text = Deno.readTextFileSync(file);
    ok(text.includes(from), from);
    Deno.writeTextFileSync(file, text.replace(from, to));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function runsOf({ root }: Project): string[] {
  return [...Deno.readDirSync(join(root, "bench", "results"))].filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => name);
}

Deno.test("the packed command line benches, reports and compares a stranger's database", async (t) => {
  await using project = await Project.create();
  const small = ["-w", "keyed-pk", "-s", "smoke"];

  await t.step("help lists the commands, and an unknown one is told", async () => {
    const help = await project.watchbench("--help");
    strictEqual(help.code, 0, help.text);
    for (
      const name of [
        "bench",
        "ab",
        "compare",
        "report",
        "site",
        "conformance",
        "experiment",
        "init",
        "archive",
        "query",
      ]
    ) {
      match(help.text, new RegExp(`^  ${name} `, "m"));
    }
    const unknown = await project.watchbench("bnech");
    strictEqual(unknown.code, 2);
    match(unknown.text, /Cannot run "bnech"/);
  });

  await t.step("ab refuses a folder that is no repository", async () => {
    const { code, text } = await project.watchbench("ab", "--base", "main", "-a", "./bench/adapter.ts");
    strictEqual(code, 2, text);
    match(text, /must be in a git repository/);
  });

  strictEqual((await project.run("git", "init", "-q", "-b", "main")).code, 0);
  Deno.writeTextFileSync(join(project.root, ".gitignore"), "node_modules/\n");

  await t.step("init writes what runs at once, and overwrites nothing", async () => {
    const { code, text } = await project.watchbench("init");
    strictEqual(code, 0, text);
    match(text, /Wrote bench\/adapter\.ts/);
    const again = await project.watchbench("init");
    strictEqual(again.code, 2);
    match(again.text, /is there already/);
  });
  // The library that is the project's own. It waits by the clock, so that a busy machine makes nothing of its difference.
  Deno.mkdirSync(join(project.root, "src"));
  Deno.writeTextFileSync(
    join(project.root, "src", "toy.js"),
    "const LASTS_MS = 20;\n\nexport function work() {\n  const until = performance.now() + LASTS_MS;\n" +
      "  while (performance.now() < until);\n}\n",
  );
  project.change("bench/adapter.ts", 'from "watchbench/model";', 'from "watchbench/model";\nimport { work } from "../src/toy.js";');
  project.change("bench/adapter.ts", "  write(statement: WriteStatement, args: Args): void {", "  write(statement: WriteStatement, args: Args): void {\n    work();");
  const base = await project.commit("Begin");

  await t.step("bench measures the project's own adapter into the project's own results", async () => {
    const { code, text } = await project.watchbench("bench", ...small, "--blocks", "1", "--save-baseline", "main");
    strictEqual(code, 0, text);
    match(text, /^my-database +\d/m);
    match(text, /^Next: npx watchbench compare main latest, after another run$/m);
    const [run] = runsOf(project);
    const record = JSON.parse(Deno.readTextFileSync(join(project.root, "bench", "results", run!, "record.json")));
    strictEqual(record.environment.commit, base);
    strictEqual(record.environment.isDirty, false);
  });

  await t.step("report and compare read them", async () => {
    const site = await project.watchbench("site", "--out", "site");
    strictEqual(site.code, 0, site.text);
    ok(Deno.statSync(join(project.root, "site", "index.html")).isFile);
    const compared = await project.watchbench("compare", "main", "latest", "--metric", "total time");
    match(compared.text, /^burst +done /m);
    const meant = await project.watchbench("compare", "mian", "latest");
    strictEqual(meant.code, 2);
    match(meant.text, /did you mean "main"\?.*\nSee: npx watchbench compare --help/);
  });

  await t.step("experiment new writes what the project's own types accept", async () => {
    const { code, text } = await project.watchbench("experiment", "new", "faster-writes");
    strictEqual(code, 0, text);
    const path = join("experiments", "001_faster_writes.ts");
    const plan = await project.watchbench("experiment", "--id", "1", "--dry-run");
    strictEqual(plan.code, 0, plan.text);
    const types = await project.run(Deno.execPath(), "check", "--node-modules-dir=manual", path);
    strictEqual(types.code, 0, types.text);
  });

  await t.step("archive and query answer over them", async () => {
    const [run] = runsOf(project);
    const added = await project.watchbench("archive", "add", join("bench", "results", run!), "--to", "archive");
    strictEqual(added.code, 0, added.text);
    const answer = await project.watchbench(
      "query",
      "archive",
      "--csv",
      "SELECT DISTINCT adapter FROM verdicts",
    );
    strictEqual(answer.code, 0, answer.text);
    match(answer.text, /^my-database$/m);
  });

  await t.step("ab fails a commit that makes the project's library 20 % slower, and passes one that changes nothing", async () => {
    project.change("src/toy.js", "LASTS_MS = 20;", "LASTS_MS = 24;");
    const slower = await project.commit("Make every write slower");
    const gate = ["--rounds", "8", "--fail-on", "done:5%", "--annotations", "--comment", "comment.md", ...small];
    const worse = await project.watchbench("ab", "--base", base, ...gate);
    strictEqual(worse.code, 4, worse.text);
    match(worse.text, /^Verdict: worse than allowed\. \w{12} against \w{12} breaks \d margins?$/m);
    match(worse.text, /^::error title=Worse than allowed::/m);
    match(Deno.readTextFileSync(join(project.root, "comment.md")), /\*\*Verdict: worse than allowed/);

    Deno.writeTextFileSync(join(project.root, "README.md"), "Nothing changed.\n");
    await project.commit("Say something");
    const same = await project.watchbench("ab", "--base", slower, ...gate);
    strictEqual(same.code, 0, same.text);
    match(same.text, /^Verdict: (no difference found|cannot tell|better|worse, within)/m);
    strictEqual((await project.run("git", "worktree", "list")).text.trim().split("\n").length, 1);
  });

  await t.step("ab tells what is wrong with a revision, a setup and an adapter", async () => {
    const refused = async (args: readonly string[], rule: RegExp): Promise<void> => {
      const { code, text } = await project.watchbench("ab", ...args, "--rounds", "1", ...small);
      strictEqual(code, 2, text);
      match(text, rule);
    };
    await refused(["--base", "nowhere"], /Cannot find revision "nowhere"/);
    await refused(["--base", "mian"], /Cannot find revision "mian" \(did you mean "main"\?\)/);
    await refused(["--base", base, "--setup", "echo missing part; exit 3"], /ended with 3\n +missing part/);
    await refused(["--base", base, "-a", "./bench/none.ts"], /base, \w{12}, has no bench\/none\.ts/);
    project.change("bench/adapter.ts", "const adapter: Adapter = {", 'throw new Error("no such thing");\nconst adapter: Adapter = {');
    const broken = await project.commit("Break the adapter");
    await refused(["--base", broken], /Cannot import adapter module .*: no such thing/);
    await refused(["--base", broken, "--comment", "nowhere/comment.md"], /Cannot write "nowhere\/comment\.md"/);
  });
});
