/** The file that gets a comparison for a comment. */
import { dirname } from "node:path";
import { messageOf, UsageError } from "../model/mod.ts";
import { replaceFile } from "../record/mod.ts";
import { safeText } from "../report/mod.ts";
import { asTypedHere } from "./command_line.ts";
import { isDiskFailure } from "./failure.ts";

/** Throws a UsageError where there is no folder for the file: found before minutes are spent on measuring. */
export function requireCommentFolder(path: string | undefined): void {
  if (path === undefined) return;
  try {
    if (Deno.statSync(dirname(path)).isDirectory) return;
  } catch {
    // The sentence below says it.
  }
  throw unwritable(path, "there is no such folder");
}

/** Writes the file, with commands as they are typed here. Throws a UsageError where it cannot be one, and the system's own error for a disk that is full. */
export function writeComment(path: string, text: string): void {
  try {
    replaceFile(path, `${asTypedHere(text)}\n`);
  } catch (error) {
    if (isDiskFailure(error)) throw error;
    throw unwritable(path, messageOf(error));
  }
}

function unwritable(path: string, why: string): UsageError {
  return new UsageError(
    `Cannot write "${safeText(path, 200)}" as it must be a file in a folder that is there: ${why}`,
  );
}
