/** What tabs see of each other, as it is stored: the reports, and a page of them. */
import { z } from "zod";
import { messageOf } from "../model/errors.ts";
import { median, sortSamples } from "../stats/mod.ts";
import { nameOf } from "./conformance_page.ts";
import type { SecondTabReport } from "./second_tab.ts";

const SCHEMA_VERSION = 1;

const stored = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  /** When the last one ended, ISO 8601. */
  endedAt: z.string(),
  /** What was tried, and where. */
  environment: z.strictObject({
    commit: z.string().optional(),
    isDirty: z.boolean().optional(),
    chromium: z.string(),
    os: z.string(),
    cpuModel: z.string(),
  }),
  reports: z.array(z.strictObject({
    adapter: z.string(),
    options: z.record(z.string(), z.string()),
    unavailable: z.string().optional(),
    refused: z.string().optional(),
    fault: z.string().optional(),
    writeCount: z.int().min(0),
    shownAfterMs: z.array(z.number().min(0)),
    isRead: z.boolean().optional(),
  })),
});

/** See the schema: what `results/second-tab.json` holds. */
export type StoredTabs = z.infer<typeof stored>;

/** Puts reports together for the disk. */
export function storeTabs(
  reports: readonly SecondTabReport[],
  environment: StoredTabs["environment"],
  endedAt: Date,
): StoredTabs {
  return {
    schemaVersion: SCHEMA_VERSION,
    endedAt: endedAt.toISOString(),
    environment,
    reports: reports.map((report) => ({
      ...report,
      options: { ...report.options },
      // To the microsecond: the clock says no more.
      shownAfterMs: report.shownAfterMs.map((ms) => Number(ms.toFixed(3))),
    })),
  };
}

/** Reads what {@link storeTabs} made. Throws a SyntaxError that names the first fault. */
export function parseTabs(text: string, file: string): StoredTabs {
  try {
    return stored.parse(JSON.parse(text));
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const what = issue === undefined
      ? messageOf(error)
      : `${issue.path.map(String).join(".")}: ${issue.message}`;
    throw new SyntaxError(`Cannot read "${file}" as it must hold what tabs saw: ${what}`, { cause: error });
  }
}

/** The whole page; the same input gives the same bytes. */
export function tabsPage({ reports, environment, endedAt }: StoredTabs): string {
  const { chromium, os, cpuModel, commit, isDirty } = environment;
  const revision = commit === undefined
    ? ""
    : `, commit ${commit.slice(0, 12)}${isDirty ? " with changes" : ""}`;
  const tried = reports.filter(({ unavailable }) => unavailable === undefined);
  return [
    "# A second tab",
    "",
    `Run until ${endedAt.slice(0, 16)} UTC: Chromium ${chromium}, ${os}, ${cpuModel}${revision}.`,
    "",
    "Two tabs of one browser open the same database; the second writes rows, each acknowledged before the next, the",
    "first watches their count. Times are from the acknowledgement until the first tab has shown the row, as the",
    "bench outside of the browser hears of both, which adds a millisecond or two. Databases are opened as they are",
    "benched, for one tab: what some offer for several by another way to open them (a worker that tabs share, a",
    "channel between stores, loading again from time to time) is not tried here.",
    "",
    "| adapter | second tab | rows shown by the first tab's live query | median | longest | found by a read there |",
    "| --- | --- | ---: | ---: | ---: | --- |",
    ...tried.map((report) => `| ${cellsOf(report).map(plain).join(" | ")} |`),
    "",
    ...reports.filter(({ unavailable }) => unavailable !== undefined).map((report) =>
      `- ${plain(nameOf(report))} was not tried: ${plain(report.unavailable!)}.`
    ),
    "",
  ].join("\n");
}

/** The row of a report that was tried. */
function cellsOf(report: StoredTabs["reports"][number]): string[] {
  const { refused, fault, writeCount, shownAfterMs, isRead } = report;
  const name = nameOf(report);
  if (refused !== undefined) return [name, `refused: ${firstLine(refused)}`, "-", "-", "-", "-"];
  const has = shownAfterMs.length > 0;
  return [
    name,
    fault === undefined ? "opens" : `opens, then: ${firstLine(fault)}`,
    has || isRead === undefined ? `${shownAfterMs.length} of ${writeCount}` : "none",
    has ? milliseconds(median(sortSamples(shownAfterMs))) : "-",
    has ? milliseconds(Math.max(...shownAfterMs)) : "-",
    isRead === undefined ? "-" : isRead ? "yes" : "no",
  ];
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

const LONGEST_REASON = 120;

function firstLine(text: string): string {
  const line = text.split("\n")[0]!.trim().replace(/\.$/, "");
  return line.length <= LONGEST_REASON ? line : `${line.slice(0, LONGEST_REASON - 3)}...`;
}

/** Text of libraries and errors, so that it stays on its line and in its cell. */
function plain(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[|<>*_`\\[\]]/g, (mark) => `\\${mark}`).trim();
}
