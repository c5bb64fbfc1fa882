/** What `--list` and `--dry-run` print. */
import Table from "cli-table3";
import { metricNamed } from "../metrics/mod.ts";
import {
  type Adapter,
  defaultOptions,
  type RunRecord,
  type Settings,
  type StoppingRule,
  type Workload,
} from "../model/mod.ts";
import { formatQuantity, formatShare } from "../report/format.ts";
import { summarizeRun } from "../report/summarize_run.ts";
import { repetitions, repetitionText } from "../report/wording.ts";
import {
  expectedMs,
  firstRoundMs,
  isLook,
  plannedAhead,
  type PlannedBlock,
  searchBlockCount,
} from "../runner/mod.ts";
import { isSearched } from "../stats/mod.ts";
import { durationText } from "./duration.ts";
import type { Probe } from "./probe_adapter.ts";
import { type SelectedCell, skipReason } from "./select_cells.ts";
import { durationOf } from "./soak.ts";

/** Characters of the columns, with a space on either side. Words that are longer than a column would be cut. */
const WORKLOAD_WIDTHS = [21, 10, 8, 22, 20, 33] as const;
const ADAPTER_WIDTHS = [19, 30, 13, 12, 8, 26, 13, 26] as const;

/** Workloads with their questions; slow ones are marked, older versions listed. */
export function describeWorkloads(workloads: readonly Workload[]): string {
  const versions = Map.groupBy(workloads, ({ id }) => id);
  return grid(
    ["workload", "versions", "runs", "phases", "sweeps", "question"],
    [...versions].map(([id, all]) => {
      const newest = all.at(-1)!;
      return [
        id,
        all.map(({ version }) => version).join(", "),
        newest.slow ? "when named" : "yes",
        newest.phases.map(({ name }) => name).join(", "),
        Object.entries(newest.sweeps ?? {}).map(([name, { least, most }]) => `${name} ${least} to ${most}`)
          .join("\n"),
        newest.question,
      ];
    }),
    WORKLOAD_WIDTHS,
  );
}

/** Adapters with what they can do at their default options; with `probes`, by adapter id, whether they run here. */
export function describeAdapters(adapters: readonly Adapter[], probes?: ReadonlyMap<string, Probe>): string {
  return grid(
    [
      "adapter",
      "package",
      "live queries",
      "durability",
      "works on",
      "options",
      "permissions",
      ...(probes === undefined ? [] : ["opens here"]),
    ],
    adapters.map((adapter) => {
      const { liveQueries, durability, worksOn } = adapter.capabilities(defaultOptions(adapter));
      const [driver] = Object.entries(adapter.drivers);
      return [
        adapter.id,
        driver === undefined ? "built in" : `${driver[0]}\n${driver[1]}`,
        liveQueries,
        durability,
        worksOn,
        Object.entries(adapter.options).map(([name, { values }]) => `${name}=${values.join(" | ")}`).join(
          "\n",
        ),
        Object.keys(adapter.permissions).join(", "),
        ...(probes === undefined ? [] : [describeProbe(probes.get(adapter.id)!)]),
      ];
    }),
    ADAPTER_WIDTHS,
  );
}

function describeProbe(probe: Probe): string {
  return probe.isAvailable ? `in ${formatQuantity(probe.openNs, "ns")}` : `no: ${probe.reason}`;
}

/** What a dry run knows. */
export interface PlanDescription {
  readonly cells: readonly SelectedCell[];
  readonly settings: Settings;
  /** Mean time of a block in stored runs, milliseconds, by cell key; cells that were never run are not in it. */
  readonly costsMs: ReadonlyMap<string, number>;
}

/**
 * What a run would do: all its blocks in order, or with a stopping rule the first ones, the rule and what it may take;
 * and the cells that will be skipped, with the reason.
 */
export function describePlan({ cells, settings, costsMs }: PlanDescription): string {
  const { stopping } = settings;
  const skips = cells.flatMap((choice) => {
    const reason = skipReason(choice);
    return reason === undefined ? [] : [`Skipped: ${choice.cell.key}: ${reason}`];
  });
  const run = runnable({ cells, settings });
  const planned = plannedOf(settings, run);
  const lines = planned.map(({ position, blockIndex, cell, evidence, chosen }) =>
    `${position + 1}. ${cell.key} repetition ${blockIndex}${
      chosen === undefined ? "" : `, perhaps at ${chosen["rate"]}/s`
    }${evidence === "rows" ? ", whole rows" : ""}${cell.anchor === true ? ", the anchor" : ""}`
  );
  return [
    countText({ settings, costsMs }, planned, run.length),
    ...lines,
    ...(stopping === undefined ? [] : [describeStopping(stopping)]),
    ...skips,
    describeTime(settings, run, planned, costsMs),
  ].join("\n");
}

/** The time that a run will take, as far as stored runs tell; what was never run counts as the mean of what was. */
function describeTime(
  { stopping, blockCount }: Pick<Settings, "stopping" | "blockCount">,
  run: Settings["cells"],
  planned: readonly PlannedBlock[],
  costsMs: ReadonlyMap<string, number>,
): string {
  const known = run.flatMap(({ key }) => costsMs.get(key) ?? []);
  const meanMs = known.length === 0 ? undefined : known.reduce((sum, ms) => sum + ms, 0) / known.length;
  const guessed = new Map([
    ...run.flatMap(({ key, parameters }) =>
      meanMs === undefined || parameters?.["rate"] !== undefined ? [] : [[key, meanMs] as const]
    ),
    ...costsMs,
  ]);
  const basis = known.length === run.length
    ? "by stored runs"
    : `a guess, as stored runs tell of ${known.length} of ${run.length} databases x workloads`;
  if (stopping !== undefined) {
    const firstMs = firstRoundMs(run, guessed, (cell) => durationOf(cell) ?? 0);
    const { budgetMs } = stopping;
    const first = `the first round of everything about ${durationText(firstMs)} (${basis})`;
    return firstMs > budgetMs
      ? `It will take longer than its budget of ${durationText(budgetMs)}: ${first}`
      : `It will take at most ${durationText(budgetMs)}, less where intervals are narrow before; ${first}`;
  }
  const fixedMs = planned.filter(({ cell }) => !isSearched(cell)).reduce((sum, { cell, evidence }) => {
    const goesOnMs = evidence === "rows" ? undefined : durationOf(cell);
    return sum + (goesOnMs ?? expectedMs(cell, guessed));
  }, 0);
  const totalMs = run.filter(isSearched).reduce(
    (sum, cell) => sum + searchBlockCount(blockCount) * expectedMs(cell, guessed),
    fixedMs,
  );
  return `It will take about ${durationText(totalMs)} (${basis})`;
}

/** How many blocks a run begins with and about how long they take, in one line, before the first one starts. */
export function describeCost({ cells, settings, costsMs }: PlanDescription): string {
  const run = runnable({ cells, settings });
  return countText({ settings, costsMs }, plannedOf(settings, run), run.length);
}

/** The cells that are not skipped. */
function runnable({ cells, settings }: Pick<PlanDescription, "cells" | "settings">): Settings["cells"] {
  const skipped = new Set(
    cells.filter((one) => skipReason(one) !== undefined).map(({ cell: { key } }) => key),
  );
  return settings.cells.filter(({ key }) => !skipped.has(key));
}

/** All blocks, or with a stopping rule the first ones. */
function plannedOf(settings: Settings, run: Settings["cells"]): PlannedBlock[] {
  return plannedAhead({
    ...settings,
    cells: run,
    ...(settings.stopping === undefined ? {} : { blockCount: 1 }),
  });
}

function countText(
  { settings, costsMs }: Pick<PlanDescription, "settings" | "costsMs">,
  planned: readonly PlannedBlock[],
  cellCount: number,
): string {
  // Which blocks a search takes is only known on the way.
  const searched = [...new Set(planned.map(({ cell }) => cell))].filter(isSearched);
  const perSearched = searchBlockCount(settings.stopping === undefined ? settings.blockCount : 1);
  const fixed = planned.filter(({ cell }) => !isSearched(cell));
  // How long a block goes on, or is asked at a rate, is known without a stored run; one that keeps rows does not go on.
  const costs = fixed.map(({ cell, evidence }) => {
    const goesOnMs = durationOf(cell);
    if (goesOnMs !== undefined) return evidence === "rows" ? 0 : goesOnMs;
    return costsMs.has(cell.key) || cell.parameters?.["rate"] !== undefined
      ? expectedMs(cell, costsMs)
      : undefined;
  });
  const known = costs.filter((cost) => cost !== undefined);
  const knownMs = known.reduce((sum, ms) => sum + ms, 0) +
    searched.reduce((sum, cell) => sum + perSearched * expectedMs(cell, costsMs), 0);
  const unknownCount = fixed.length - known.length;
  const estimate = known.length + searched.length === 0
    ? "no stored run tells what these take"
    : `about ${durationText(knownMs)} by stored runs and plans${
      unknownCount === 0 ? "" : `, and ${unknownCount} of which no stored run tells`
    }`;
  const blockCount = fixed.length + searched.length * perSearched;
  const opening = [
    ...settings.stopping === undefined ? [] : ["first"],
    ...searched.length === 0 ? [] : ["about"],
    `${repetitions(blockCount)} of ${
      cellCount === 1 ? "1 database x workload" : `${cellCount} databases x workloads`
    }: ${estimate}`,
  ].join(" ");
  return opening.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}

/** What asking at rates takes, told before it begins; `undefined` for a run that asks at none. */
export function describeLoad(
  { cells, stopping }: Pick<Settings, "cells" | "stopping">,
  costsMs: ReadonlyMap<string, number>,
): string | undefined {
  const searched = cells.filter(isSearched);
  if (!cells.some(({ parameters }) => parameters?.["rate"] !== undefined)) return undefined;
  const firstMs = firstRoundMs(cells, costsMs);
  const enough = stopping === undefined || firstMs <= stopping.budgetMs
    ? ""
    : `, more than --budget ${durationText(stopping.budgetMs)}: some will tell less`;
  const what = searched.length === 0
    ? "A first round of all rates takes"
    : `Each first search of ${searched.length} ${
      searched.length === 1 ? "database x workload" : "databases x workloads"
    } takes about nine repetitions and ` +
      "each further one four: the first ones together take";
  return `${what} about ${durationText(firstMs)}${enough}.`;
}

/** A stopping rule in words. */
export function describeStopping(rule: StoppingRule): string {
  const { metrics, confidence, reachShare, leastBlockCount, budgetMs } = rule;
  const titles = metrics.map((id) => metricNamed(id, "phase")?.title ?? id).join(" and ");
  const looks = Array.from({ length: 4 * leastBlockCount }, (_, count) => count + 1)
    .filter((count) => isLook(count, leastBlockCount)).slice(0, 4).join(", ");
  return `Then, until the intervals of ${titles} have ${formatShare(confidence)} confidence, which takes ` +
    `${leastBlockCount} repetitions, and reach no farther than ±${
      formatShare(reachShare)
    } in every phase, looked at after ` +
    `${looks}, ... repetitions, or until ${
      durationText(budgetMs)
    } are spent: first those that have fewer and are not too dear, then those whose intervals lack most per second, ` +
    "and the anchor in every round";
}

/** How many lines of what is missing are shown where not all are. */
const SHOWN_MISSING = 3;

/**
 * What a run that stops by itself could not make precise, and about how long that would take; a line for each database x
 * workload, or for the first ones. `undefined` when nothing is missing.
 */
export function describeMissing(record: RunRecord, isFull: boolean): string | undefined {
  if (record.settings.stopping === undefined) return undefined;
  const cells = summarizeRun(record).sections.flatMap((section) => section.cells);
  const lacking = cells.flatMap((cell) => {
    const text = repetitionText(cell);
    return text === undefined ? [] : [{ cell, text }];
  });
  if (lacking.length === 0) return undefined;
  const missingMs = lacking.reduce((sum, { cell: { cell: { key }, missingBlockCount } }) => {
    const own = record.results.filter(({ cellKey }) => cellKey === key).map(({ elapsedMs }) => elapsedMs);
    return sum + missingBlockCount * own.reduce((total, ms) => total + ms, 0) / own.length;
  }, 0);
  const shown = isFull || lacking.length <= SHOWN_MISSING + 1 ? lacking : lacking.slice(0, SHOWN_MISSING);
  const more = lacking.length - shown.length;
  return [
    `Not yet precise: ${lacking.length} of ${cells.length} databases x workloads, about ${
      durationText(missingMs)
    } more (--budget)`,
    ...shown.map(({ cell: { cell }, text }) => `  ${cell.key}: ${text}`),
    ...(more === 0 ? [] : [`  and ${more} more, named in the report`]),
  ].join("\n");
}

function grid(
  head: readonly string[],
  rows: readonly string[][],
  widths: readonly (number | undefined)[] = [],
): string {
  const table = new Table({
    head: [...head],
    colWidths: widths.map((width) => width ?? null),
    wordWrap: true,
    style: { head: [], border: [] },
  });
  table.push(...rows);
  return table.toString();
}
