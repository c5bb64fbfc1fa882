import { h } from "./dom.ts";

/** A part of a page with its heading. */
export function part(id: string, title: string, children: readonly (Node | false)[]): HTMLElement {
  return h(
    "section",
    { id, "aria-labelledby": `${id}-title` },
    h("h2", { id: `${id}-title` }, title),
    ...children,
  );
}

/** A picture with its title, and what chooses its subject beside it. */
export function figure(
  title: string,
  control: HTMLElement | undefined,
  ...children: readonly Node[]
): HTMLElement {
  return h("figure", {}, h("figcaption", {}, h("span", { class: "title" }, title), control), ...children);
}

/** The table behind a picture, folded away. */
export function numbers(table: HTMLElement): HTMLElement {
  return h("details", { class: "numbers" }, h("summary", {}, "Numbers"), table);
}

/** A part that is folded away until it is looked at; `hints` stand behind its heading. */
export function foldedPart(
  id: string,
  title: string,
  hints: readonly (Node | string | false | undefined)[],
  children: readonly (Node | false | undefined)[],
): HTMLElement {
  return h(
    "section",
    { id, class: "fold", "aria-labelledby": `${id}-title ${id}-hints` },
    h(
      "details",
      { class: "folded" },
      h(
        "summary",
        {},
        h("h2", { id: `${id}-title` }, title),
        h("span", { id: `${id}-hints`, class: "hints" }, ...hints),
      ),
      h("div", { class: "inside" }, ...children),
    ),
  );
}
