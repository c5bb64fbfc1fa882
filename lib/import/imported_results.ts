/**
 * Results that others measured, as this project stores them: beside our runs and never as one, since nothing in them was
 * checked against the oracle and no block of theirs can be compared with a block of ours.
 */
import { z } from "zod";

/** Version of the stored form. */
export const IMPORTED_SCHEMA_VERSION = 1;

const line = z.int().positive();

const importedValue = z.strictObject({
  section: z.string().describe("Title of the section"),
  subsection: z.string().describe("Title of the subsection, empty where there is none"),
  label: z.string().describe("First cell of the row"),
  column: z.string().describe("Heading of the column"),
  key: z.string().describe(
    "Section / Subsection / Label, with the suffix [main] for the main isolate's median",
  ),
  isMetric: z.boolean().describe("Whether the source's own history follows it under this key"),
  unit: z.enum(["ns", "us", "ms", "s", "B", "MB", "KiB", "per-second", "percent", ""]).describe(
    "As far as the source says it, else empty; MB are 1,048,576 bytes, as the source counts them",
  ),
  value: z.number().describe("As it stands in the source; of repeated runs the median, where it is known"),
  lastRepeat: z.number().optional().describe(
    "What the last repeat gave, where the value is that of several repeats",
  ),
  interval: z.strictObject({
    lower: z.number(),
    upper: z.number(),
    kind: z.enum(["range", "confidence"]).describe(
      "From the smallest to the largest repeat, or 95 % confidence of the median",
    ),
  }).optional().describe("Over the repeats, with as many digits as the source shows"),
  bound: z.enum(["lower", "upper", "margin"]).optional().describe(
    "What it is of an interval, where it is no value itself",
  ),
  line: line.optional().describe("Line in the file, counted from 1; absent for JSON"),
});

const importedRemark = z.strictObject({
  line: line.describe("Line in the file, counted from 1"),
  text: z.string().describe("What stands there"),
  reason: z.string().describe("Why nothing was taken from it"),
});

/** The check of the stored form. */
export const importedResultsSchema = z.strictObject({
  schemaVersion: z.literal(IMPORTED_SCHEMA_VERSION),
  kind: z.literal("imported"),
  source: z.literal("resqlite"),
  file: z.strictObject({ name: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  label: z.string().describe("From the file name"),
  startedAt: z.string().describe(
    "From the file name or the file, in the unknown time zone of its author unless it ends in Z; empty where neither says it",
  ),
  machine: z.string().optional().describe("The machine in the source's words, where it says it"),
  commit: z.string().optional().describe("The source's commit, where it says it"),
  settings: z.array(z.strictObject({ name: z.string(), value: z.string() })).describe(
    "Bullets before the first section",
  ),
  values: z.array(importedValue),
  skippedSections: z.array(z.strictObject({ title: z.string(), line })).describe(
    "Sections that compare or repeat",
  ),
  notUnderstood: z.array(importedRemark),
  repeats: z.strictObject({ rowCount: z.int().min(0), takenCount: z.int().min(0) }).optional().describe(
    "Of repeated runs: rows about repeats, and those whose value was found",
  ),
}).meta({
  title: "ImportedResults",
  description:
    "results/imported/*.json: one file of results that others measured, never checked by the oracle",
});

/** One file of results from elsewhere. */
export type ImportedResults = z.infer<typeof importedResultsSchema>;

/** One number of it. */
export type ImportedValue = z.infer<typeof importedValue>;

/** A place that nothing was taken from. */
export type ImportedRemark = z.infer<typeof importedRemark>;
