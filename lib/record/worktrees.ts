/** Revisions of a git repository, and worktrees of them. */
import { join } from "node:path";
import { messageOf, UsageError } from "../model/mod.ts";

/** What a call of git came to. */
export interface GitOutcome {
  /** It ended with 0. */
  readonly success: boolean;
  /** What it printed. */
  readonly stdout: string;
  /** What it said of itself. */
  readonly stderr: string;
}

/** Worktrees in a folder; removed when disposed. */
export class Worktrees implements AsyncDisposable {
  readonly #repository: string;
  readonly #folder: string;
  readonly #roots: string[] = [];

  /** `folder` gets one folder per worktree; it must exist and is left to its owner. */
  constructor(repository: string, folder: string) {
    this.#repository = repository;
    this.#folder = folder;
  }

  /** Checks a commit out; gives its root. Throws a UsageError with what git says. */
  async add(commit: string): Promise<string> {
    const root = join(this.#folder, `revision-${this.#roots.length}`);
    const added = await git(this.#repository, "worktree", "add", "--quiet", "--detach", root, commit);
    if (!added.success) {
      throw new UsageError(`Cannot check out ${commit}: git says ${added.stderr.trim()}`);
    }
    this.#roots.push(root);
    return root;
  }

  /** Removes all of them. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const root of this.#roots.splice(0)) {
      await git(this.#repository, "worktree", "remove", "--force", root);
    }
  }
}

/** The commit that a revision of a repository names; `undefined` when it names none. Throws a UsageError without git. */
export async function commitOf(repository: string, revision: string): Promise<string | undefined> {
  const named = `${revision}^{commit}`;
  const found = await git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", named);
  return found.success ? found.stdout.trim() : undefined;
}

/** Runs git in a folder. Throws a UsageError where it cannot be run. */
export async function git(folder: string, ...args: string[]): Promise<GitOutcome> {
  try {
    const output = await new Deno.Command("git", { args: ["-C", folder, ...args], stdin: "null" }).output();
    const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    return { success: output.success, stdout: text(output.stdout), stderr: text(output.stderr) };
  } catch (error) {
    throw new UsageError(`Cannot look at revisions as git must be there: ${messageOf(error)}`);
  }
}
