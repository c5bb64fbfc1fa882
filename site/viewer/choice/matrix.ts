/** The matrix as a table. */
import type { ChoiceGroup, ChoiceRow } from "../../pages/choice_rows.ts";
import { type Child, h } from "../dom.ts";
import { chosenColumns } from "./columns.ts";
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

/** One body for each group, one row for each database, and its parts under it where they are unfolded. */
export function matrix(groups: readonly ChoiceGroup[], context: RowsContext): HTMLElement {
  const { view, state } = context;
  const columns = chosenColumns(view, state);
  const hasScore = state.columns.includes("score");
  const width = columns.length + 3;
  const head = (id: string, title: string, hint: string, isNumber: boolean): HTMLElement =>
    sortableHead({ id, title, hint, isNumber }, context);
  const row = (one: ChoiceRow): HTMLElement =>
    h(
      "tr",
      { class: `${classColor(one)} ${one.standing.kind}` },
      h("td", { class: "rank" }, rankOf(one)),
      h("th", { scope: "row" }, h("span", { class: "swatch", "aria-hidden": "true" }), nameOf(one)),
      h(
        "td",
        { class: "score" },
        h("span", { class: "pair" }, hasScore && scoreButton(one, context), compareButton(one, context)),
        hasScore && scoreBar(one),
      ),
      ...columns.map((column) =>
        h(
          "td",
          {
            class: [column.isNumber ? "number" : "", column.classOf(one)].filter(Boolean).join(" ") ||
              undefined,
          },
          column.content(one),
        )
      ),
    );
  const body = ({ cellClass, rows }: ChoiceGroup): HTMLElement =>
    h(
      "tbody",
      {},
      cellClass !== undefined && h(
        "tr",
        { class: "group" },
        h(
          "th",
          { colspan: width, scope: "rowgroup" },
          h("b", {}, CLASS_TEXTS[cellClass].title),
          h("small", {}, ` ${CLASS_TEXTS[cellClass].meaning}`),
        ),
      ),
      ...rows.flatMap((one): Child[] => [
        row(one),
        state.open.includes(one.database.name) &&
        h("tr", { class: "unfolded" }, h("td", { colspan: width }, rowParts(one, view, state))),
      ]),
    );
  return h(
    "div",
    { class: "table matrix", role: "group", tabindex: "0", "aria-label": "Databases" },
    h(
      "table",
      {},
      h("caption", { class: "hidden" }, "Databases with their scores, numbers and abilities"),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("td", { class: "rank" }),
          head("name", "Database", "Its name; △: known to get something wrong", false),
          hasScore &&
            head("score", "Score", "1.00× is the best in everything that counts; less is better", false),
          ...columns.map(({ id, title, hint, isNumber }) => head(id, title, hint, isNumber)),
        ),
      ),
      ...groups.map(body),
    ),
  );
}

function sortableHead(
  { id, title, hint, isNumber }: {
    readonly id: string;
    readonly title: string;
    readonly hint: string;
    readonly isNumber: boolean;
  },
  { state, change }: RowsContext,
): HTMLElement {
  const isSorted = state.sort.column === id;
  const button = h("button", { type: "button", title: hint, "data-key": `sort ${id}` }, title);
  button.addEventListener(
    "click",
    () => change({ sort: { column: id, isDescending: isSorted && !state.sort.isDescending } }),
  );
  return h(
    "th",
    {
      scope: "col",
      class: isNumber ? "number" : undefined,
      "aria-sort": !isSorted ? "none" : state.sort.isDescending ? "descending" : "ascending",
    },
    button,
  );
}
