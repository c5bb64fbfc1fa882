/** What table and cards of "Which database?" have in common. */
import type { ChoiceRow } from "../../pages/choice_rows.ts";
import type { ChoiceState } from "../../pages/choice_state.ts";
import type { ChoiceView } from "../../pages/choice_view.ts";
import { GAP_MARK } from "../../../lib/report/known_gaps.ts";
import { type Child, h } from "../dom.ts";
import { fullName, rangeText, ratioText } from "./texts.ts";

/** What drawing needs, and what its buttons do. */
export interface RowsContext {
  /** What the page carries. */
  readonly view: ChoiceView;
  /** What is chosen now. */
  readonly state: ChoiceState;
  /** Chooses something else. */
  change(next: Partial<ChoiceState>): void;
}

/** Class of the colour of a row's kind. */
export function classColor({ database: { cellClass } }: ChoiceRow): string {
  return `class-${cellClass.replaceAll(" ", "-")}`;
}

/** The name with its options, and the mark of whoever is known to get something wrong. */
export function nameOf({ database }: ChoiceRow): HTMLElement {
  const { title, options, gaps } = database;
  const titles = gaps.map((gap) => gap.title).join(", ");
  return h(
    "span",
    { class: "name" },
    h("b", {}, title),
    options === "" ? undefined : h("small", {}, ` ${options}`),
    gaps.length > 0 && h(
      "span",
      { class: "gap", role: "img", "aria-label": `known to be wrong in ${titles}`, title: titles },
      ` ${GAP_MARK}`,
    ),
  );
}

/** The button that unfolds the parts of a row; says the score, or why there is none. */
export function scoreButton(row: ChoiceRow, { state, change }: RowsContext): HTMLElement {
  const { database: { name }, score, standing } = row;
  const isOpen = state.open.includes(name);
  const word = score !== undefined
    ? ratioText(score.value)
    : { ranked: "–", floor: "lower bound", incomplete: "not ranked", wrong: "wrong answers" }[standing.kind];
  const button = h(
    "button",
    {
      type: "button",
      class: `score ${standing.kind}`,
      "aria-expanded": String(isOpen),
      "aria-label": `${word}: parts of ${fullName(row.database)}`,
      "data-key": `parts ${name}`,
      title: score === undefined ? ("reason" in standing ? standing.reason : undefined) : rangeText(score),
    },
    word,
  );
  button.addEventListener(
    "click",
    () => change({ open: isOpen ? state.open.filter((one) => one !== name) : [...state.open, name] }),
  );
  return button;
}

/** How good a score is, as a length: as long as its place is when it is the best, half of it for twice the time. */
export function scoreBar({ score }: ChoiceRow): HTMLElement | undefined {
  if (score === undefined) return undefined;
  const bar = h("span", { class: "fill" });
  bar.style.width = `${Math.min(100, 100 / score.value)}%`;
  return h("span", { class: "meter", "aria-hidden": "true" }, bar);
}

/** The button that makes a database the one that all are held against, or no more. */
export function compareButton({ database }: ChoiceRow, { state, change }: RowsContext): HTMLElement {
  const { name } = database;
  const isReference = typeof state.against === "object" && state.against.name === name;
  const button = h(
    "button",
    {
      type: "button",
      class: "compare",
      "aria-pressed": String(isReference),
      "aria-label": `Compare all with ${fullName(database)}`,
      "data-key": `compare ${name}`,
    },
    isReference ? "is 1.00×" : "compare",
  );
  button.addEventListener("click", () => change({ against: isReference ? "class" : { name } }));
  return button;
}

/** The place in the ranking. */
export function rankOf({ rank, isClose }: ChoiceRow): Child {
  if (rank === undefined) return undefined;
  return isClose
    ? h("span", { title: "Could be chance: its score and the one before reach into each other" }, `${rank} ≈`)
    : String(rank);
}
