/**
 * The command line as a stranger has it: packed, installed by npm in a folder outside this repository, with a git
 * repository and a database of their own.
 */
import { match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { Project } from "./_project.ts";

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
      match(help.text, new RegExp(`^ {2}${name} `, "m"));
    }
    const unknown = await project.watchbench("bnech");
    strictEqual(unknown.code, 2);
    match(unknown.text, /Cannot run "bnech" \(did you mean "bench"\?\)/);
    const { version } = JSON.parse(Deno.readTextFileSync(new URL("../../jsr.json", import.meta.url)));
    strictEqual((await project.watchbench("--version")).text, `${version}\n`);
  });

  await project.beginRepository();

  await t.step("init writes what runs at once, and overwrites nothing", async () => {
    const { code, text } = await project.watchbench("init");
    strictEqual(code, 0, text);
    for (const path of ["bench/adapter.ts", "bench/watchbench.json", ".github/workflows/bench.yml"]) {
      ok(text.includes(`Wrote ${path}\n`), text);
      ok(Deno.statSync(join(project.root, path)).isFile);
    }
    const next =
      "Next:\n  npx watchbench conformance ./bench/adapter.ts\n  npx watchbench bench\n  npx watchbench ab --base main\n";
    ok(text.includes(next), text);
    const again = await project.watchbench("init");
    strictEqual(again.code, 2);
    match(again.text, /is there already/);
  });

  await t.step("what init wrote keeps what live queries promise", async () => {
    const { code, text } = await project.watchbench("conformance", "./bench/adapter.ts");
    strictEqual(code, 0, text);
  });

  // The library that is the project's own. Nearly all that it takes is sleep, of which a busy machine makes little more.
  Deno.mkdirSync(join(project.root, "src"));
  Deno.writeTextFileSync(
    join(project.root, "src", "toy.js"),
    "const LASTS_MS = 60;\n\nexport function work() {\n" +
      "  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LASTS_MS);\n}\n",
  );
  project.change(
    "bench/adapter.ts",
    'from "watchbench/model";',
    'from "watchbench/model";\nimport { work } from "../src/toy.js";',
  );
  project.change(
    "bench/adapter.ts",
    "  write(statement: WriteStatement, args: Args): void {",
    "  write(statement: WriteStatement, args: Args): void {\n    work();",
  );
  const base = await project.commit("Begin");

  await t.step("bench measures the project's own adapter into the project's own results", async () => {
    const { code, text } = await project.watchbench(
      "bench",
      ...small,
      "--blocks",
      "1",
      "--save-baseline",
      "main",
    );
    strictEqual(code, 0, text);
    match(text, /^my-database +\d/m);
    match(text, /^Next: npx watchbench compare main latest, after another run$/m);
    const [run] = runsOf(project);
    const record = JSON.parse(
      Deno.readTextFileSync(join(project.root, "bench", "results", run!, "record.json")),
    );
    strictEqual(record.environment.commit, base);
    strictEqual(record.environment.isDirty, false);
  });

  await t.step("an adapter in JavaScript finds the project's own packages", async () => {
    const library = join(project.root, "node_modules", "toy-titles");
    Deno.mkdirSync(library);
    Deno.writeTextFileSync(
      join(library, "package.json"),
      '{ "name": "toy-titles", "version": "1.0.0", "main": "index.cjs" }',
    );
    Deno.writeTextFileSync(join(library, "index.cjs"), "exports.loud = (text) => text.toUpperCase();\n");
    const adapter = join("bench", "plain.js");
    Deno.writeTextFileSync(
      join(project.root, adapter),
      'import { loud } from "toy-titles";\nimport typed from "./adapter.ts";\n\n' +
        'export default { ...typed, id: "plain", title: loud(typed.title) };\n',
    );
    const { code, text } = await project.watchbench(
      "bench",
      ...small,
      "--blocks",
      "1",
      "-a",
      `./${adapter}`,
      "--out",
      "plain",
    );
    strictEqual(code, 0, text);
    match(text, /^plain +\d/m);
    for (const path of [join(project.root, adapter), join(project.root, "plain")]) {
      Deno.removeSync(path, { recursive: true });
    }
  });

  await t.step("report, site and compare read them", async () => {
    const page = await project.watchbench("report", "--run", "latest");
    strictEqual(page.code, 0, page.text);
    match(
      Deno.readTextFileSync(join(project.root, "report", "index.html")),
      /^<html lang="en" data-theme="auto" data-program="npx watchbench">$/m,
    );
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

  await t.step(
    "ab fails a commit that makes the project's library 20 % slower, and passes one that changes nothing",
    async () => {
      project.change("src/toy.js", "LASTS_MS = 60;", "LASTS_MS = 72;");
      const slower = await project.commit("Make every write slower");
      const gate = [
        "--rounds",
        "8",
        "--fail-on",
        "done:5%",
        "--annotations",
        "--comment",
        "comment.md",
        ...small,
      ];
      // On shared cores one side may have been held up more than the other, of which nothing is claimed: it is asked again.
      let worse = await project.watchbench("ab", "--base", base, ...gate);
      for (let again = 0; again < 2 && worse.text.includes("other work held the CPU differently"); again++) {
        worse = await project.watchbench("ab", "--base", base, ...gate);
      }
      strictEqual(worse.code, 4, worse.text);
      match(worse.text, /^Verdict: worse than allowed\. \w{12} against \w{12} breaks \d margins?$/m);
      match(worse.text, /^::error title=Worse than allowed::/m);
      const comment = Deno.readTextFileSync(join(project.root, "comment.md"));
      match(comment, /\*\*Verdict: worse than allowed/);
      ok(!comment.includes("deno task"), comment);

      Deno.writeTextFileSync(join(project.root, "README.md"), "Nothing changed.\n");
      await project.commit("Say something");
      const same = await project.watchbench("ab", "--base", slower, ...gate);
      strictEqual(same.code, 0, same.text);
      match(same.text, /^Verdict: (no difference found|cannot tell|better|worse, within)/m);
      strictEqual((await project.run("git", "worktree", "list")).text.trim().split("\n").length, 1);
    },
  );
});
