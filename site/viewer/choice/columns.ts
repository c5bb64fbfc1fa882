/** The columns of the matrix: what stands in their heads and in their fields. Cards show the same fields. */
import { formatQuantity, NO_VALUE } from "../../../lib/report/format.ts";
import type { ChoiceRow } from "../../pages/choice_rows.ts";
import { questionValue } from "../../pages/choice_rows.ts";
import type { ChoiceState } from "../../pages/choice_state.ts";
import type { Aspect, ChoiceView } from "../../pages/choice_view.ts";
import { delayText } from "../badges.ts";
import { type Child, h } from "../dom.ts";
import { heatClass } from "../heat.ts";
import { ASPECT_TEXTS, CLASS_TEXTS, metricWord, rangeText, ratioText, runtimesText } from "./texts.ts";

/** One column. */
export interface ChoiceColumn {
  /** As in addresses. */
  readonly id: string;
  /** Heading. */
  readonly title: string;
  /** Explains the heading. */
  readonly hint: string;
  /** Numbers are aligned to the right. */
  readonly isNumber: boolean;
  /** What the field of a row shows. */
  content(row: ChoiceRow): Child;
  /** Class of the field; empty for none. */
  classOf(row: ChoiceRow): string;
}

/** The columns that are chosen, without name and score, which every row has. */
export function chosenColumns(view: ChoiceView, state: ChoiceState): ChoiceColumn[] {
  return state.columns.flatMap((id): ChoiceColumn[] => {
    switch (id) {
      case "score":
        return [];
      case "speed":
      case "freshness":
      case "main":
        return [aspectColumn(id)];
      case "questions":
        return view.questions.map((_, index) => questionColumn(view, state, index));
      case "class":
        return [
          textColumn(
            "class",
            "Class",
            "What a crash can take",
            ({ database }) => CLASS_TEXTS[database.cellClass].title,
          ),
        ];
      case "persists":
        return [factColumn("persists", "Keeps data", "Data outlives the process, as it was measured here")];
      case "sql":
        return [factColumn("sql", "SQL", "Statements are SQL text")];
      case "runs":
        return [textColumn(
          "runs",
          "Runs in",
          "Runtimes that its maintainers declare",
          ({ database }) => runtimesText(database.runsIn),
          "runs",
        )];
      case "works":
        return [textColumn(
          "works",
          "Works on",
          "Where queries and writes are executed",
          ({ database }) => database.worksOn,
        )];
      case "waits":
        return [textColumn(
          "waits",
          "Waits",
          "Longest throttle, debounce or hold of live queries; (set): not what the library does by itself",
          ({ database }) => database.delay === undefined ? "" : delayText(database.delay),
        )];
      case "versions":
        return [
          textColumn(
            "versions",
            "Versions",
            "Packages that were measured",
            ({ database }) => database.versions,
            "runs",
          ),
        ];
    }
  });
}

function aspectColumn(aspect: Aspect): ChoiceColumn {
  const { title, meaning } = ASPECT_TEXTS[aspect];
  return {
    id: aspect,
    title,
    hint: `${title}: ${meaning}; 1.00× is the best, less is better`,
    isNumber: true,
    content: ({ aspects }) => {
      const ratio = aspects[aspect];
      return ratio === undefined ? NO_VALUE : h("span", { title: rangeText(ratio) }, ratioText(ratio.value));
    },
    classOf: ({ aspects, standing }) =>
      standing.kind === "ranked" ? heatClass(aspects[aspect]?.value) : "muted",
  };
}

function questionColumn(view: ChoiceView, state: ChoiceState, index: number): ChoiceColumn {
  const { id, title, question, key } = view.questions[index]!;
  const metric = view.metrics.find((one) => one.id === state.metric);
  return {
    id: `q-${id}`,
    title,
    hint: `${key}: ${question} ${
      metric === undefined ? "" : `Shown: ${metricWord(metric)}. ${metric.meaning}`
    }`,
    isNumber: true,
    content: ({ database }) => {
      const cell = database.cells[index];
      const value = questionValue(database, index, state.metric);
      if (value !== undefined) {
        const [middle, lower, upper] = value;
        return h(
          "span",
          { title: `${formatQuantity(lower, "ns", 2)} to ${formatQuantity(upper, "ns", 2)}` },
          formatQuantity(middle, "ns", 2),
        );
      }
      if (cell === null || cell === undefined || cell.status === "verified") return NO_VALUE;
      return h("span", { class: `pill ${cell.status === "wrong" ? "bad" : "none"}` }, cell.status);
    },
    classOf: () => state.asked.includes(id) ? "" : "uncounted",
  };
}

function factColumn(id: "persists" | "sql", title: string, hint: string): ChoiceColumn {
  return {
    id,
    title,
    hint,
    isNumber: false,
    content: ({ database }) => factMark(database[id]),
    classOf: () => "fact",
  };
}

/** Yes, no, or nothing known. */
function factMark(fact: boolean | undefined): Child {
  if (fact === undefined) return NO_VALUE;
  return h("span", { class: fact ? "yes" : "no" }, fact ? "yes" : "no");
}

function textColumn(
  id: string,
  title: string,
  hint: string,
  read: (row: ChoiceRow) => string,
  className = "",
): ChoiceColumn {
  return {
    id,
    title,
    hint,
    isNumber: false,
    content: (row) => read(row) || NO_VALUE,
    classOf: () => className,
  };
}
