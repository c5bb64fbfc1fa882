/** What a stranger is told when something is missing or wrong: each a sentence that names what to do. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { Project } from "./_project.ts";

const SMALL = ["-w", "keyed-pk", "-s", "smoke", "--blocks", "1"];

/** Bytes of a disk that is soon full. */
const DISK_BYTES = 64 * 1024;

/** Everything leads through a proxy that does not answer. The registry is the same: packages are kept by its name. */
const OFFLINE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]
      .map((name) => [name, "http://127.0.0.1:9/"]),
  ),
  NO_PROXY: "",
  no_proxy: "",
};

function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name);
}

/** A small disk of its own at `path`, which is gone when it is disposed; `undefined` where none can be made. */
async function smallDisk(path: string): Promise<AsyncDisposable | undefined> {
  Deno.mkdirSync(path);
  const args = ["-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "tmpfs", path];
  const mounted = await new Deno.Command("mount", { args, stderr: "null" }).output().catch(() => undefined);
  if (mounted?.success !== true) return undefined;
  return {
    [Symbol.asyncDispose]: async () => {
      await new Deno.Command("umount", { args: [path] }).output();
    },
  };
}

Deno.test("the packed command line says what to do when something is missing or wrong", async (t) => {
  await using project = await Project.create({ isNewMachine: true });

  await t.step("no network: a first run, drivers and versions that are not there", async () => {
    const first = await project.watchbenchWith(
      { ...OFFLINE, WATCHBENCH_CACHE: project.beside("none") },
      "bench",
    );
    strictEqual(first.code, 1, first.text);
    match(
      first.text,
      /^Cannot fetch what the command line itself needs as the npm registry must be reachable when it runs for the first time: /m,
    );
    match(first.text, /Try again with a network; NPM_CONFIG_REGISTRY names another registry\.$/m);
    deepStrictEqual(namesIn(project.beside("none")), []);

    strictEqual((await project.watchbench("bench", "--dry-run")).code, 0);
    const driver = await project.watchbenchWith(
      OFFLINE,
      "bench",
      ...SMALL,
      "-a",
      "tinybase,node-sqlite",
    );
    strictEqual(driver.code, 0, driver.text);
    match(
      driver.text,
      /tinybase was skipped: Cannot download .*run it once where the package registry can be reached/,
    );
    match(driver.text, /^node-sqlite +lower bound +\d/m);
    const versions = await project.watchbenchWith(
      OFFLINE,
      ...["ab", "--a", "tinybase@9.7.1", "--b", "tinybase@10.0.1", "--rounds", "1", ...SMALL.slice(0, 4)],
    );
    strictEqual(versions.code, 2, versions.text);
    match(versions.text, /^Cannot get tinybase@9\.7\.1: .*package registry can be reached/m);
    Deno.removeSync(join(project.root, "results"), { recursive: true });
  });

  await t.step("no repository", async () => {
    const { code, text } = await project.watchbench("ab", "--base", "main", "-a", "./bench/adapter.ts");
    strictEqual(code, 2, text);
    match(text, /must be in a git repository/);
    match(text, /^See: npx watchbench ab --help$/m);
  });

  await project.beginRepository();
  strictEqual((await project.watchbench("init")).code, 0);
  const base = await project.commit("Begin");

  await t.step(
    "a full disk: the package's copy, a project's files, a run, a site, a comparison",
    async (t) => {
      const disk = project.beside("disk");
      await using mounted = await smallDisk(disk);
      if (mounted === undefined) {
        await t.step({
          name: "skipped: no disk can be mounted here, which takes root",
          ignore: true,
          fn: () => {},
        });
        return;
      }
      const copy = await project.watchbenchWith({ WATCHBENCH_CACHE: disk }, "bench");
      strictEqual(copy.code, 3, copy.text);
      match(
        copy.text,
        /^Cannot copy the package into the cache: .*WATCHBENCH_CACHE names another folder\.$/m,
      );
      deepStrictEqual(namesIn(disk), []);

      Deno.writeFileSync(join(disk, "filler"), new Uint8Array(DISK_BYTES - 4096));
      const run = await project.watchbench("bench", ...SMALL);
      strictEqual(run.code, 0, run.text);
      for (
        const args of [
          ["init", "--root", disk],
          ["bench", ...SMALL, "--out", disk],
          ["ab", "--base", base, "--rounds", "1", ...SMALL.slice(0, 4), "--out", disk],
          ["site", "--out", join(disk, "site")],
          ["report", "--out", join(disk, "report")],
        ]
      ) {
        const { code, text } = await project.watchbench(...args);
        strictEqual(code, 3, `${args.join(" ")}: ${text}`);
        match(text, /^Cannot .*No space left on device/m, args.join(" "));
        ok(!/\n +at /.test(text), text);
      }
    },
  );

  await t.step("a revision, a setup and an adapter", async () => {
    const refused = async (args: readonly string[], rule: RegExp): Promise<void> => {
      const { code, text } = await project.watchbench("ab", ...args, "--rounds", "1", ...SMALL.slice(0, 4));
      strictEqual(code, 2, text);
      match(text, rule);
      ok(!/\n +at /.test(text), text);
    };
    await refused(
      ["--base", "nowhere"],
      /Cannot find revision "nowhere".* as it must be a commit, a tag or a branch/,
    );
    await refused(["--base", "mian"], /Cannot find revision "mian" \(did you mean "main"\?\)/);
    await refused(["--base", base, "--setup", "echo missing part; exit 3"], /ended with 3\n +missing part/);
    await refused(
      ["--base", base, "-a", "./bench/none.ts"],
      /base, \w{12}, has no bench\/none\.ts; commit it there, or name one that both have by --adapter/,
    );
    await refused(["--base", base, "--comment", "nowhere/comment.md"], /Cannot write "nowhere\/comment\.md"/);
    project.change(
      "bench/adapter.ts",
      "const adapter: Adapter = {",
      'throw new Error("no such thing");\nconst adapter: Adapter = {',
    );
    const broken = await project.commit("Break the adapter");
    await refused(["--base", broken], /Cannot import adapter module .*: no such thing/);
    const own = await project.watchbench("bench", ...SMALL);
    strictEqual(own.code, 2, own.text);
    match(own.text, /Cannot import adapter module .*: no such thing/);
  });
  // What failed has left no worktree behind.
  strictEqual((await project.run("git", "worktree", "list")).text.trim().split("\n").length, 1);
});
