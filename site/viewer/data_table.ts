import { type Child, h } from "./dom.ts";

/** One column of a table. */
export interface TableColumn {
  /** Heading. */
  readonly title: string;
  /** Numbers are aligned to the right. */
  readonly isNumber?: boolean;
  /** Explains the heading on hover. */
  readonly hint?: string;
}

/** One field: what is shown and what it is sorted by. */
export interface TableField {
  /** What the field shows. */
  readonly content: Child;
  /** Sorting key; `undefined` sorts last in both directions. */
  readonly sort?: number | string | undefined;
  /** Class of the field. */
  readonly class?: string;
}

/**
 * A table whose columns sort when their heading is pressed, inside a box that scrolls where it is too wide. On a phone a
 * row is a card, each field beside the title of its column; what it is for a screen reader is said, as the style of a card
 * would take it from the elements.
 */
export function dataTable(
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly TableField[])[],
  { isCaptionShown = false, isFirstHeader = true }: {
    readonly isCaptionShown?: boolean;
    readonly isFirstHeader?: boolean;
  } = {},
): HTMLElement {
  const body = h("tbody", { role: "rowgroup" });
  const shown = rows.map((row) => ({
    row,
    element: h(
      "tr",
      { role: "row" },
      ...row.map(({ content, class: name }, index) => {
        const { title, isNumber } = columns[index] ?? { title: "" };
        const classes = [isNumber ? "number" : "", name ?? ""].filter((one) => one !== "").join(" ");
        const attributes = { class: classes === "" ? undefined : classes, "data-title": title };
        return index === 0 && isFirstHeader
          ? h("th", { ...attributes, scope: "row", role: "rowheader" }, content)
          : h("td", { ...attributes, role: "cell" }, content);
      }),
    ),
  }));
  body.append(...shown.map(({ element }) => element));

  const heads = columns.map(({ title, isNumber, hint }, index) => {
    const button = h("button", { type: "button", title: hint }, title);
    const head = h(
      "th",
      { scope: "col", role: "columnheader", class: isNumber ? "number" : undefined, "aria-sort": "none" },
      button,
    );
    button.addEventListener("click", () => {
      const isDescending = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
      const sorted = shown.toSorted((a, b) =>
        compareFields(a.row[index], b.row[index], isDescending ? -1 : 1)
      );
      body.append(...sorted.map(({ element }) => element));
    });
    return head;
  });
  const box = h(
    "div",
    { class: "table rows", role: "group", tabindex: "0", "aria-label": caption },
    h(
      "table",
      { role: "table" },
      h("caption", { class: isCaptionShown ? undefined : "hidden" }, caption),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...heads)),
      body,
    ),
  );
  fadeWhereCut(box);
  return box;
}

/** Fades the edge behind which columns are hidden. */
function fadeWhereCut(box: HTMLElement): void {
  const look = (): void => {
    box.classList.toggle("cut", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
  };
  box.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(box);
}

/** Order of two fields; `sign` is -1 for descending. Fields without a key come last either way. */
export function compareFields(a: TableField | undefined, b: TableField | undefined, sign: 1 | -1): number {
  const [left, right] = [a?.sort, b?.sort];
  if (left === undefined || right === undefined) {
    return left === right ? 0 : left === undefined ? 1 : -1;
  }
  if (typeof left === "number" && typeof right === "number") return sign * (left - right);
  const [first, second] = [String(left), String(right)];
  return first === second ? 0 : sign * (first < second ? -1 : 1);
}
