/** From a stored run to the data of the page "Which database?". Pure: the same record gives the same data. */
import { type Metric, type RunRecord, storeClass } from "../../lib/model/mod.ts";
import { METRICS } from "../../lib/metrics/mod.ts";
import { repeatCommands } from "../../lib/report/repeat_command.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import {
  type CellSummary,
  type RunSummary,
  summarizeRun,
  type WorkloadSection,
} from "../../lib/report/summarize_run.ts";
import { failureSentences } from "../../lib/report/wording.ts";
import { adapterView } from "./adapter_view.ts";
import type {
  Aspect,
  ChoiceCell,
  ChoiceDatabase,
  ChoiceMetric,
  ChoiceQuestion,
  ChoiceValue,
  ChoiceView,
} from "./choice_view.ts";
import { isPlainSection } from "./choice_run.ts";
import { LONGEST_PROSE } from "./longest_prose.ts";
import { significant } from "./significant.ts";

/** Metrics of each aspect; those of one aspect count alike. */
const PARTS: readonly (readonly [id: string, aspect: Aspect])[] = [
  ["done_ns", "speed"],
  ["shown_p50_ns", "freshness"],
  ["stale_max_ns", "freshness"],
  ["main_busy_ns", "main"],
];

/** What an app does that is like a workload; others keep their own title. */
const ASKED_AS: Readonly<Record<string, string>> = {
  "keyed-pk": "Single rows",
  "fan-out": "Many screens",
  "sync-burst": "Big bursts",
  "overlap": "Overlapping lists",
  "chat-sim": "A chat",
  "feed-paging": "A feed",
};

const CHOICE_METRICS: readonly ChoiceMetric[] = PARTS.map(([id, aspect]) => {
  const { title, meaning } = METRICS.find((one) => one.id === id) as Metric;
  return { id, aspect, title, meaning };
});

/** The page of a site in which no run covers enough. */
export const EMPTY_CHOICE: ChoiceView = {
  page: "choice",
  metrics: CHOICE_METRICS,
  questions: [],
  databases: [],
};

/** The data of the page. `href` is the address of the run's page, `summary` that of the record. */
export function choiceView(
  record: RunRecord,
  href: string,
  summary: RunSummary = summarizeRun(record),
): ChoiceView {
  const sections = summary.sections.filter(isPlainSection);
  const all = summary.sections.flatMap(({ cells }) => cells);
  const names = [...new Set(all.map(({ name }) => name))];
  const judged = sections.flatMap(({ cells }) => cells).filter(({ verdict }) => verdict !== undefined);
  const { environment: { commit, isDirty, cpuModel, coreCount, deno } } = record;
  return {
    page: "choice",
    run: {
      href,
      label: safeText(record.label, 120),
      startedAt: record.startedAt,
      blockCount: record.settings.blockCount,
      commit: commit === undefined ? "" : safeText(commit.slice(0, 8)) + (isDirty ? "+" : ""),
      machine: safeText(`${cpuModel}, ${coreCount} cores, Deno ${deno}`),
      checked: {
        right: judged.filter(({ verdict }) => verdict === "converged").length,
        all: judged.length,
      },
      command: repeatCommands(record)[0] ?? "",
    },
    metrics: CHOICE_METRICS,
    questions: sections.map(questionOf),
    databases: names.flatMap((name, index) => {
      const cells = sections.map((section) => section.cells.find((cell) => cell.name === name));
      return cells.every((cell) => cell === undefined)
        ? []
        : [databaseOf(name, index, record, sections, all)];
    }),
  };
}

function questionOf({ key, workload, phases, cells }: WorkloadSection): ChoiceQuestion {
  const { workload: id } = cells[0]!.cell;
  return {
    id: safeText(id),
    key: safeText(key),
    title: safeText(ASKED_AS[id] ?? workload?.title ?? id),
    question: safeText(workload?.question ?? "", LONGEST_PROSE),
    phases: phases.map(({ name, title }) => ({
      name: safeText(name),
      title: phases.length === 1 ? "" : safeText(title === "" ? name : title),
    })),
  };
}

function databaseOf(
  name: string,
  index: number,
  record: RunRecord,
  sections: readonly WorkloadSection[],
  all: readonly CellSummary[],
): ChoiceDatabase {
  const view = adapterView(name, record, all);
  const own = all.filter((cell) => cell.name === name);
  const { cell } = own[0]!;
  const capabilities = Object.hasOwn(record.capabilities, cell.key)
    ? record.capabilities[cell.key]
    : undefined;
  const isFloor = own.some(({ phases }) => phases.some(({ unwatched }) => unwatched));
  const sqlite = view.facts.find(([fact]) => fact === "sqlite");
  return {
    name: view.name,
    adapter: safeText(cell.adapter),
    title: view.title === "" ? safeText(cell.adapter) : view.title,
    options: name === cell.adapter ? "" : safeText(name.slice(cell.adapter.length + 1, -1)),
    cellClass: isFloor ? "floor" : storeClass(capabilities),
    ...(capabilities === undefined
      ? {}
      : { persists: capabilities.durability !== "none", sql: capabilities.sql }),
    worksOn: view.worksOn,
    runsIn: view.runsIn,
    ...(view.delay === undefined ? {} : { delay: view.delay }),
    versions: view.drivers !== "" ? view.drivers : sqlite === undefined ? "" : `SQLite ${sqlite[1]}`,
    homepage: view.homepage,
    unfair: view.unfair,
    gaps: view.knownGaps,
    index,
    cells: sections.map((section) => {
      const found = section.cells.find((one) => one.name === name);
      return found === undefined ? null : cellOf(found, section);
    }),
  };
}

function cellOf(cell: CellSummary, { phases }: WorkloadSection): ChoiceCell {
  const { status, measuredBlockCount } = cell;
  return {
    status,
    reason: safeText(reasonOf(cell), LONGEST_PROSE),
    blockCount: measuredBlockCount,
    phases: status !== "verified" ? [] : phases.map(({ name }) => {
      const metrics = cell.phases.find((phase) => phase.name === name)?.metrics;
      return Object.fromEntries(PARTS.flatMap(([id]): [string, ChoiceValue][] => {
        const estimate = metrics?.get(id)?.estimate;
        if (estimate === undefined) return [];
        const { value, interval: { lower, upper } } = estimate;
        return [[id, [significant(value, 5), significant(lower, 5), significant(upper, 5)]]];
      }));
    }),
  };
}

function reasonOf(cell: CellSummary): string {
  const { status, verdict, skipReason, findings } = cell;
  switch (status) {
    case "wrong":
      return `${verdict ?? "wrong"}${findings[0] === undefined ? "" : `: ${findings[0].detail}`}`;
    case "skipped":
      return skipReason ?? "";
    case "failed":
    case "verified":
      return failureSentences(cell).map(({ lead, reason }) => `${lead}: ${reason}`).join("; ");
    case "missing":
      return "the run ended before it";
  }
}
