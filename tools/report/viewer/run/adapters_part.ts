import type { RunView } from "../../../../lib/report/html/view.ts";
import { swatch } from "../badges.ts";
import { h } from "../dom.ts";
import { part } from "../page_part.ts";

/** Who they are: configuration, what is unfair, capabilities, and what their sessions reported. */
export function adaptersPart(view: RunView): HTMLElement {
  return part("adapters", "Adapters", [
    ...view.adapters.map(({ name, title, drivers, about, unfair, homepage, capabilities, facts }, index) =>
      h(
        "details",
        { class: "all" },
        h("summary", {}, swatch(name, index), title !== "" && ` ${title}`, drivers !== "" && ` (${drivers})`),
        h("p", {}, about),
        unfair !== "" && h("p", { class: "unfair" }, h("b", {}, "What is unfair about it: "), unfair),
        homepage !== "" && h("p", {}, h("a", { href: homepage, rel: "noreferrer" }, homepage)),
        h(
          "dl",
          { class: "facts" },
          ...[...capabilities, ...facts].map(([name, value]) =>
            h("div", {}, h("dt", {}, name), h("dd", {}, value))
          ),
        ),
      )
    ),
  ]);
}
