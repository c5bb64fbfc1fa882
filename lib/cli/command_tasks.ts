/**
 * The commands of the package: the tasks of its `deno.json`, which say once what runs with which permissions. For the
 * programs that start them outside the repository: `tools/package/bin.js`, for which this file is compiled, and
 * `scripts/watchbench.ts`. Pure; it imports nothing but the contracts, which are compiled as well.
 */
import { didYouMean } from "../model/nearest.ts";

/** One script with everything that starts it. Paths are seen from the package's root. */
export interface CommandTask {
  readonly name: string;
  readonly description: string;
  /** Permissions. */
  readonly flags: readonly string[];
  /** File of the configuration. */
  readonly config: string;
  readonly script: string;
}

/** What a command line asks for: a task with its arguments, or a text and how the program ends with it. */
export type Request =
  | { readonly task: CommandTask; readonly args: readonly string[] }
  | { readonly text: string; readonly code: number };

const EXIT_USAGE = 2;

/** Tasks that write what belongs to the repository. */
const OF_THE_REPOSITORY: readonly string[] = ["drivers", "schemas", "signals"];

/** Only these folders are in the package. */
const SCRIPT = /^deno run ((?:--[\w-]+ )*)(?:--config (\S+) )?((?:scripts|tools\/archive)\/\S+\.ts)$/;

/** Every task that is one script, in the order of the configuration, whose text this is. */
export function commandTasks(configuration: string): CommandTask[] {
  const { tasks } = JSON.parse(configuration) as {
    readonly tasks: Readonly<Record<string, { readonly description: string; readonly command: string }>>;
  };
  return Object.entries(tasks).flatMap(([name, { description, command }]) => {
    const match = SCRIPT.exec(command);
    if (match === null || OF_THE_REPOSITORY.includes(name) || name.includes(":")) return [];
    const [, flags, config = "deno.json", script] = match as unknown as [string, string, string?, string?];
    return [{ name, description, flags: flags.trim().split(" "), config, script: script! }];
  });
}

/** What was typed behind the program's name. */
export function requestOf(args: readonly string[], tasks: readonly CommandTask[], version: string): Request {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    return { text: usage(tasks), code: name === undefined ? EXIT_USAGE : 0 };
  }
  if (name === "--version") return { text: version, code: 0 };
  const task = tasks.find((one) => one.name === name);
  if (task !== undefined) return { task, args: rest };
  const names = tasks.map((one) => one.name);
  return {
    text: `Cannot run "${name}"${didYouMean(name, names)} as it must be one of the commands: ${
      names.join(", ")
    }`,
    code: EXIT_USAGE,
  };
}

function usage(tasks: readonly CommandTask[]): string {
  const width = Math.max(...tasks.map(({ name }) => name.length));
  return [
    "Usage: watchbench <command> [options]",
    "",
    "Commands:",
    ...tasks.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`),
    "",
    "watchbench <command> --help tells the options of a command, with examples.",
  ].join("\n");
}

/** What Deno is started with for a task of the package below `root`; its arguments follow. */
export function denoArguments({ flags, config, script }: CommandTask, root: string): string[] {
  return ["run", "--node-modules-dir=none", `--config=${root}/${config}`, ...flags, `${root}/${script}`];
}
