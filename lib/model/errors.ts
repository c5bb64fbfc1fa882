/**
 * Error classes that callers branch on. Everything else throws the built-in class that fits: TypeError for a wrong
 * shape, RangeError for a wrong value, SyntaxError for text that cannot be parsed.
 *
 * Messages say the action that failed, the rule, and the current value; no final period.
 */

/** A driver that is missing or cannot load here: the cell is skipped with this reason, not failed. */
export class DriverUnavailableError extends Error {
  /** Name of the class. */
  override readonly name = "DriverUnavailableError";
}

/** What was asked on the command line cannot be done: exit code 2. */
export class UsageError extends Error {
  /** Name of the class. */
  override readonly name = "UsageError";
}

/** A stored run that cannot be read as one. `line` counts from 1 and is absent for faults of a whole file. */
export class RecordFormatError extends Error {
  /** Name of the class. */
  override readonly name = "RecordFormatError";
  /** Path of the file. */
  readonly file: string;
  /** Counts from 1; absent for faults of a whole file. */
  readonly line: number | undefined;

  /** `rule` is the sentence behind the place. */
  constructor(file: string, line: number | undefined, rule: string, options?: ErrorOptions) {
    super(`Cannot read ${line === undefined ? file : `${file}:${line}`}: ${rule}`, options);
    this.file = file;
    this.line = line;
  }
}

/** The text of whatever was thrown, without its stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
