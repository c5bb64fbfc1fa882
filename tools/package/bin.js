#!/usr/bin/env node
/**
 * `watchbench <command> ...`: the tasks of this package's deno.json, from any folder. The runtime comes with the package;
 * commands, their permissions and their descriptions are those of the tasks and said nowhere else.
 *
 * Deno runs no TypeScript out of `node_modules`, so that the package is copied once into the user's cache.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const EXIT_USAGE = 2;
const EXIT_DISK = 3;

/** Tasks that write what belongs to the repository. */
const OF_THE_REPOSITORY = ["drivers", "schemas", "signals"];

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** The commands: every task that is one script. `{ name: { description, flags, config, script } }`. */
function readCommands() {
  const { tasks } = JSON.parse(readFileSync(join(packageRoot, "deno.json"), "utf8"));
  const commands = {};
  for (const [name, { description, command }] of Object.entries(tasks)) {
    const script = /^deno run ((?:--[\w-]+ )*)(?:--config (\S+) )?((?:scripts|tools\/archive)\/\S+\.ts)$/.exec(command);
    if (script !== null && !OF_THE_REPOSITORY.includes(name) && !name.includes(":")) {
      const [, flags, config = "deno.json", path] = script;
      commands[name] = { description, flags: flags.trim().split(" "), config, script: path };
    }
  }
  return commands;
}

/** A `package.json` would make Deno look for packages beside it. */
function isSource(path) {
  return path !== join(packageRoot, "node_modules") && path !== join(packageRoot, "package.json");
}

/** Where the package's modules can be run from: beside the repository's own sources, or a copy in the cache. */
function runnableRoot() {
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
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another process was quicker.
    if (!existsSync(target)) throw error;
  }
  return target;
}

function usage(commands) {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  return [
    "Usage: watchbench <command> [options]",
    "",
    "Commands:",
    ...Object.entries(commands).map(([name, { description }]) => `  ${name.padEnd(width)}  ${description}`),
    "",
    "watchbench <command> --help tells the options of a command, with examples.",
  ].join("\n");
}

function main(args) {
  const commands = readCommands();
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    console.log(usage(commands));
    return name === undefined ? EXIT_USAGE : 0;
  }
  if (name === "--version") {
    console.log(JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")).version);
    return 0;
  }
  const command = commands[name];
  if (command === undefined) {
    console.error(`Cannot run "${name}" as it must be one of the commands: ${Object.keys(commands).join(", ")}`);
    return EXIT_USAGE;
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
    root = runnableRoot();
  } catch (error) {
    console.error(`Cannot copy the package into the cache: ${error.message}. WATCHBENCH_CACHE names another folder.`);
    return EXIT_DISK;
  }
  const child = spawn(
    process.execPath,
    [deno, "run", "--node-modules-dir=none", `--config=${join(root, command.config)}`, ...command.flags, join(root, command.script), ...rest],
    { stdio: "inherit", env: { ...process.env, WATCHBENCH_COMMAND: "watchbench" } },
  );
  // The child gets the terminal's Ctrl-C itself, and says when it has sealed what was measured.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal === "SIGINT" ? undefined : signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
  return undefined;
}

const code = main(process.argv.slice(2));
if (code !== undefined) process.exitCode = code;
