import { GAP_MARK } from "../../../lib/report/known_gaps.ts";
import type { AdapterView, RunView } from "../../pages/view.ts";
import { delayText, swatch } from "../badges.ts";
import { dataTable } from "../data_table.ts";
import { type Child, h } from "../dom.ts";
import { foldedPart } from "../page_part.ts";

/** Where the adapter of a number is told about. */
export function adapterAnchor(adapter: number): string {
  return `adapter-${adapter}`;
}

/** Who they are: what is known to be wrong, how they are driven, what is unfair, and what their sessions reported. */
export function adaptersPart(view: RunView): HTMLElement {
  return foldedPart(
    "adapters",
    "Databases",
    [h("small", {}, "what they are, how they were driven, and what they are known to get wrong")],
    view.adapters.map(adapterPart),
  );
}

function adapterPart(adapter: AdapterView, index: number): HTMLElement {
  const { name, title, drivers, about, unfair, homepage, objection, capabilities, facts } = adapter;
  return h(
    "details",
    { class: "all", id: adapterAnchor(index) },
    h("summary", {}, swatch(name, index), title !== "" && ` ${title}`, drivers !== "" && ` (${drivers})`),
    h("p", {}, about),
    ...gapsPart(adapter),
    unfair !== "" && h("p", { class: "unfair" }, h("b", {}, "What is unfair about it: "), unfair),
    objection !== "" &&
      h("p", { class: "unfair" }, h("b", {}, "What its author could object to: "), objection),
    homepage !== "" && h("p", {}, h("a", { href: homepage, rel: "noreferrer" }, homepage)),
    ...idiomsPart(adapter),
    h(
      "dl",
      { class: "facts" },
      ...[...kindFacts(adapter), ...capabilities, ...facts].map(([name, value]) =>
        h("div", {}, h("dt", {}, name), h("dd", {}, value))
      ),
    ),
  );
}

function gapsPart({ name, knownGaps }: AdapterView): Child[] {
  if (knownGaps.length === 0) return [];
  return [h(
    "div",
    { class: "trouble fair" },
    h("h3", {}, `${GAP_MARK} What ${name} is known to get wrong`),
    h("p", {}, "The conformance suite shows it, whether or not a workload of this run met it."),
    h(
      "ul",
      {},
      ...knownGaps.map(({ title, scenario, reason }) =>
        h("li", {}, h("p", {}, h("b", {}, title), ` (${scenario}): ${reason}`))
      ),
    ),
  )];
}

function idiomsPart({ name, idioms }: AdapterView): Child[] {
  if (idioms.length === 0) return [];
  return [dataTable(
    `How ${name} is driven`,
    [{ title: "act" }, { title: "what is called" }, { title: "as told by" }, { title: "tried instead" }],
    idioms.map(({ act, how, link, source, tried }) => [
      { content: act, sort: act },
      { content: how, sort: how, class: "long" },
      {
        content: link === "" ? h("code", {}, source) : h("a", { href: link, rel: "noreferrer" }, source),
        sort: source,
        class: "long",
      },
      { content: tried, sort: tried === "" ? undefined : tried, class: "long" },
    ]),
    { isCaptionShown: true },
  )];
}

function kindFacts(
  { cellClass, runsIn, delay }: AdapterView,
): (readonly [name: string, value: string])[] {
  const reason = delay?.reason === undefined ? "" : `: ${delay.reason}`;
  return [
    ["class", cellClass],
    ...(runsIn.length === 0 ? [] : [["runs in", runsIn.join(", ")] as const]),
    ...(delay === undefined ? [] : [["waits", `${delayText(delay)}${reason}`] as const]),
  ];
}
