/** One database in several runtimes, as the page of a run shows it. */
import { formatEstimate, NO_VALUE } from "../../lib/report/format.ts";
import type { KnownMetric, TableColumn, TableView, TextField } from "./view.ts";
import {
  compareRuntimes,
  ofFirst,
  ratioText,
  runtimeClass,
  type RuntimeComparison,
  type RuntimeRow,
} from "../../lib/report/compare_runtimes.ts";
import { cellVerdict } from "../../lib/report/wording.ts";
import { runtimeOf, runtimeTitle } from "../../lib/model/mod.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import type { RunSummary } from "../../lib/report/summarize_run.ts";
import { significant } from "./significant.ts";

/** A table for each phase that some database ran in more than one runtime. `known` are all metrics there are. */
export function runtimeViews(summary: RunSummary, known: readonly KnownMetric[]): TableView[] {
  const times = known.filter(({ isCompared }) => isCompared).toSorted((a, b) => a.rank - b.rank);
  return compareRuntimes(summary, times).map(tableView);
}

function tableView({ place, phase, metrics, rows }: RuntimeComparison): TableView {
  const lead = metrics[0];
  const text = (title: string): TableColumn => ({ title, isNumber: false });
  const number = (title: string): TableColumn => ({ title, isNumber: true });
  return {
    title: safeText(`${place}, ${phase}`),
    columns: [
      ...["database", "runtime", "class", "answers"].map(text),
      ...metrics.map(({ title }) => number(title)),
      ...(lead === undefined ? [] : [number(ofFirst(lead))]),
    ],
    rows: rows.map((row) => [
      ...textFields(row),
      ...metrics.map(({ id, unit }): TextField => {
        const estimate = row.phase?.metrics.get(id)?.estimate;
        return estimate === undefined
          ? { text: NO_VALUE }
          : { text: formatEstimate(estimate, unit), sort: significant(estimate.value, 5) };
      }),
      ...(lead === undefined ? [] : [{
        text: ratioText(row.ratio),
        ...(row.ratio === undefined ? {} : { sort: significant(row.ratio, 5) }),
      }]),
    ]),
  };
}

function textFields({ cell, phase }: RuntimeRow): TextField[] {
  return [cell.name, runtimeTitle(runtimeOf(cell.cell)), runtimeClass(cell, phase), cellVerdict(cell, phase)]
    .map((text) => ({ text: safeText(text) }));
}
