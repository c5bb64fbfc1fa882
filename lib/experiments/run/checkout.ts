import { join } from "node:path";
import { UsageError } from "../../model/mod.ts";

/** Git worktrees for arms that are revisions; removed when disposed. */
export class Checkouts implements AsyncDisposable {
  readonly #repository: string;
  readonly #folder: string;
  readonly #roots = new Map<string, string>();

  /** `folder` holds one worktree per revision; it must exist and is left to its owner. */
  constructor(repository: string, folder: string) {
    this.#repository = repository;
    this.#folder = folder;
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
    const root = join(this.#folder, `revision-${this.#roots.size}`);
    const added = await git(this.#repository, "worktree", "add", "--quiet", "--detach", root, commit);
    if (!added.success) {
      throw new UsageError(`Cannot build arm at revision "${revision}": git says ${added.stderr.trim()}`);
    }
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
    for (const root of this.#roots.values()) {
      await git(this.#repository, "worktree", "remove", "--force", root);
    }
    this.#roots.clear();
  }
}

/** The commit that a revision of a repository names; `undefined` when it names none. */
export async function commitOf(repository: string, revision: string): Promise<string | undefined> {
  const named = `${revision}^{commit}`;
  const found = await git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", named);
  return found.success ? found.stdout.trim() : undefined;
}

async function git(
  repository: string,
  ...args: string[]
): Promise<{ success: boolean; stdout: string; stderr: string }> {
  const output = await new Deno.Command("git", { args: ["-C", repository, ...args], stdin: "null" }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { success: output.success, stdout: text(output.stdout), stderr: text(output.stderr) };
}
