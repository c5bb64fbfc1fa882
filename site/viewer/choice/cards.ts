/** The matrix on a narrow screen: one card for each database. */
import type { ChoiceGroup, ChoiceRow } from "../../pages/choice_rows.ts";
import { type Child, h } from "../dom.ts";
import { type ChoiceColumn, chosenColumns } from "./columns.ts";
import { rowParts } from "./parts.ts";
import {
  classColor,
  compareButton,
  nameOf,
  rankOf,
  type RowsContext,
  scoreBar,
  scoreButton,
} from "./rows_view.ts";
import { CLASS_TEXTS } from "./texts.ts";

/** A list of cards for each group. */
export function cardList(groups: readonly ChoiceGroup[], context: RowsContext): HTMLElement {
  const columns = chosenColumns(context.view, context.state);
  return h(
    "div",
    { class: "choice-cards" },
    ...groups.flatMap(({ cellClass, rows }): Child[] => [
      cellClass !== undefined && h("h2", {}, CLASS_TEXTS[cellClass].title),
      cellClass !== undefined && h("p", { class: "caption" }, CLASS_TEXTS[cellClass].meaning),
      h("ol", {}, ...rows.map((row) => card(row, columns, context))),
    ]),
  );
}

function card(row: ChoiceRow, columns: readonly ChoiceColumn[], context: RowsContext): HTMLElement {
  const { view, state } = context;
  const field = (column: ChoiceColumn): HTMLElement =>
    h(
      "div",
      { class: column.classOf(row) || undefined },
      h("dt", {}, column.title),
      h("dd", {}, column.content(row)),
    );
  return h(
    "li",
    { class: `choice-card ${classColor(row)} ${row.standing.kind}` },
    h(
      "div",
      { class: "top" },
      h("span", { class: "rank" }, rankOf(row)),
      h("h3", {}, nameOf(row)),
      state.columns.includes("score") && scoreButton(row, context),
    ),
    scoreBar(row),
    h("dl", { class: "numbers" }, ...columns.filter(({ isNumber }) => isNumber).map(field)),
    h("dl", { class: "kinds" }, ...columns.filter(({ isNumber }) => !isNumber).map(field)),
    h("div", { class: "actions" }, compareButton(row, context)),
    state.open.includes(row.database.name) && rowParts(row, view, state),
  );
}
