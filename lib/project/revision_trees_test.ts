import { deepStrictEqual, match, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../testing/temp_folder.ts";
import { RevisionTrees } from "./revision_trees.ts";

async function git(folder: string, ...args: string[]): Promise<string> {
  const author = ["-c", "user.name=toy", "-c", "user.email=toy@example.com"];
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: ["-C", folder, ...author, ...args],
  })
    .output();
  strictEqual(success, true, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

/** A repository whose branch `main` has two commits, and an empty folder beside it. */
function inRepository(
  test: (repository: string, folder: string, commits: readonly string[]) => Promise<void>,
): Promise<void> {
  return inTempFolder(async (root) => {
    const [repository, folder] = [join(root, "repository"), join(root, "trees")] as const;
    Deno.mkdirSync(repository);
    Deno.mkdirSync(folder);
    await git(repository, "init", "-q", "-b", "main");
    const commits: string[] = [];
    for (const text of ["one", "two"]) {
      Deno.writeTextFileSync(join(repository, "file"), text);
      await git(repository, "add", "-A");
      await git(repository, "commit", "-q", "-m", text);
      commits.push(await git(repository, "rev-parse", "HEAD"));
    }
    await test(repository, folder, commits);
  });
}

Deno.test("RevisionTrees builds revisions beside each other and leaves nothing behind", () =>
  inRepository(async (repository, folder, commits) => {
    {
      await using trees = await RevisionTrees.in(join(repository), folder);
      const roots = [];
      for (const revision of ["main~1", "main"]) {
        roots.push(await trees.build(await trees.commitOf(revision), "cat file > built"));
      }
      deepStrictEqual(roots.map((root) => Deno.readTextFileSync(join(root, "built"))), ["one", "two"]);
      deepStrictEqual(await trees.notes("main", commits), []);
    }
    deepStrictEqual([...Deno.readDirSync(folder)], []);
    strictEqual((await git(repository, "worktree", "list")).split("\n").length, 1);
  }));

Deno.test("RevisionTrees names the rule and what was meant where a revision or a setup is wrong", () =>
  inRepository(async (repository, folder, [base, head]) => {
    await using trees = await RevisionTrees.in(repository, folder);
    await rejects(trees.commitOf("mian"), {
      name: "UsageError",
      message:
        /^Cannot find revision "mian" \(did you mean "main"\?\) as it must be a commit, a tag or a branch of this repository$/,
    });
    await rejects(trees.commitOf("--upload-pack=x"), { name: "UsageError", message: /Cannot find revision/ });
    await rejects(trees.build(head!, "echo said; echo wrong >&2; exit 3"), {
      name: "UsageError",
      message: /as the setup must end well: "echo said.*" ended with 3\n {2}said\n {2}wrong$/,
    });
    Deno.writeTextFileSync(join(repository, "file"), "changed");
    const notes = await trees.notes("HEAD", [head!, head!]);
    match(
      notes.join("\n"),
      /^What is not committed is not measured: HEAD is\nBoth sides are the same commit/,
    );
    deepStrictEqual(await trees.notes("main", [base!, head!]), []);
  }));

Deno.test("RevisionTrees tells of a clone without history, and of a folder that is no repository", () =>
  inRepository(async (repository, folder) => {
    const clone = join(folder, "clone");
    await git(folder, "clone", "-q", "--depth", "1", `file://${repository}`, clone);
    await using trees = await RevisionTrees.in(clone, folder);
    await rejects(trees.commitOf("HEAD~1"), {
      name: "UsageError",
      message: /cloned without its history.*fetch-depth: 0/,
    });
    await rejects(RevisionTrees.in("/", folder), {
      name: "UsageError",
      message: /must be in a git repository/,
    });
  }));
