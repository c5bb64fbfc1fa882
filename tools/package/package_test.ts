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
  const base = await project.commit("Begin");

  await t.step("bench measures the project's own adapter into the project's own results", async () => {
    const { code, text } = await project.watchbench("bench", ...small, "--blocks", "1");
    strictEqual(code, 0, text);
    match(text, /my-database/);
    const [run] = [...Deno.readDirSync(join(project.root, "bench", "results"))].map(({ name }) => name);
    const record = JSON.parse(
      Deno.readTextFileSync(join(project.root, "bench", "results", run!, "record.json")),
    );
    strictEqual(record.environment.commit, base);
    strictEqual(record.environment.isDirty, false);
  });

  await t.step("report and compare read them", async () => {
    const site = await project.watchbench("site", "--out", "site");
    strictEqual(site.code, 0, site.text);
    ok(Deno.statSync(join(project.root, "site", "index.html")).isFile);
    const compared = await project.watchbench("compare", "latest", "latest");
    match(compared.text, /keyed-pk/);
  });

  await t.step("archive and query answer over them", async () => {
    const [run] = [...Deno.readDirSync(join(project.root, "bench", "results"))].map(({ name }) => name);
    const added = await project.watchbench(
      "archive",
      "add",
      join("bench", "results", run!),
      "--to",
      "archive",
    );
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

  await t.step("ab finds a side that became slower, and passes one that changed nothing", async () => {
    // A write that waits is slower by far more than any machine makes up.
    project.change(
      "bench/adapter.ts",
      "this.#database.prepare(statement.sql).run(...args as SQLInputValue[]);\n    this.#tellWatchers",
      "const until = performance.now() + 3;\n    while (performance.now() < until);\n" +
        "    this.#database.prepare(statement.sql).run(...args as SQLInputValue[]);\n    this.#tellWatchers",
    );
    const slower = await project.commit("Wait in every write");
    const gate = ["--rounds", "8", "--fail-on", "done:100%", ...small];
    const worse = await project.watchbench("ab", "--base", base, ...gate);
    strictEqual(worse.code, 4, worse.text);
    match(worse.text, /Verdict: worse than allowed/);

    Deno.writeTextFileSync(join(project.root, "README.md"), "Nothing changed.\n");
    await project.commit("Say something");
    const same = await project.watchbench("ab", "--base", slower, ...gate);
    strictEqual(same.code, 0, same.text);
    match(same.text, /Verdict: (no difference found|cannot tell|better|worse, within)/);
    strictEqual((await project.run("git", "worktree", "list")).text.trim().split("\n").length, 1);
  });

  await t.step("ab tells what is wrong with a revision, a setup and an adapter", async () => {
    const refused = async (args: readonly string[], rule: RegExp): Promise<void> => {
      const { code, text } = await project.watchbench("ab", ...args, "--rounds", "1", ...small);
      strictEqual(code, 2, text);
      match(text, rule);
    };
    await refused(["--base", "nowhere"], /Cannot find revision "nowhere"/);
    await refused(["--base", base, "--setup", "echo missing part; exit 3"], /ended with 3\n +missing part/);
    await refused(["--base", base, "-a", "./bench/none.ts"], /none\.ts/);
  });
});
