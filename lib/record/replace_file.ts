/** Writing a whole file so that a reader, or a crash, sees the old text or the new one and nothing between. */
import { dirname } from "node:path";

/**
 * Replaces a file: the content is written beside it, synced, and renamed over it.
 * Throws what the file system throws; the old file is then untouched and nothing is left beside it.
 */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.tmp`;
  try {
    using file = Deno.openSync(temporary, { write: true, create: true, truncate: true });
    writeWhole(file, typeof content === "string" ? new TextEncoder().encode(content) : content);
    file.syncSync();
  } catch (error) {
    removeIfThere(temporary);
    throw error;
  }
  try {
    Deno.renameSync(temporary, path);
  } catch (error) {
    removeIfThere(temporary);
    throw error;
  }
  syncDirectory(dirname(path));
}

/** Makes the names inside a directory durable, where the system can do that. */
export function syncDirectory(path: string): void {
  let directory: Deno.FsFile;
  try {
    directory = Deno.openSync(path);
  } catch {
    // Windows opens no directories; its renames are durable without it.
    return;
  }
  using opened = directory;
  opened.syncSync();
}

/** Writes all bytes: one call unless the system takes less than it is given. */
export function writeWhole(file: Deno.FsFile, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += file.writeSync(bytes.subarray(written));
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // The error that led here tells more than this one.
  }
}
