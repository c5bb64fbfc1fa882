import type { RunView } from "../../pages/view.ts";
import { h } from "../dom.ts";
import { part } from "../page_part.ts";

/** The sentences that matter most; nothing where a run says nothing. */
export function conclusionsPart({ conclusions }: RunView): HTMLElement | undefined {
  if (conclusions.length === 0) return undefined;
  return part("conclusions", "What matters most", [
    h("ol", { class: "conclusions" }, ...conclusions.map((sentence) => h("li", {}, sentence))),
  ]);
}
