/** How long the archive takes, on disk: `results/archive/<moment>.json`. */
import { z } from "zod";
import { benchFacts, measured, parseStudy, storeStudy } from "./bench_facts.ts";

const FOLDER = "archive";

const count = z.int().min(1);

const passSchema = z.strictObject({
  /** From the start of the process to the first answer. */
  coldMs: measured,
  /** The same question again, with the archive open. */
  warmMs: measured,
  /** Largest resident memory. */
  peakBytes: count,
  /** Runs in the answer. */
  runCount: count,
});

const schema = z.strictObject({
  ...benchFacts,
  /** Run folders that were added. */
  imported: z.strictObject({
    runCount: count,
    blocksPerRun: count,
    addMs: measured,
    /** A hundred of them once more: they are known. */
    addHundredAgainMs: measured,
    archiveBytes: count,
    history: z.array(passSchema).min(1),
  }),
  /** Runs that were generated as Parquet. */
  generated: z.strictObject({
    runCount: count,
    generateMs: measured,
    archiveBytes: count,
    history: z.array(passSchema).min(1),
  }),
  harnessPeakBytes: count,
});

/** A stored bench of the archive. */
export type ArchiveStudy = z.infer<typeof schema>;

/** One history, asked twice in a process of its own. */
export type ArchivePass = z.infer<typeof passSchema>;

/** Stores a study below `results`. Returns its path. */
export function storeArchiveStudy(results: string, study: ArchiveStudy): string {
  return storeStudy(results, FOLDER, study);
}

/** Reads a study. Throws a RecordFormatError for what is none, and for one whose histories do not tell all runs. */
export function parseArchiveStudy(text: string, file: string): ArchiveStudy {
  return parseStudy<ArchiveStudy>(text, file, schema, (study) => {
    for (const part of ["imported", "generated"] as const) {
      const { runCount, history } = study[part];
      const stray = history.find((pass) => pass.runCount !== runCount);
      if (stray !== undefined) {
        return `"${part}.history" must tell all of ${runCount} runs: got ${stray.runCount}`;
      }
    }
    return undefined;
  });
}
