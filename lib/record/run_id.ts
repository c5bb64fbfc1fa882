/** How a run and its folder are named. Nothing that was typed reaches a path without passing here. */
import { UsageError } from "../model/errors.ts";

/** The label of a run that was given none. */
export const DEFAULT_LABEL = "bench";

/** What a label may be. */
export const LABEL_PATTERN: RegExp = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Checks a label and returns it; `undefined` gives the default.
 * Throws a UsageError for anything that does not match {@link LABEL_PATTERN}, the empty text included.
 */
export function parseLabel(label: string | undefined): string {
  if (label === undefined) return DEFAULT_LABEL;
  if (LABEL_PATTERN.test(label)) return label;
  // The offending text goes to a terminal: cut, and with control characters escaped.
  const shown = JSON.stringify(label.length > 40 ? label.slice(0, 40) + "…" : label)
    .replace(
      /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  // What is nearly a label is one with every other run of characters replaced.
  const meant = label.slice(0, 64).replace(/[^A-Za-z0-9._]+/g, "-").replace(/^[._-]+|-+$/g, "");
  const hint = meant === "" || label.length > 64 ? "" : ` (did you mean "${meant}"?)`;
  throw new UsageError(
    `Cannot name a run${hint} as its label must be 1 to 64 letters, digits, ".", "_" or "-", ` +
      `starting with a letter or digit: ${shown} has ${label.length} characters`,
  );
}

/** Name of the run folder: `2026-11-21T23-55-07-label`, in UTC. Throws as {@link parseLabel} does. */
export function runId(now: Date, label: string | undefined): string {
  return `${now.toISOString().slice(0, 19).replaceAll(":", "-")}-${parseLabel(label)}`;
}
