import { messageOf, RecordFormatError, UsageError } from "../model/mod.ts";
import { commandLine } from "./command_line.ts";
import { EXIT } from "./exit_code.ts";

/** What systems say when a disk takes no more: full, over quota, a file too large, failing, remounted for reading. */
const DISK_CODES: readonly unknown[] = ["ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS"];

/**
 * Prints why a command ended and gives its exit code. What the user can mend is one line; anything else is a fault of
 * ours and keeps its stack.
 */
export function reportFailure(command: string, error: unknown): number {
  if (error instanceof UsageError && !isDiskFailure(error)) {
    console.error(`${messageOf(error)}\nSee: ${commandLine(`${command} --help`)}`);
    return EXIT.usage;
  }
  if (error instanceof Error && (error as { code?: unknown }).code === "EPIPE") return EXIT.unread;
  if (isDiskFailure(error)) {
    // The system's own error says neither what was written nor why it had to be.
    const isBare = hasDiskCode(error);
    console.error(
      isBare
        ? `Cannot ${command} as the disk must take what it writes: ${messageOf(error)}`
        : messageOf(error),
    );
    return EXIT.unstored;
  }
  console.error(error instanceof RecordFormatError ? messageOf(error) : error);
  return EXIT.wrong;
}

/** Whether the disk is to blame for an error, by the system's code of it or of one of its causes. */
export function isDiskFailure(error: unknown): boolean {
  return hasDiskCode(error) ||
    (error instanceof Error && error.cause !== undefined && isDiskFailure(error.cause));
}

function hasDiskCode(error: unknown): boolean {
  return error instanceof Error && DISK_CODES.includes((error as { code?: unknown }).code);
}
