/** How a command is typed where this runs: as a task in the repository, else as the package that was installed. */
import { readableVariable } from "../adapters/shared/readable_variable.ts";

/** Set by the package's own program. */
const VARIABLE = "WATCHBENCH_COMMAND";

/** `deno task bench --list`, or `npx watchbench bench --list`. */
export function commandLine(words: string, isPackaged: boolean = isInstalled()): string {
  return `${isPackaged ? "npx watchbench" : "deno task"} ${words}`;
}

/** Text that shows commands as tasks, such as help, with the commands as they are typed here. */
export function asTypedHere(text: string, isPackaged: boolean = isInstalled()): string {
  return isPackaged ? text.replaceAll(/\bdeno task (?=[\w<])/g, commandLine("", true)) : text;
}

function isInstalled(): boolean {
  return readableVariable(VARIABLE) !== undefined;
}
