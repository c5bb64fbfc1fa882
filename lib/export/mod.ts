/**
 * Runs in the formats of other tools.
 *
 * `tools/exchange` holds what is written here against what reads it, as far as npm has it: JSON against the published
 * schema by ajv, CSV by csv-parse, markdown by marked. Bencher publishes a JSON Schema of its format and no parser on
 * npm; the package github-action-benchmark has no version there. Both are tested by schemas written down from what they
 * publish, not by their code.
 */
import type { RunRecord } from "../model/mod.ts";
import { reporterById } from "../report/mod.ts";
import { toBmf } from "./bmf.ts";
import { toActionEntries } from "./github_action_benchmark.ts";
import { markdownSnippet } from "./markdown_snippet.ts";

export * from "./bmf.ts";
export * from "./exported_run_schema.ts";
export * from "./exported_values.ts";
export * from "./github_action_benchmark.ts";
export * from "./markdown_snippet.ts";
export * from "./replace_between_markers.ts";

/** A format that a run can be written in. */
export interface ExportFormat {
  /** What the command line calls it. */
  readonly id: string;
  /** One line for the help. */
  readonly title: string;
  /** The whole text of a run. */
  render(record: RunRecord): string;
}

/** All formats in the order of the help. */
export const EXPORT_FORMATS: readonly ExportFormat[] = [
  { id: "bmf", title: "Bencher Metric Format", render: (record) => jsonText(toBmf(record)) },
  {
    id: "github-action-benchmark",
    title: "github-action-benchmark, tool customSmallerIsBetter",
    render: (record) => jsonText(toActionEntries(record, "lower")),
  },
  {
    id: "github-action-benchmark-bigger",
    title: "github-action-benchmark, tool customBiggerIsBetter",
    render: (record) => jsonText(toActionEntries(record, "higher")),
  },
  { id: "csv", title: "one line per value", render: (record) => reporterById("csv").render(record) },
  {
    id: "json",
    title: "the whole record with a summary, see schemas/export.schema.json",
    render: (record) => reporterById("json").render(record),
  },
  {
    id: "markdown-snippet",
    title: "one table for a README",
    render: (record) => `${markdownSnippet(record)}\n`,
  },
];

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
