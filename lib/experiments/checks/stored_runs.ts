/** Everything in `results/`, read once: each run is loaded, rendered, and let go of again. */
import { join } from "node:path";
import { messageOf, RecordFormatError } from "../../model/errors.ts";
import type { RunHeader } from "../../model/record.ts";
import { loadRun, loadTimeline } from "../../record/mod.ts";
import { reporterById } from "../../report/mod.ts";
import { firstDifference } from "../text_difference.ts";
import type { Fault } from "../fault.ts";
import type { StudyParser } from "./check.ts";

/** Name of the report in a run folder. */
export const REPORT_FILE = "report.md";

/** What was found in one entry of the results folder. */
export interface StoredRun {
  /** Name of the entry. */
  readonly name: string;
  /** Absent when it cannot be loaded. */
  readonly header?: Pick<RunHeader, "id" | "label" | "status" | "sha256">;
  /** Why it is not what was measured. */
  readonly recordFaults: readonly Fault[];
  /** Why its report is not what the record says. */
  readonly reportFaults: readonly Fault[];
}

/** Names in the results folder that are no runs and are meant to be there: what `deno task bench:...` stores, and notes. */
const OTHERS = /^(?:README\.md|\.gitignore|\.gitkeep|bench-(?:self|check|report)\.(?:json|md))$/;

/** Reads every entry of a results folder, by name; a folder that is not there holds none. */
export function readStoredRuns(
  folder: string,
  studies: Readonly<Record<string, StudyParser>> = {},
): StoredRun[] {
  let names: string[];
  try {
    names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return names.filter((name) => !OTHERS.test(name)).sort().map((name) =>
    Object.hasOwn(studies, name)
      ? { name, recordFaults: studyFaults(folder, name, studies[name]!), reportFaults: [] }
      : readStoredRun(folder, name)
  );
}

function studyFaults(folder: string, name: string, parse: StudyParser): Fault[] {
  const files = [...Deno.readDirSync(join(folder, name))].map((entry) => entry.name).sort();
  return files.flatMap((fileName): Fault[] => {
    const file = `results/${name}/${fileName}`;
    const path = join(folder, name, fileName);
    try {
      parse(Deno.readTextFileSync(path), path);
      return [];
    } catch (error) {
      return [{ rule: "study", file, message: messageOf(error).replace(`Cannot read ${path}: `, "") }];
    }
  });
}

function readStoredRun(folder: string, name: string): StoredRun {
  const path = join(folder, name);
  const file = `results/${name}`;
  try {
    const record = loadRun(path);
    for (const block of record.results) loadTimeline(path, block);
    const { id, label, status, sha256 } = record;
    const header = { id, label, status, ...(sha256 === undefined ? {} : { sha256 }) };
    if (status === "running") {
      const message = "a stored run must be sealed: go on with --resume, or remove it";
      return { name, header, recordFaults: [{ rule: "record-unsealed", file, message }], reportFaults: [] };
    }
    const recordFaults = id === name
      ? []
      : [{ rule: "record-name", file, message: `a run must be in the folder of its id: it is "${id}"` }];
    const rendered = reporterById("markdown").render(record);
    return {
      name,
      header,
      recordFaults,
      reportFaults: reportFaults(path, `${file}/${REPORT_FILE}`, rendered),
    };
  } catch (error) {
    return { name, recordFaults: [recordFault(error, folder, file)], reportFaults: [] };
  }
}

function recordFault(error: unknown, folder: string, file: string): Fault {
  if (!(error instanceof RecordFormatError)) return { rule: "record", file, message: messageOf(error) };
  const place = error.line === undefined ? error.file : `${error.file}:${error.line}`;
  return {
    rule: "record",
    file: error.file.replace(folder, "results").replaceAll("\\", "/"),
    ...(error.line === undefined ? {} : { line: error.line }),
    message: error.message.replace(`Cannot read ${place}: `, ""),
  };
}

function reportFaults(path: string, file: string, rendered: string): Fault[] {
  let stored: string;
  try {
    stored = Deno.readTextFileSync(join(path, REPORT_FILE));
  } catch (error) {
    const message = error instanceof Deno.errors.NotFound
      ? "a sealed run must have its report"
      : messageOf(error);
    return [{ rule: "report-missing", file, message }];
  }
  const difference = firstDifference(stored, rendered);
  if (difference === undefined) return [];
  const message =
    `the report must be what the record says: ${difference.text}; "deno task render" writes it again`;
  return [{ rule: "report-differs", file, line: difference.line, message }];
}
