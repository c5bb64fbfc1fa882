#!/usr/bin/env node
/**
 * `watchbench <command> ...`: the tasks of this package's deno.json, from any folder. The runtime comes with the package;
 * commands, their permissions and their descriptions are those of the tasks and said nowhere else.
 *
 * Deno runs no TypeScript out of `node_modules`, so that the package is copied once into the user's cache.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { commandTasks, denoArguments, requestOf } from "./command_tasks.js";

const EXIT_USAGE = 2;
const EXIT_DISK = 3;
const EXIT_FAILED = 1;

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** A `package.json` would make Deno look for packages beside it. */
function isSource(path) {
  return path !== join(packageRoot, "node_modules") && path !== join(packageRoot, "package.json");
}

/** Something could not be fetched; the message says why. */
class UnfetchedError extends Error {}

/**
 * Where the package's modules can be run from: beside the repository's own sources, or a copy in the cache. `complete` is
 * called with a copy before it is kept, and throws where it cannot be.
 */
function runnableRoot(complete) {
  if (!packageRoot.split(/[\\/]/).includes("node_modules")) return packageRoot;
  const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
  const cache = process.env.WATCHBENCH_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "watchbench");
  // Two installations of one version may differ while somebody works on it.
  const name = createHash("sha256").update(packageRoot).update(readFileSync(join(packageRoot, "package.json")));
  const target = join(cache, `${version}-${name.digest("hex").slice(0, 12)}`);
  if (existsSync(target)) return target;
  const draft = `${target}.${process.pid}`;
  mkdirSync(cache, { recursive: true });
  try {
    cpSync(packageRoot, draft, { recursive: true, filter: isSource });
    complete(draft);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another process was quicker.
    if (!existsSync(target)) throw error;
  }
  return target;
}

/** Fetches the packages that all commands share; later runs need the network for drivers only. Returns why it failed. */
function fetchPackages(deno, root) {
  const { status, stderr } = spawnSync(
    process.execPath,
    [deno, "cache", "--node-modules-dir=none", `--config=${join(root, "deno.json")}`, join(root, "scripts", "bench.ts")],
    { encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } },
  );
  if (status === 0) return undefined;
  const lines = (stderr ?? "").trim().split("\n");
  return (lines.find((line) => line.startsWith("error: ")) ?? lines.at(-1)).replace(/^error: /, "");
}

function main(args) {
  const tasks = commandTasks(readFileSync(join(packageRoot, "deno.json"), "utf8"));
  const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
  const request = requestOf(args, tasks, version);
  if ("text" in request) {
    if (request.code === 0) console.log(request.text);
    else console.error(request.text);
    return request.code;
  }
  const require = createRequire(import.meta.url);
  let deno;
  try {
    deno = require.resolve("deno/bin.cjs");
  } catch {
    console.error('Cannot find the runtime as the package "deno" must be installed beside this one: npm install deno');
    return EXIT_USAGE;
  }
  let root;
  try {
    root = runnableRoot((draft) => {
      const reason = fetchPackages(deno, draft);
      if (reason !== undefined) throw new UnfetchedError(reason);
    });
  } catch (error) {
    if (error instanceof UnfetchedError) {
      console.error(
        "Cannot fetch what the command line itself needs as the npm registry must be reachable when it runs for the first " +
          `time: ${error.message}. Try again with a network; NPM_CONFIG_REGISTRY names another registry.`,
      );
      return EXIT_FAILED;
    }
    console.error(`Cannot copy the package into the cache: ${error.message}. WATCHBENCH_CACHE names another folder.`);
    return EXIT_DISK;
  }
  const child = spawn(
    process.execPath,
    [deno, ...denoArguments(request.task, root), ...request.args],
    { stdio: "inherit", env: { ...process.env, WATCHBENCH_COMMAND: "npx watchbench" } },
  );
  // The child gets the terminal's Ctrl-C itself, and says when it has sealed what was measured.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal === "SIGINT" ? undefined : signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
  return undefined;
}

const code = main(process.argv.slice(2));
if (code !== undefined) process.exitCode = code;
