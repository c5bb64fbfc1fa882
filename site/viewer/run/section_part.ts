import type { CellView, RunView, SectionView } from "../../pages/view.ts";
import { h } from "../dom.ts";
import { metricTable } from "../metric_fields.ts";
import { foldedPart } from "../page_part.ts";
import { timelinePart } from "../timeline_part.ts";
import { costFigure } from "./cost_figure.ts";
import { deliveryFigure } from "./delivery_figure.ts";
import { exceptionList, exceptionPills } from "./exceptions.ts";
import { entriesOf } from "./phase_entries.ts";
import { phaseNumbers } from "./phase_numbers.ts";
import { rankingFigure } from "./ranking_figure.ts";
import type { RunChoices } from "./run_choices.ts";
import { spreadFigure } from "./spread_figure.ts";
import { troublePart } from "./trouble_part.ts";

/** One workload at one scale, folded away: its question, what went wrong, and its phases. */
export function sectionPart(
  view: RunView,
  section: SectionView,
  id: string,
  choices: RunChoices,
): HTMLElement {
  const { key, scale, title, question, unfair, sizes, phases, cells } = section;
  const charts = h("div", { class: "phases" });
  const draw = (): void => {
    const hidden = choices.of("hide");
    const shown = { ...section, cells: cells.filter(({ name }) => !hidden.includes(name)) };
    const measured = phases.filter(({ name }) => entriesOf(shown, name).length > 0);
    charts.replaceChildren(
      ...measured.map((phase) =>
        phasePart(view, shown, phase, {
          isHeaded: measured.length > 1,
          choices,
          id: `${id}-${phases.indexOf(phase)}`,
        })
      ),
      ...blockPart(view, shown),
    );
  };
  draw();
  choices.listen("hide", draw);
  return foldedPart(
    id,
    title === "" ? key : title,
    [
      h("small", {}, title === "" ? scale : `${key}, ${scale}`),
      ...exceptionPills(cells),
      h("small", {}, question),
    ],
    [
      h(
        "p",
        { class: "chips" },
        ...sizes.map((size) => h("span", { class: "chip" }, size)),
      ),
      exceptionList(view, cells),
      ...cells.flatMap(troublePart),
      ...timelinePart(view, section, choices),
      charts,
      ...warningsPart(cells),
      ...(unfair === ""
        ? []
        : [h("p", { class: "unfair" }, h("b", {}, "What is unfair about it: "), unfair)]),
    ],
  );
}

function phasePart(
  view: RunView,
  section: SectionView,
  { name, title }: { readonly name: string; readonly title: string },
  { isHeaded, choices, id }: {
    readonly isHeaded: boolean;
    readonly choices: RunChoices;
    readonly id: string;
  },
): HTMLElement {
  const entries = entriesOf(section, name);
  return h(
    "div",
    { class: "phase" },
    isHeaded && h("h3", {}, title === "" ? name : `${name}: ${title}`),
    h(
      "div",
      { class: "grid" },
      ...deliveryFigure(view, entries),
      rankingFigure(view, entries, choices, `${id}-ranking`),
      ...spreadFigure(view, entries, choices, `${id}-spread`),
      ...costFigure(view, entries),
    ),
    phaseNumbers(view, name, entries),
  );
}

function blockPart(view: RunView, section: SectionView): HTMLElement[] {
  const metrics = view.metrics.filter(({ scope }) => scope === "block");
  const rows = section.cells.filter(({ metrics }) => Object.keys(metrics).length > 0)
    .map((cell) => ({ name: cell.name, color: cell.adapter, values: cell.metrics }));
  if (rows.length === 0) return [];
  return [
    h(
      "details",
      { class: "all" },
      h("summary", {}, "Memory and preparation"),
      metricTable("Memory and preparation", rows, metrics),
    ),
  ];
}

function warningsPart(cells: readonly CellView[]): HTMLElement[] {
  const lines = cells.flatMap(({ name, warnings }) => warnings.map((text) => `${name}: ${text}`));
  if (lines.length === 0) return [];
  return [h(
    "details",
    { class: "all" },
    h("summary", {}, lines.length === 1 ? "1 warning" : `${lines.length} warnings`),
    h("ul", { class: "notes" }, ...lines.map((text) => h("li", {}, text))),
  )];
}
