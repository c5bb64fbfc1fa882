import { formatCount, formatQuantity, NO_VALUE } from "../../../lib/report/format.ts";
import type { PhaseView, RunView } from "../../pages/view.ts";
import { swatch } from "../badges.ts";
import { spreadChart } from "../charts.ts";
import { dataTable } from "../data_table.ts";
import { h } from "../dom.ts";
import { figure, numbers } from "../page_part.ts";
import { figureSelect } from "./figure_select.ts";
import type { Entry } from "./phase_entries.ts";
import type { RunChoices } from "./run_choices.ts";

/** Distributions of latency, of the time from call to sight, and of freshness; empty when nobody has samples. */
export function spreadFigure(
  view: RunView,
  entries: readonly Entry[],
  choices: RunChoices,
  id: string,
): HTMLElement[] {
  const labels = [...new Set(entries.flatMap(({ phase }) => phase.operations.map(({ label }) => label)))];
  const subjects = [
    ...labels.map((label) => ({
      title: `latency of ${label}`,
      read: (phase: PhaseView) => phase.operations.find((one) => one.label === label)?.quantilesNs,
    })),
    { title: "time from call to sight", read: (phase: PhaseView) => phase.shownNs },
    { title: "freshness", read: (phase: PhaseView) => phase.freshnessNs },
  ].filter(({ read }) => entries.some(({ phase }) => (read(phase)?.length ?? 0) > 0));
  if (subjects.length === 0) return [];
  const place = h("div");
  const show = (title: string): void => {
    const subject = subjects.find((one) => one.title === title);
    if (subject === undefined) return;
    const middle = view.shares.indexOf(0.5);
    const spreads = entries.flatMap((entry) => {
      const quantilesNs = subject.read(entry.phase);
      return quantilesNs === undefined || quantilesNs.length === 0 ? [] : [{ ...entry, quantilesNs }];
    }).toSorted((a, b) => (a.quantilesNs[middle] ?? 0) - (b.quantilesNs[middle] ?? 0));
    place.replaceChildren(
      spreadChart(title, view.shares, spreads),
      h(
        "p",
        { class: "caption" },
        "Thin line: minimum to maximum. Band: 5th to 95th percentile, the middle half darker. Line: median, diamond: 99th percentile, " +
          "where there were samples enough for one. Each is the median over repetitions.",
      ),
      numbers(dataTable(
        `Distribution of ${title}: the numbers behind the marks`,
        [
          { title: "database" },
          ...view.shares.map((share) => ({ title: shareTitle(share), isNumber: true })),
        ],
        spreads.map(({ name, color, quantilesNs }) => [
          { content: swatch(name, color), sort: name },
          ...quantilesNs.map((value) =>
            value === null ? { content: NO_VALUE } : { content: formatQuantity(value, "ns"), sort: value }
          ),
        ]),
      )),
    );
  };
  return [figure(
    "Distributions",
    figureSelect(choices, id, "Of", subjects.map(({ title }) => [title, title]), show),
    place,
  )];
}

function shareTitle(share: number): string {
  return share === 0 ? "min" : share === 1 ? "max" : `p${formatCount(share * 100)}`;
}
