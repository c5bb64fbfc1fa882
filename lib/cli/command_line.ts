/** How a command is typed where this runs: as a task in the repository, else as the package that was installed. */
import { readableVariable } from "../adapters/shared/readable_variable.ts";

/** Set by the package's programs: how they are typed, such as `npx watchbench`. */
const VARIABLE = "WATCHBENCH_COMMAND";

/** How the package's program is typed; `undefined` in the repository. */
export function packagedCommand(): string | undefined {
  return readableVariable(VARIABLE);
}

/** `deno task bench --list`, or `npx watchbench bench --list`. */
export function commandLine(words: string, program: string | undefined = packagedCommand()): string {
  return `${program ?? "deno task"} ${words}`;
}

/** Text that shows commands as tasks, such as help, with the commands as they are typed here. */
export function asTypedHere(text: string, program: string | undefined = packagedCommand()): string {
  return program === undefined ? text : text.replaceAll(/\bdeno task (?=[\w<])/g, () => `${program} `);
}

/** How a file of somebody's project imports the contracts, from the package that they have. */
export function contractsImport(version: string, program: string | undefined = packagedCommand()): string {
  return program?.includes("jsr:") ? `jsr:@watchbench/watchbench@^${version}/model` : "watchbench/model";
}
