/** Somebody's project in a folder outside this repository, with the command line packed and installed by npm. */
import { ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { type Ran, run, type Variables } from "./_run.ts";
import { buildPackage } from "./build.ts";

/** A project with the packed command line installed, and a cache of its own. All of it is gone when it is disposed. */
export class Project implements AsyncDisposable {
  readonly root: string;
  readonly #folder: string;
  readonly #env: Variables;

  private constructor(folder: string, env: Variables) {
    this.#folder = folder;
    this.root = join(folder, "project");
    this.#env = env;
  }

  /** `isNewMachine`: nothing that Deno has downloaded before is there. */
  static async create({ isNewMachine = false } = {}): Promise<Project> {
    const folder = await Deno.makeTempDir();
    const project = new Project(folder, isNewMachine ? { DENO_DIR: join(folder, "deno") } : {});
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

  run(program: string, ...args: string[]): Promise<Ran> {
    return this.runWith({}, program, ...args);
  }

  /** As {@link run}, with variables of the environment. */
  runWith(env: Variables, program: string, ...args: string[]): Promise<Ran> {
    return run(program, args, this.root, {
      WATCHBENCH_CACHE: join(this.#folder, "cache"),
      GIT_AUTHOR_NAME: "toy",
      GIT_AUTHOR_EMAIL: "toy@example.com",
      GIT_COMMITTER_NAME: "toy",
      GIT_COMMITTER_EMAIL: "toy@example.com",
      ...this.#env,
      ...env,
    });
  }

  watchbench(...args: string[]): Promise<Ran> {
    return this.watchbenchWith({}, ...args);
  }

  /** As {@link watchbench}, with variables of the environment. */
  watchbenchWith(env: Variables, ...args: string[]): Promise<Ran> {
    return this.runWith(env, "npx", "--no-install", "watchbench", ...args);
  }

  /** A path of the test's own beside the project. */
  beside(name: string): string {
    return join(this.#folder, name);
  }

  /** Begins a repository whose branch is `main`. */
  async beginRepository(): Promise<void> {
    strictEqual((await this.run("git", "init", "-q", "-b", "main")).code, 0);
    Deno.writeTextFileSync(join(this.root, ".gitignore"), "node_modules/\n");
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
