/** Two revisions of somebody's repository, each built in a worktree of its own. */
import { didYouMean, UsageError } from "../model/mod.ts";
import { commitOf, git, Worktrees } from "../record/mod.ts";
import { safeText } from "../report/safe_text.ts";

const SAID_LINES = 5;
/** Longer names are no slip of a key, and comparing them takes long. */
const LONGEST_TYPED = 200;

/** Worktrees of a repository; removed when disposed. */
export class RevisionTrees implements AsyncDisposable {
  readonly #repository: string;
  readonly #trees: Worktrees;

  /** `folder` exists and is left to its owner. */
  private constructor(repository: string, folder: string) {
    this.#repository = repository;
    this.#trees = new Worktrees(repository, folder);
  }

  /** Throws a UsageError where `folder` is in no repository, or git is not there. */
  static async in(path: string, folder: string): Promise<RevisionTrees> {
    const found = await git(path, "rev-parse", "--show-toplevel");
    if (found.success) return new RevisionTrees(found.stdout.trim(), folder);
    throw new UsageError(
      `Cannot compare revisions as the current folder must be in a git repository: ${
        safeText(found.stderr.trim(), 200)
      }`,
    );
  }

  /** The root of the repository. */
  get repository(): string {
    return this.#repository;
  }

  /** The commit that a revision names. Throws a UsageError where it names none. */
  async commitOf(revision: string): Promise<string> {
    const commit = await commitOf(this.#repository, revision);
    if (commit !== undefined) return commit;
    const names = await git(
      this.#repository,
      "for-each-ref",
      "--format=%(refname:short)",
      "refs/heads",
      "refs/remotes",
      "refs/tags",
    );
    const shallow = await git(this.#repository, "rev-parse", "--is-shallow-repository");
    throw new UsageError(
      `Cannot find revision "${safeText(revision, 100)}"${
        revision.length > LONGEST_TYPED ? "" : didYouMean(revision, names.stdout.split("\n").filter(Boolean))
      } as it must be a commit, a tag or a branch of this repository${
        shallow.stdout.trim() === "true"
          ? ": it was cloned without its history, git fetch --unshallow brings it (actions/checkout: fetch-depth: 0)"
          : ""
      }`,
    );
  }

  /** What a user may not have meant: changes that are in no commit, sides that are the same. Sentences without period. */
  async notes(head: string, [base, compared]: readonly string[]): Promise<string[]> {
    const changes = await git(this.#repository, "status", "--porcelain", "--untracked-files=no");
    return [
      ...(head === "HEAD" && changes.stdout.trim() !== ""
        ? ["What is not committed is not measured: HEAD is"]
        : []),
      ...(base === compared ? ["Both sides are the same commit: every difference is measurement noise"] : []),
    ];
  }

  /** Checks a commit out and makes it ready. Throws a UsageError with what git or the setup said last. */
  async build(commit: string, setup: string | undefined): Promise<string> {
    const root = await this.#trees.add(commit);
    if (setup === undefined) return root;
    const { success, code, stdout, stderr } = await new Deno.Command("sh", {
      args: ["-c", setup],
      cwd: root,
      stdin: "null",
    }).output();
    if (success) return root;
    const decoder = new TextDecoder();
    const said = `${decoder.decode(stdout)}\n${decoder.decode(stderr)}`.split("\n").filter((line) =>
      line.trim() !== ""
    ).slice(-SAID_LINES);
    throw new UsageError(
      `Cannot build ${commit.slice(0, 12)} as the setup must end well: "${
        safeText(setup, 100)
      }" ended with ${code}\n${said.map((line) => `  ${safeText(line, 200)}`).join("\n")}`,
    );
  }

  /** Removes the worktrees. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#trees[Symbol.asyncDispose]();
  }
}
