/** Everything that can be chosen on the page "Which database?". Made once; it shows the state that it is given. */
import { isVariant } from "../../pages/choice_rows.ts";
import { ASPECTS } from "../../pages/choice_score.ts";
import {
  type ChoiceState,
  defaultState,
  FIXED_COLUMNS,
  type FixedColumn,
  MOST_WEIGHT,
  NEEDS,
} from "../../pages/choice_state.ts";
import type { ChoiceView } from "../../pages/choice_view.ts";
import { h, labelledSelect } from "../dom.ts";
import { ASPECT_TEXTS, fullName, metricWord, NEED_TEXTS, WEIGHT_WORDS } from "./texts.ts";

/** The controls, and what shows a state in them. */
export interface Controls {
  /** What stands above the rows. */
  readonly element: HTMLElement;
  /** Shows what is chosen, whoever chose it. */
  show(state: ChoiceState): void;
}

const COLUMN_TITLES: Readonly<Record<FixedColumn, string>> = {
  score: "Score",
  speed: "Speed",
  freshness: "Freshness",
  main: "Main thread",
  questions: "Numbers of workloads",
  class: "Class",
  persists: "Keeps data",
  sql: "SQL",
  runs: "Runs in",
  works: "Works on",
  waits: "Waits",
  versions: "Versions",
};

/** `current` tells what is chosen now, `change` chooses. */
export function choiceControls(
  view: ChoiceView,
  current: () => ChoiceState,
  change: (next: Partial<ChoiceState>) => void,
): Controls {
  const shows: ((state: ChoiceState) => void)[] = [];
  const sliders = ASPECTS.map((aspect) => {
    const { title, meaning } = ASPECT_TEXTS[aspect];
    const word = h("span", { class: "word", "aria-hidden": "true" });
    const input = h("input", {
      type: "range",
      min: 0,
      max: MOST_WEIGHT,
      step: 1,
      "aria-label": `${title}: ${meaning}`,
    });
    input.addEventListener(
      "input",
      () => change({ weights: { ...current().weights, [aspect]: Number(input.value) } }),
    );
    shows.push(({ weights }) => {
      input.value = String(weights[aspect]);
      const text = WEIGHT_WORDS[weights[aspect]] ?? "";
      word.textContent = text;
      input.setAttribute("aria-valuetext", text);
    });
    return h("label", { class: "slider" }, h("b", {}, title), word, input, h("small", {}, meaning));
  });
  /** A button that is pressed while `isOn`, in a list of the chosen ones in the order of all. */
  const toggle = <T extends string>(
    name: T,
    text: string,
    hint: string,
    read: (state: ChoiceState) => readonly T[],
    all: readonly T[],
    next: (chosen: readonly T[]) => Partial<ChoiceState>,
  ): HTMLElement => {
    const button = h("button", { type: "button", class: "choice-chip", title: hint }, text);
    button.addEventListener("click", () => {
      const chosen = read(current());
      change(next(all.filter((one) => chosen.includes(one) !== (one === name))));
    });
    shows.push((state) => button.setAttribute("aria-pressed", String(read(state).includes(name))));
    return button;
  };
  const ids = view.questions.map(({ id }) => id);
  const questions = view.questions.map(({ id, title, question, key }) =>
    toggle(id, title, `${key}: ${question}`, ({ asked }) => asked, ids, (asked) => ({ asked }))
  );
  const offered = NEEDS.filter((need) =>
    need === "persists" || need === "sql" || view.databases.some(({ runsIn }) => runsIn.includes(need))
  );
  const needs = offered.map((need) =>
    toggle(need, NEED_TEXTS[need].title, NEED_TEXTS[need].hint, (state) => state.needs, NEEDS, (chosen) => ({
      needs: chosen,
    }))
  );
  const select = (
    label: string,
    options: readonly (readonly [value: string, text: string])[],
    read: (state: ChoiceState) => string,
    next: (value: string) => Partial<ChoiceState>,
  ): HTMLElement => {
    const place = labelledSelect(label, options, read(current()), (value) => change(next(value)));
    const element = place.querySelector("select")!;
    shows.push((state) => element.value = read(state));
    return place;
  };
  const against = select(
    "1.00× is",
    [
      ["class", "the best of its class"],
      ["all", "the best of all"],
      ...view.databases.map((database) => [`=${database.name}`, fullName(database)] as const),
    ],
    ({ against }) => typeof against === "string" ? against : `=${against.name}`,
    (value) => ({ against: value === "class" || value === "all" ? value : { name: value.slice(1) } }),
  );
  const metric = select(
    "Workloads show",
    view.metrics.map((one) => [one.id, metricWord(one)]),
    (state) => state.metric,
    (value) => ({ metric: value }),
  );
  // Cards have no heads that could be pressed.
  const order = select(
    "Order",
    [
      ["score", "best score first"],
      ["name", "name"],
      ...ASPECTS.map((aspect) => [aspect, ASPECT_TEXTS[aspect].title] as const),
      ...view.questions.map(({ id, title }) => [`q-${id}`, title] as const),
    ],
    ({ sort }) => sort.column,
    (column) => ({ sort: { column, isDescending: false } }),
  );
  order.classList.add("only-cards");
  const check = (
    text: string,
    read: (state: ChoiceState) => boolean,
    next: (isOn: boolean) => Partial<ChoiceState>,
  ): HTMLElement => {
    const input = h("input", { type: "checkbox" });
    input.addEventListener("change", () => change(next(input.checked)));
    shows.push((state) => input.checked = read(state));
    return h("label", { class: "check" }, input, text);
  };
  const columns = FIXED_COLUMNS.map((column) =>
    check(COLUMN_TITLES[column], (state) => state.columns.includes(column), (isOn) => ({
      columns: FIXED_COLUMNS.filter((one) => one === column ? isOn : current().columns.includes(one)),
    }))
  );
  const names = view.databases.map(({ name }) => name);
  const rows = view.databases.map((database) =>
    check(fullName(database), ({ hidden }) => !hidden.includes(database.name), (isOn) => ({
      hidden: names.filter((one) => one === database.name ? !isOn : current().hidden.includes(one)),
    }))
  );
  const reset = h("button", { type: "button" }, "Start over");
  reset.addEventListener("click", () => change(defaultState(view)));
  const hasVariants = view.databases.some((database) => isVariant(database, view.databases));
  const element = h(
    "section",
    { class: "choices", "aria-label": "What matters to you" },
    h("fieldset", { class: "sliders" }, h("legend", {}, "What matters to you?"), ...sliders),
    h(
      "div",
      { class: "asks" },
      h(
        "fieldset",
        {},
        h("legend", {}, "What does your app do a lot?"),
        h("div", { class: "choice-chips" }, ...questions),
      ),
      h("fieldset", {}, h("legend", {}, "What must it have?"), h("div", { class: "choice-chips" }, ...needs)),
    ),
    h(
      "div",
      { class: "choice-tools" },
      against,
      metric,
      order,
      check("groups by class", (state) => state.isGrouped, (isGrouped) =>
        // Ranks across classes need one thing to be held against.
        isGrouped || current().against !== "class" ? { isGrouped } : { isGrouped, against: "all" }),
      hasVariants && check("other settings", (state) => state.hasVariants, (isOn) => ({ hasVariants: isOn })),
      menu("Columns", columns),
      menu("Databases", rows),
      reset,
    ),
  );
  return {
    element,
    show(state) {
      for (const show of shows) show(state);
    },
  };
}

/** Unfolds over the page; a press elsewhere or Escape folds it again. */
function menu(title: string, entries: readonly HTMLElement[]): HTMLElement {
  const summary = h("summary", {}, title);
  const details = h("details", { class: "menu" }, summary, h("div", { class: "entries" }, ...entries));
  addEventListener("click", ({ target }) => {
    if (!details.contains(target as Node)) details.open = false;
  });
  details.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    details.open = false;
    summary.focus();
  });
  return details;
}
