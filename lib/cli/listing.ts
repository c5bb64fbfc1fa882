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
import { repetitionText } from "../report/wording.ts";
import {
  expectedMs,
  firstRoundMs,
  isLook,
  plannedAhead,
  type PlannedBlock,
  searchBlockCount,
} from "../runner/mod.ts";
import { isSearched } from "../stats/mod.ts";
import { clockText } from "./duration.ts";
import type { Probe } from "./probe_adapter.ts";
import { type SelectedCell, skipReason } from "./select_cells.ts";
import { durationOf } from "./soak.ts";

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
    [, , , , , 60],
  );
}

/** Adapters with what they can do at their default options, and whether they run here, by adapter id. */
export function describeAdapters(adapters: readonly Adapter[], probes: ReadonlyMap<string, Probe>): string {
  return grid(
    ["adapter", "package", "live grain", "durability", "works on", "options", "permissions", "opens here"],
    adapters.map((adapter) => {
      const { liveQueries, durability, worksOn } = adapter.capabilities(defaultOptions(adapter));
      const [driver] = Object.entries(adapter.drivers);
      return [
        adapter.id,
        driver === undefined ? "built in" : `${driver[0]} ${driver[1]}`,
        liveQueries,
        durability,
        worksOn,
        Object.entries(adapter.options).map(([name, { values }]) => `${name}=${values.join("|")}`).join("\n"),
        Object.keys(adapter.permissions).join(", "),
        describeProbe(probes.get(adapter.id)!),
      ];
    }),
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
    `${position + 1}. ${cell.key} block ${blockIndex}${
      chosen === undefined ? "" : `, perhaps at ${chosen["rate"]}/s`
    }${evidence === "rows" ? ", whole rows" : ""}${cell.anchor === true ? ", the anchor" : ""}`
  );
  return [
    countText({ settings, costsMs }, planned, run.length),
    ...lines,
    ...(stopping === undefined ? [] : [describeStopping(stopping)]),
    ...skips,
  ].join("\n");
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
    ? "no stored run tells what these blocks take"
    : `about ${clockText(knownMs)} by stored runs and plans${
      unknownCount === 0 ? "" : `, and ${unknownCount} blocks of which no stored run tells`
    }`;
  const blockCount = fixed.length + searched.length * perSearched;
  const opening = [
    ...settings.stopping === undefined ? [] : ["first"],
    ...searched.length === 0 ? [] : ["about"],
    `${blockCount} blocks of ${cellCount} cells: ${estimate}`,
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
    : `, more than --budget ${clockText(stopping.budgetMs)}: some cells will tell less`;
  const what = searched.length === 0
    ? "A first round of all rates takes"
    : `Each first search of ${searched.length} ${
      searched.length === 1 ? "cell" : "cells"
    } takes about nine blocks and ` +
      "each further one four: the first ones together take";
  return `${what} about ${clockText(firstMs)}${enough}.`;
}

/** A stopping rule in words. */
export function describeStopping(rule: StoppingRule): string {
  const { metrics, confidence, reachShare, leastBlockCount, budgetMs } = rule;
  const titles = metrics.map((id) => metricNamed(id, "phase")?.title ?? id).join(" and ");
  const looks = Array.from({ length: 4 * leastBlockCount }, (_, count) => count + 1)
    .filter((count) => isLook(count, leastBlockCount)).slice(0, 4).join(", ");
  return `Then, until the intervals of ${titles} have ${formatShare(confidence)} confidence, which takes ` +
    `${leastBlockCount} blocks, and reach no farther than ±${
      formatShare(reachShare)
    } in every phase, looked at after ` +
    `${looks}, ... blocks, or until ${
      clockText(budgetMs)
    } are spent: the cells whose intervals lack most per second, ` +
    "and the anchor in every round";
}

/**
 * What a run that stops by itself could not make precise, one line a cell, and about how long that would take;
 * `undefined` when nothing is missing.
 */
export function describeMissing(record: RunRecord): string | undefined {
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
  return [
    `Not yet precise: ${lacking.length} of ${cells.length} cells, about ${
      clockText(missingMs)
    } more (--budget)`,
    ...lacking.map(({ cell: { cell }, text }) => `  ${cell.key}: ${text}`),
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
