import type { CellView } from "../../../lib/report/html/view.ts";
import { h } from "./dom.ts";

/** A name with its colour in front. */
export function swatch(name: string, color: number): HTMLElement {
  return h(
    "span",
    { class: "adapter" },
    h("span", { class: `swatch c${color % 8}`, "aria-hidden": "true" }),
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
      return cell.phases.some(({ unwatched }) => unwatched)
        ? pill("floor", "none")
        : pill("✓ converged", "good");
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
