import { messageOf, RecordFormatError, UsageError } from "../model/mod.ts";
import { EXIT } from "./exit_code.ts";

/**
 * Prints why a command ended and gives its exit code. What the user can mend is one line; anything else is a fault of
 * ours and keeps its stack.
 */
export function reportFailure(command: string, error: unknown): number {
  if (error instanceof UsageError) {
    console.error(`${messageOf(error)}\nSee: deno task ${command} --help`);
    return EXIT.usage;
  }
  console.error(error instanceof RecordFormatError ? messageOf(error) : error);
  return EXIT.wrong;
}
