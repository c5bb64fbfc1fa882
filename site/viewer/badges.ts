import type { LiveDelay } from "../../lib/model/adapter.ts";
import type { AdapterView, CellView } from "../pages/view.ts";
import { GAP_MARK } from "../../lib/report/known_gaps.ts";
import { h } from "./dom.ts";
import { colorClass, shapeOf } from "./marks.ts";

/** A name with its colour in front. */
export function swatch(name: string, color: number): HTMLElement {
  return h(
    "span",
    { class: "adapter" },
    h("span", { class: `swatch ${colorClass(color)} ${shapeOf(color)}`, "aria-hidden": "true" }),
    name,
  );
}

/** A word in a coloured frame. */
export function pill(text: string, state: "good" | "fair" | "bad" | "none"): HTMLElement {
  return h("span", { class: `pill ${state}` }, text);
}

/** What became of a cell, as a pill. */
export function statusPill(cell: CellView): HTMLElement {
  switch (cell.status) {
    case "verified":
      if (cell.phases.some(({ isUnsustained }) => isUnsustained)) return pill("unsustained", "fair");
      return cell.phases.some(({ unwatched }) => unwatched)
        ? pill("lower bound", "none")
        : pill("✓ correct", "good");
    case "wrong":
      return pill(`✗ ${cell.verdict ?? "wrong"}`, "bad");
    case "failed":
      return pill("! failed", "fair");
    case "skipped":
      return pill("skipped", "none");
    case "missing":
      return pill("not run", "none");
  }
}

/** A name with its colour in front, and behind it the mark of whoever is known to get something wrong. */
export function markedSwatch({ name, knownGaps }: AdapterView, color: number): HTMLElement {
  if (knownGaps.length === 0) return swatch(name, color);
  const titles = knownGaps.map(({ title }) => title).join(", ");
  return h(
    "span",
    {},
    swatch(name, color),
    " ",
    h(
      "span",
      { class: "gap", role: "img", "aria-label": `known to be wrong in ${titles}`, title: titles },
      GAP_MARK,
    ),
  );
}

/** How long live queries wait on purpose, and whether somebody set that. */
export function delayText({ atMostMs, isDefault }: LiveDelay): string {
  return `${atMostMs} ms${isDefault ? "" : " (set)"}`;
}
