/** The page of one experiment: what was asked, by which rule it was decided, and what was seen. */
import type {
  ClaimView,
  CriterionView,
  ExperimentView,
  PageLink,
} from "../../experiments/view.ts";
import { tableRows } from "../../../lib/experiments/rules/wording.ts";
import type { OutcomeTable } from "../../../lib/model/experiment.ts";
import {
  formatQuantity,
  formatRatio,
  formatRatioInterval,
  formatShare,
  NO_VALUE,
} from "../../../lib/report/format.ts";
import { pill } from "../badges.ts";
import { commandLine } from "../command_line.ts";
import { dataTable, type TableField } from "../data_table.ts";
import { h } from "../dom.ts";
import { numbers, part } from "../page_part.ts";
import { edgeWord } from "./lineage_graph.ts";
import { plural } from "./plural.ts";
import { ratioChart, type RatioRow } from "./ratio_chart.ts";
import { resultPill } from "./result_mark.ts";
import { standingPill } from "./standing_pill.ts";
import { traceChart } from "./trace_chart.ts";
import { valueChart } from "./value_chart.ts";

/** Longer tables are folded away. */
const SHORT_ROWS = 12;

/** Fills the page. */
export function drawExperimentPage(view: ExperimentView, main: HTMLElement): void {
  const parts: readonly (readonly [id: string, title: string, content: readonly (Node | false)[]])[] = [
    ["verdict", "What came of it", verdictPart(view)],
    ["question", "What was asked", questionPart(view)],
    ["rule", "How it is decided", rulePart(view)],
    ["results", "What was measured", resultsPart(view)],
    ["bursts", "Batch by batch", view.traces.length === 0 ? [] : tracesPart(view)],
    ["tables", "More numbers", view.tables.map(tableOf)],
    ["learned", "What was learned", learnedPart(view)],
    ["repeat", "Repeat it", repeatPart(view)],
  ];
  const shown = parts.filter(([, , content]) => content.some((node) => node !== false));
  main.append(
    h(
      "div",
      { class: "columns" },
      h(
        "nav",
        { class: "contents", "aria-label": "On this page" },
        h("ul", {}, ...shown.map(([id, title]) => h("li", {}, h("a", { href: `#${id}` }, title)))),
      ),
      h("div", { class: "content" }, ...shown.map(([id, title, content]) => part(id, title, content))),
    ),
  );
}

function verdictPart(view: ExperimentView): (Node | false)[] {
  const judged = view.criteria.flatMap(({ role, arms }) =>
    arms.flatMap(({ result }) => result === undefined ? [] : [{ role, result }])
  );
  const count = (result: string): number => judged.filter((one) => one.result === result).length;
  const parts = [
    ["pass", "good"],
    ["miss", "bad"],
    ["undecided", "fair"],
  ] as const;
  return [
    h(
      "p",
      { class: "question" },
      standingPill(view.standing, view.standingText),
      view.winner !== "" && ` arm ${view.winner}`,
      " ",
      ...parts.flatMap(([result, state]) =>
        count(result) === 0 ? [] : [pill(`${count(result)} ${result}`, state), " "]
      ),
    ),
    ...view.decision.map((text) => h("p", {}, text)),
    h(
      "dl",
      { class: "facts" },
      ...view.facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
      h(
        "div",
        {},
        h("dt", {}, "Directions"),
        h("dd", {}, view.directions.join(", ")),
      ),
    ),
  ];
}

function questionPart({ question, hypothesis, wouldChangeOurMind, arms, cells }: ExperimentView): Node[] {
  return [
    h("p", { class: "question" }, question),
    h("h3", {}, "Hypothesis"),
    h("p", {}, hypothesis),
    h("h3", {}, "What would change our mind"),
    h("p", {}, wouldChangeOurMind),
    h("h3", {}, "Arms"),
    dataTable(
      "Arms",
      [{ title: "arm" }, { title: "adapter" }, { title: "options" }, { title: "revision" }],
      arms.map(({ name, isControl, adapter, options, revision }): TableField[] => [
        { content: isControl ? `${name} (control)` : name, sort: name },
        { content: adapter, sort: adapter },
        { content: options === "" ? NO_VALUE : options, sort: options, class: "long" },
        { content: revision === "" ? "this code" : revision, sort: revision },
      ]),
    ),
    h("p", { class: "caption" }, `Each arm runs ${cells.join(", ")}.`),
  ];
}

function rulePart({ rule, arms }: ExperimentView): (Node | false)[] {
  const list = (title: string, lines: readonly string[], ordered = false): (Node | false)[] =>
    lines.length === 0 ? [] : [
      h("h3", {}, title),
      h(
        ordered ? "ol" : "ul",
        { class: "rule" },
        ...lines.map((line) => h("li", {}, line)),
      ),
    ];
  return [
    h("p", { class: "question" }, `${rule.accept}.`),
    ...list(rule.primary.length === 1 ? "Primary bar" : "Primary bars", rule.primary),
    ...list(rule.guardrails.length === 1 ? "Guardrail" : "Guardrails", rule.guardrails),
    ...list(arms.length === 1 ? "Otherwise" : "Otherwise, the first that holds", rule.otherwise, true),
    ...list("What counts", rule.evidence),
  ];
}

function resultsPart({ criteria, arms, noise, evidence }: ExperimentView): (Node | false)[] {
  const control = arms.find(({ isControl }) => isControl)?.name ?? "the control";
  const rows = criteria.flatMap((criterion) =>
    criterion.arms.flatMap((arm) => arm.comparison === undefined ? [] : [{ criterion, arm } as RatioRow])
  );
  const fixed = criteria.filter(({ line, arms }) => line.kind === "value" && arms.length > 0);
  if (criteria.every(({ arms }) => arms.length === 0)) return [h("p", {}, "Nothing was measured yet.")];
  const troubles = evidence.filter(({ trouble }) => trouble !== "");
  return [
    ...troubles.map(({ run, trouble }) =>
      h("p", { class: "trouble fair" }, `The dots of ${run.text} cannot be shown: ${trouble}.`)
    ),
    ...(rows.length === 0 ? [] : [
      h(
        "figure",
        { id: "ratios" },
        h("figcaption", {}, h("span", { class: "title" }, `Ratios to ${control}, pair by pair`)),
        ratioChart(control, rows),
        h(
          "p",
          { class: "caption" },
          "Each dot is one round: the arm over the control, run next to each other. The thick line is the interval, the tick the " +
            "estimate; the bracket is the bar and opens towards the side that passes. ",
          noise === "" ? "" : `${noise}.`,
        ),
      ),
    ]),
    ...(fixed.length === 0 ? [] : [
      h(
        "div",
        { class: "grid fixed" },
        ...fixed.map((criterion) =>
          h(
            "figure",
            {},
            h(
              "figcaption",
              {},
              h("span", { class: "title" }, criterion.title),
              h("span", { class: "caption" }, `${criterion.role}: ${criterion.bar}`),
            ),
            valueChart(criterion),
            h("p", { class: "caption" }, `${criterion.quantity}, ${criterion.place}`),
          )
        ),
      ),
    ]),
    resultsTable(criteria),
    notesList(criteria),
  ];
}

function resultsTable(criteria: readonly CriterionView[]): HTMLElement {
  return numbers(dataTable(
    "Criteria and results",
    [
      { title: "criterion" },
      { title: "role" },
      { title: "arm" },
      { title: "result" },
      { title: "value", isNumber: true },
      { title: "control", isNumber: true },
      { title: "ratio", isNumber: true },
      { title: "interval", isNumber: true },
      { title: "verdict" },
      { title: "pairs", isNumber: true },
      { title: "noise", isNumber: true, hint: "Smallest difference that the verdict believed" },
      { title: "p", isNumber: true, hint: "Corrected for the number of comparisons" },
      { title: "bar" },
    ],
    criteria.flatMap(({ title, role, arms, unit, bar }) =>
      arms.filter(({ result }) => result !== undefined).map((
        { arm, result, value, controlValue, comparison: c },
      ): TableField[] => {
        const quantity = (one: number | null): TableField =>
          one === null ? { content: NO_VALUE } : { content: formatQuantity(one, unit), sort: one };
        const needed = c?.pairsNeeded === undefined ? "" : `, about ${c.pairsNeeded} more needed`;
        const now = c?.floorNow === undefined ? "" : ` (now ${formatShare(c.floorNow)})`;
        return [
          { content: title, sort: title },
          { content: role, sort: role },
          { content: arm, sort: arm },
          { content: resultPill(result!), sort: result },
          quantity(value),
          quantity(controlValue),
          c === undefined ? { content: NO_VALUE } : { content: formatRatio(c.ratio), sort: c.ratio },
          c === undefined ? { content: NO_VALUE } : {
            content: `${formatRatioInterval({ ...c, confidence: c.confidence })}, ${
              formatShare(c.confidence)
            }`,
            sort: c.lower,
          },
          c === undefined ? { content: NO_VALUE } : { content: c.verdict, sort: c.verdict },
          c === undefined ? { content: NO_VALUE } : { content: `${c.pairCount}${needed}`, sort: c.pairCount },
          c === undefined ? { content: NO_VALUE } : {
            content: `${formatShare(c.floor)}${c.isCalibrated ? "" : ", not calibrated"}${now}`,
            sort: c.floor,
          },
          c === undefined ? { content: NO_VALUE } : { content: c.pValue.toPrecision(2), sort: c.pValue },
          { content: bar, sort: bar },
        ];
      })
    ),
  ));
}

function notesList(criteria: readonly CriterionView[]): Node | false {
  const notes = criteria.flatMap(({ title, arms }) =>
    arms.flatMap(({ arm, note }) => note === "" ? [] : [h("li", {}, `${title}, ${arm}: ${note}`)])
  );
  return notes.length > 0 && h("ul", { class: "notes" }, ...notes);
}

function tracesPart({ traces }: ExperimentView): Node[] {
  const notes = [...new Set(traces.flatMap(({ notes }) => notes))];
  return [
    h(
      "p",
      {},
      "One line per batch, the first on top: from its commit to the delivery that shows it. Long lines are batches that the screen " +
        "did not show yet; deliveries that stand above each other are one result for several batches.",
    ),
    traceChart(traces),
    ...(notes.length === 0 ? [] : [h("ul", { class: "notes" }, ...notes.map((note) => h("li", {}, note)))]),
    ...traces.map(({ title, batches }) =>
      h(
        "details",
        { class: "numbers" },
        h("summary", {}, title),
        dataTable(
          title,
          ["batch", "committed", "invalidated", "re-query started", "shown"].map((heading) => ({
            title: heading,
            isNumber: true,
          })),
          batches.map(({ batch, acknowledgedNs, invalidatedNs, requeryNs, shownNs }): TableField[] => [
            { content: batch, sort: batch },
            ...[acknowledgedNs, invalidatedNs, requeryNs, shownNs].map((ns): TableField =>
              ns === null ? { content: NO_VALUE } : { content: formatQuantity(ns, "ns"), sort: ns }
            ),
          ]),
        ),
      )
    ),
  ];
}

/** A computed table; long ones are folded away. */
function tableOf(table: OutcomeTable): HTMLElement {
  const texts = tableRows(table);
  const element = dataTable(
    table.title,
    table.columns.map(({ title, unit }) => ({ title, isNumber: unit !== undefined })),
    table.rows.map((row, index) =>
      row.map((value, column): TableField => ({
        content: texts[index]![column]!,
        ...(value === null ? {} : { sort: value }),
      }))
    ),
  );
  return h(
    "details",
    { class: "numbers", open: table.rows.length <= SHORT_ROWS },
    h("summary", {}, `${table.title} (${plural(table.rows.length, "row")})`),
    element,
    table.notes.length > 0 && h("ul", { class: "notes" }, ...table.notes.map((note) => h("li", {}, note))),
  );
}

function learnedPart({ reading, changedBeliefs, nextSignals, claims }: ExperimentView): (Node | false)[] {
  const list = (title: string, lines: readonly string[]): Node[] =>
    lines.length === 0
      ? []
      : [h("h3", {}, title), h("ul", { class: "rule" }, ...lines.map((line) => h("li", {}, line)))];
  return [
    ...reading.map((text) => h("p", {}, text)),
    ...list("What changed", changedBeliefs),
    ...(claims.length === 0
      ? []
      : [h("h3", {}, "Claims"), h("ul", { class: "claims" }, ...claims.map(claimItem))]),
    ...list("What to look at next", nextSignals),
  ];
}

function claimItem({ id, text, conditions, state, by, edges }: ClaimView): HTMLElement {
  return h(
    "li",
    { id: `claim-${id}`, class: state === "live" ? undefined : "dead" },
    h("b", {}, id),
    " ",
    pill(state, state === "live" ? "good" : state === "refuted" ? "bad" : "fair"),
    " ",
    h("span", { class: "text" }, text),
    conditions !== "" && h("small", {}, ` (${conditions})`),
    by.length > 0 && h("small", {}, ", by ", ...by.flatMap((one, index) => [index > 0 && ", ", linkTo(one)])),
    edges.length > 0 &&
      h(
        "ul",
        { class: "notes" },
        ...edges.map(({ type, isIncoming, other }) =>
          isIncoming
            ? h("li", {}, linkTo(other), ` ${edgeWord(type)} it`)
            : h("li", {}, `${edgeWord(type)} `, linkTo(other))
        ),
      ),
  );
}

function repeatPart({ evidence, commands }: ExperimentView): Node[] {
  return [
    ...(evidence.length === 0 ? [h("p", {}, "There is no stored run yet.")] : [
      h("h3", {}, "Evidence"),
      h(
        "ul",
        { class: "rule" },
        ...evidence.map(({ run, role, trouble }) =>
          h("li", {}, linkTo(run), ` (${role})`, trouble !== "" && `: ${trouble}`)
        ),
      ),
    ]),
    h("h3", {}, evidence.length === 0 ? "Measure it" : "Measure it again, and judge what is stored again"),
    ...commands.map(commandLine),
  ];
}

function linkTo({ text, href }: PageLink): HTMLElement {
  return href === "" ? h("span", {}, text) : h("a", { href }, text);
}
