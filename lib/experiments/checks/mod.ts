/** The registry of checks: one file per subject, one line per check. */
import { messageOf } from "../../model/errors.ts";
import type { Fault } from "../sources/fault.ts";
import { type Check, type CheckInput, CheckView } from "./check.ts";
import { evidence, experimentFiles, preregistration, verdicts } from "./experiments.ts";
import { history } from "./history.ts";
import { journal } from "./journal.ts";
import { links } from "./links.ts";
import { records, reports, schemas } from "./records.ts";
import { sections } from "./sections.ts";
import { generated, signals } from "./signals.ts";

export type { Check, CheckInput, CitedRun, Judge, Recomputed, StudyParser } from "./check.ts";

/** All checks in the order in which they run and are listed. */
export const CHECKS: readonly Check[] = [
  records,
  reports,
  schemas,
  experimentFiles,
  evidence,
  preregistration,
  verdicts,
  history,
  signals,
  journal,
  generated,
  sections,
  links,
];

/** What one check found. */
export interface CheckResult {
  /** The check that ran. */
  readonly check: Pick<Check, "id" | "title">;
  /** Empty when it holds. */
  readonly faults: readonly Fault[];
  /** What is no fault and should be known. */
  readonly notes?: readonly string[];
}

/** Runs checks one after the other; none stops another, and what the system refuses is a fault of its check. */
export function runChecks(input: CheckInput, checks: readonly Check[] = CHECKS): CheckResult[] {
  const view = new CheckView(input);
  return checks.map((check) => ({
    check: { id: check.id, title: check.title },
    ...found(check, view),
  }));
}

function found(check: Check, view: CheckView): Pick<CheckResult, "faults" | "notes"> {
  const faults = faultsOf(check, view);
  // Notes rest on what was checked.
  const notes = faults.length === 0 ? notesOf(check, view) : [];
  return { faults, ...(notes.length === 0 ? {} : { notes }) };
}

function notesOf(check: Check, view: CheckView): readonly string[] {
  try {
    return check.notes?.(view) ?? [];
  } catch (error) {
    // What cannot be read is a fault of the check that reads it first.
    if (!isSystemError(error)) throw error;
    return [];
  }
}

function faultsOf(check: Check, view: CheckView): readonly Fault[] {
  try {
    return check.run(view);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return [{ rule: "unreadable", file: ".", message: `everything must be readable: ${messageOf(error)}` }];
  }
}

/** Whether a file or a folder could not be had, as opposed to a mistake in a check. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && Object.hasOwn(Deno.errors, error.name);
}
