/**
 * Elements without markup: every text becomes a text node, so nothing in the data can be HTML.
 *
 * Styles are classes or properties set through the object model; the content security policy of the pages refuses
 * style attributes and handlers in markup.
 */

/** What an element may contain; `undefined` and `false` stand for nothing. */
export type Child = Node | string | number | undefined | false;

/** Attributes by name; `undefined` and `false` leave one out, `true` sets it without a value. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An HTML element. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** A select with a label in front; `onChange` is called with the chosen value. */
export function labelledSelect(
  label: string,
  options: readonly (readonly [value: string, text: string])[],
  chosen: string,
  onChange: (value: string) => void,
): HTMLElement {
  const select = h(
    "select",
    { "aria-label": label },
    ...options.map(([value, text]) => h("option", { value }, text)),
  );
  select.value = chosen;
  select.addEventListener("change", () => onChange(select.value));
  return h("label", { class: "select" }, h("span", {}, label), select);
}

function fill<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child === undefined || child === false) continue;
    element.append(typeof child === "number" ? String(child) : child);
  }
  return element;
}
