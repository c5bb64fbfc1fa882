/** Everything in `results/`, read once: each run is loaded, rendered, and let go of again. */
import { join } from "node:path";
import { messageOf, RecordFormatError } from "../../model/errors.ts";
import type { RunHeader, RunRecord } from "../../model/record.ts";
import {
  ASIDE_FOLDER,
  BLOCKS_FILE,
  HEADER_FILE,
  loadRun,
  loadTimeline,
  TIMELINES_FOLDER,
} from "../../record/mod.ts";
import { reporterById } from "../../report/mod.ts";
import { readRegularFile } from "../sources/regular_file.ts";
import { firstDifference } from "../sources/text_difference.ts";
import type { Fault } from "../sources/fault.ts";
import type { CitedRun, StudyParser } from "./check.ts";

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
  /** Runs that its files were computed from, where it is a folder of studies. */
  readonly cited?: readonly (CitedRun & { readonly file: string })[];
}

/** Names in the results folder that are no runs and are meant to be there: what `deno task bench:...` stores, and notes. */
const OTHERS =
  /^(?:README\.md|\.gitignore|\.gitkeep|(?:bench-(?:self|check|report)|generator-late|conformance|second-tab|engine-targets)\.(?:json|md)|baselines\.json)$/;

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
    Object.hasOwn(studies, name) ? readStudies(folder, name, studies[name]!) : readStoredRun(folder, name)
  );
}

function readStudies(folder: string, name: string, parse: StudyParser): StoredRun {
  const cited: (CitedRun & { readonly file: string })[] = [];
  const files = [...Deno.readDirSync(join(folder, name))].map((entry) => entry.name).sort();
  const recordFaults = files.flatMap((fileName): Fault[] => {
    const file = `results/${name}/${fileName}`;
    const path = join(folder, name, fileName);
    try {
      const content = readRegularFile(path);
      if (content === undefined || "fault" in content) {
        throw new RecordFormatError(path, undefined, content?.fault ?? "it must be there");
      }
      for (const { run, sha256 } of parse(content.text, path)) cited.push({ run, sha256, file });
      return [];
    } catch (error) {
      return [{ rule: "study", file, message: messageOf(error).replace(`Cannot read ${path}: `, "") }];
    }
  });
  return { name, recordFaults, reportFaults: [], cited };
}

function readStoredRun(folder: string, name: string): StoredRun {
  const path = join(folder, name);
  const file = `results/${name}`;
  try {
    if (Deno.lstatSync(path).isSymlink) {
      throw new RecordFormatError(path, undefined, "a run must be a folder: it is a symbolic link");
    }
    const record = loadRun(path);
    for (const block of record.results) loadTimeline(path, block);
    const { id, label, status, sha256 } = record;
    const header = { id, label, status, ...(sha256 === undefined ? {} : { sha256 }) };
    if (status === "running") {
      const message = "a stored run must be sealed: go on with --resume, or remove it";
      return { name, header, recordFaults: [{ rule: "record-unsealed", file, message }], reportFaults: [] };
    }
    const recordFaults: Fault[] = strayFiles(path, record).map((stray) => ({
      rule: "record-stray",
      file: `${file}/${stray}`,
      message: "a run folder must hold what the record names and nothing else: this is not named",
    }));
    recordFaults.push(...asideFaults(path, folder, record));
    if (id !== name) {
      recordFaults.push({
        rule: "record-name",
        file,
        message: `a run must be in the folder of its id: it is "${id}"`,
      });
    }
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

/** Files of a run folder that are no part of the run. */
function strayFiles(path: string, { results, fleet }: RunRecord): string[] {
  const namesIn = (folder: string): string[] => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  const timelines = new Set(
    results.flatMap((block) =>
      block.status === "measured" && block.timeline !== undefined ? [block.timeline.file] : []
    ),
  );
  const known = new Set([HEADER_FILE, BLOCKS_FILE, REPORT_FILE, TIMELINES_FOLDER]);
  if (fleet?.machines.some(({ aside }) => aside !== undefined)) known.add(ASIDE_FOLDER);
  const names = namesIn(path);
  const pictures = names.includes(TIMELINES_FOLDER) ? namesIn(join(path, TIMELINES_FOLDER)) : [];
  return [
    ...names.filter((name) => !known.has(name)),
    ...pictures.filter((name) => !timelines.has(name)).map((name) => `${TIMELINES_FOLDER}/${name}`),
  ];
}

/** What is wrong with the rounds of machines that were set aside: each must be a sound run, and all that arrived must be there. */
function asideFaults(path: string, folder: string, { id, fleet }: RunRecord): Fault[] {
  return (fleet?.machines ?? []).flatMap(({ name, aside, roundCount }): Fault[] => {
    if (aside === undefined) return [];
    const place = join(path, ASIDE_FOLDER, name);
    const file = `results/${id}/${ASIDE_FOLDER}/${name}`;
    let rounds: string[];
    try {
      rounds = [...Deno.readDirSync(place)].map((entry) => entry.name).sort();
    } catch (error) {
      return [recordFault(error, folder, file)];
    }
    if (rounds.length !== roundCount) {
      const message =
        `it must hold the rounds of a machine that was set aside, ${roundCount}: got ${rounds.length}`;
      return [{ rule: "record-aside", file, message }];
    }
    return rounds.flatMap((round): Fault[] => {
      try {
        loadRun(join(place, round));
        return [];
      } catch (error) {
        return [recordFault(error, folder, `${file}/${round}`)];
      }
    });
  });
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
  const stored = readRegularFile(join(path, REPORT_FILE));
  if (stored === undefined) {
    return [{ rule: "report-missing", file, message: "a sealed run must have its report" }];
  }
  if ("fault" in stored) return [{ rule: "report-missing", file, message: stored.fault }];
  const difference = firstDifference(stored.text, rendered);
  if (difference === undefined) return [];
  const message =
    `the report must be what the record says: ${difference.text}; "deno task render" writes it again`;
  return [{ rule: "report-differs", file, line: difference.line, message }];
}
