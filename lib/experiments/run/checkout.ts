import { join } from "node:path";
import { UsageError } from "../../model/mod.ts";
import { commitOf, Worktrees } from "../../record/mod.ts";

/** Git worktrees for arms that are revisions; removed when disposed. */
export class Checkouts implements AsyncDisposable {
  readonly #repository: string;
  readonly #trees: Worktrees;
  readonly #roots = new Map<string, string>();

  /** `folder` holds one worktree per revision; it must exist and is left to its owner. */
  constructor(repository: string, folder: string) {
    this.#repository = repository;
    this.#trees = new Worktrees(repository, folder);
  }

  /**
   * The root of a worktree at a revision, made at the first call. What the worktree imports is loaded once, so that the
   * first block is not slower than the others. Throws a UsageError for a revision that is none, or cannot be built.
   */
  async rootOf(revision: string): Promise<string> {
    const known = this.#roots.get(revision);
    if (known !== undefined) return known;
    const commit = await commitOf(this.#repository, revision);
    if (commit === undefined) {
      throw new UsageError(
        `Cannot build arm at revision "${revision}" as it must be a commit, a tag or a branch of this repository`,
      );
    }
    const root = await this.#trees.add(commit);
    this.#roots.set(revision, root);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["cache", "--quiet", "--no-config", join(root, "scripts", "cell.ts")],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) {
      const said = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
      throw new UsageError(
        `Cannot build arm at revision "${revision}" as its scripts/cell.ts must load: ${said}`,
      );
    }
    return root;
  }

  /** Removes all worktrees. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#roots.clear();
    await this.#trees[Symbol.asyncDispose]();
  }
}
