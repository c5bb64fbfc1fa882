/** What stands behind one row: every number of its score, what it gets wrong, what is unfair, what it is. */
import { formatQuantity, NO_VALUE } from "../../../lib/report/format.ts";
import type { ChoiceRow } from "../../pages/choice_rows.ts";
import { ASPECTS, type ScorePart } from "../../pages/choice_score.ts";
import type { ChoiceState } from "../../pages/choice_state.ts";
import type { ChoiceView } from "../../pages/choice_view.ts";
import { delayText } from "../badges.ts";
import { type Child, h } from "../dom.ts";
import { heatClass } from "../heat.ts";
import {
  ASPECT_TEXTS,
  CLASS_TEXTS,
  fullName,
  metricWord,
  rangeText,
  ratioText,
  referenceText,
  runtimesText,
} from "./texts.ts";

/** The parts of a row. */
export function rowParts(row: ChoiceRow, view: ChoiceView, state: ChoiceState): HTMLElement {
  const { database, standing } = row;
  return h(
    "div",
    { class: "parts" },
    h("p", { class: standing.kind === "wrong" ? "words wrong" : "words" }, summary(row, view, state)),
    numbers(row, view, state),
    h("div", { class: "grid" }, gaps(row), about(row, view)),
    database.unfair !== "" &&
      h("p", { class: "unfair" }, h("b", {}, "What is unfair about it: "), database.unfair),
  );
}

function summary(
  { database, standing, score, aspects }: ChoiceRow,
  view: ChoiceView,
  state: ChoiceState,
): string {
  const name = fullName(database);
  if (standing.kind === "floor") return `${name} has ${standing.reason}.`;
  if (standing.kind !== "ranked") return `${name} is not ranked: ${standing.reason}.`;
  if (score === undefined) return `${name} has no score, as nothing counts.`;
  const terms = ASPECTS.flatMap((aspect) => {
    const ratio = aspects[aspect];
    return ratio === undefined || state.weights[aspect] === 0 ? [] : [
      `${ASPECT_TEXTS[aspect].title.toLowerCase()} ${ratioText(ratio.value)} (weight ${
        state.weights[aspect]
      })`,
    ];
  });
  return `${name} takes ${ratioText(score.value)} as long as ${referenceText(state, view)} (${
    rangeText(score)
  } with all numbers at the ends of their intervals): the weighted geometric mean of ${terms.join(", ")}.`;
}

function numbers({ database, parts }: ChoiceRow, view: ChoiceView, state: ChoiceState): HTMLElement {
  const places = view.questions.flatMap(({ id, title, phases }, question) =>
    phases.map((phase, index) => ({
      title: phase.title === "" ? title : `${title}: ${phase.title.toLowerCase()}`,
      isAsked: state.asked.includes(id),
      cell: database.cells[question],
      parts: parts.filter((part) => part.question === question && part.phase === index),
    }))
  );
  return h(
    "div",
    { class: "table rows", role: "group", tabindex: "0", "aria-label": `Numbers of ${fullName(database)}` },
    h(
      "table",
      {},
      h("caption", { class: "hidden" }, `Numbers of ${fullName(database)}`),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, "workload"),
          ...view.metrics.map((metric) =>
            h(
              "th",
              { scope: "col", class: "number", title: metric.meaning },
              metricWord(metric),
              h("small", {}, ` ${ASPECT_TEXTS[metric.aspect].title.toLowerCase()}`),
            )
          ),
          h("th", { scope: "col", class: "number" }, "repetitions"),
        ),
      ),
      h(
        "tbody",
        {},
        ...places.map(({ title, isAsked, cell, parts }) =>
          h(
            "tr",
            { class: isAsked ? undefined : "uncounted" },
            h("th", { scope: "row" }, title, isAsked ? undefined : h("small", {}, " does not count")),
            ...view.metrics.map((metric) =>
              numberField(metricWord(metric), parts.find((part) => part.metric === metric.id))
            ),
            h(
              "td",
              { class: "number", "data-title": "repetitions" },
              cell === null || cell === undefined ? NO_VALUE : cell.blockCount,
            ),
          )
        ),
      ),
    ),
  );
}

function numberField(title: string, part: ScorePart | undefined): HTMLElement {
  if (part === undefined) return h("td", { class: "number", "data-title": title }, NO_VALUE);
  const { value: [middle, lower, upper], ratio } = part;
  return h(
    "td",
    { class: `number ${heatClass(ratio?.value)}`, "data-title": title },
    // One element: on a phone the field stands beside its title.
    h(
      "span",
      {},
      h("b", {}, formatQuantity(middle, "ns", 2)),
      ratio === undefined ? undefined : ` ${ratioText(ratio.value)}`,
      h("small", {}, ` ${formatQuantity(lower, "ns", 2)} to ${formatQuantity(upper, "ns", 2)}`),
    ),
  );
}

function gaps({ database }: ChoiceRow): HTMLElement {
  const count = database.gaps.length;
  return h(
    "div",
    { class: count === 0 ? "trouble" : "trouble fair" },
    h("h3", {}, count === 0 ? "Nothing is known to be wrong" : `△ What it is known to get wrong`),
    count === 0 ? h("p", {}, "The conformance suite found no fault of the library.") : h(
      "ul",
      {},
      ...database.gaps.map(({ title, reason }) => h("li", {}, h("b", {}, title), `: ${reason}`)),
    ),
  );
}

function about({ database }: ChoiceRow, { run }: ChoiceView): HTMLElement {
  const { cellClass, versions, worksOn, runsIn, delay, homepage, index } = database;
  const facts: [string, Child][] = [
    ["class", `${CLASS_TEXTS[cellClass].title}: ${CLASS_TEXTS[cellClass].meaning}`],
    ["versions", versions || NO_VALUE],
    ["works on", worksOn || NO_VALUE],
    ["runs in", runtimesText(runsIn) || NO_VALUE],
    ["waits", delay === undefined ? NO_VALUE : delayText(delay)],
    [
      "more",
      h(
        "span",
        {},
        run === undefined ? undefined : h("a", { href: `${run.href}#adapter-${index}` }, "how it was driven"),
        homepage === ""
          ? undefined
          : h("span", {}, ", ", h("a", { href: homepage, rel: "noreferrer" }, "homepage")),
      ),
    ],
  ];
  return h(
    "dl",
    { class: "facts" },
    ...facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
}
