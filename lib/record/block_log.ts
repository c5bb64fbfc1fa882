/** `blocks.jsonl` while it is written: lines go in at the end, whole or not at all, and stay. */
import { createHash, type Hash } from "node:crypto";
import { messageOf } from "../model/errors.ts";
import { writeWhole } from "./replace_file.ts";

/** The end of an open, locked file of lines. */
export class BlockLog {
  readonly #file: Deno.FsFile;
  readonly #path: string;
  /** Over everything that was acknowledged. */
  readonly #hash: Hash;
  #byteCount: number;
  /** A refused line may have left a piece behind that could not be taken back. */
  #hasFragment = false;

  /**
   * Goes on at the end of what is there. Takes over `file`, which is open for appending and locked; `path` is where it
   * can be read, and its content ends in a line feed or is empty.
   */
  constructor(file: Deno.FsFile, path: string) {
    this.#file = file;
    this.#path = path;
    const content = Deno.readFileSync(path);
    this.#hash = createHash("sha256").update(content);
    this.#byteCount = content.length;
  }

  /**
   * Appends one line, given without its line feed; it is on the disk when this returns.
   * Throws an Error when the disk does not take it. The lines before stay, and appending may be tried again.
   */
  append(line: string): void {
    const bytes = new TextEncoder().encode(line + "\n");
    try {
      this.#dropFragment();
      this.#hasFragment = true;
      writeWhole(this.#file, bytes);
      this.#file.syncDataSync();
    } catch (error) {
      try {
        this.#dropFragment();
      } catch {
        // Tried again before the next line; a reader leaves the piece out, as it has no line feed.
      }
      throw new Error(
        `Cannot append ${bytes.length} bytes to "${this.#path}" as the disk must take them: ${
          messageOf(error)
        }`,
        { cause: error },
      );
    }
    this.#hasFragment = false;
    this.#hash.update(bytes);
    this.#byteCount += bytes.length;
  }

  /**
   * SHA-256 in hex of all lines.
   * Throws an Error when the file does not hold exactly them, since something else has then written to it.
   */
  sealedDigest(): string {
    try {
      this.#dropFragment();
    } catch (error) {
      throw new Error(
        `Cannot seal "${this.#path}" as the piece of a refused line must be taken back: ${messageOf(error)}`,
        { cause: error },
      );
    }
    const expected = this.#hash.copy().digest("hex");
    const found = createHash("sha256").update(Deno.readFileSync(this.#path)).digest("hex");
    if (found === expected) return found;
    throw new Error(
      `Cannot seal "${this.#path}" as nothing else may write to it: its digest is ${found}, expected ${expected}`,
    );
  }

  /** Releases the lock and closes the file. */
  close(): void {
    // Closing alone keeps the lock for as long as a child that is just being spawned holds its copy of the file.
    this.#file.unlockSync();
    this.#file.close();
  }

  #dropFragment(): void {
    if (!this.#hasFragment) return;
    this.#file.truncateSync(this.#byteCount);
    this.#hasFragment = false;
  }
}
