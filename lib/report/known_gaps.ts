/** What a cell is known to get wrong, in words: its run need not have met it. Not escaped. */
import type { KnownGap } from "../model/mod.ts";
import { adapterSpec } from "./repeat_command.ts";
import type { CellSummary } from "./summarize_run.ts";

/** Stands beside the name of whoever is known to get something wrong, where cells are ranked. */
export const GAP_MARK = "△";

/** The scenario's key as words, without its area: `watch/ordered-limit-window` is `ordered limit window`. */
export function gapTitle({ scenario }: Pick<KnownGap, "scenario">): string {
  return scenario.slice(scenario.indexOf("/") + 1).replaceAll("-", " ");
}

/** What is wrong and where to read how, such as `Wrong in: ordered limit window; see deno task conformance pglite`. */
export function gapSentence({ cell, knownGaps }: Pick<CellSummary, "cell" | "knownGaps">): string {
  return `Wrong in: ${knownGaps.map(gapTitle).join(", ")}; see deno task conformance ${adapterSpec(cell)}`;
}

/** The same inside a sentence about several cells; empty when nothing is known. */
export function gapClause({ name, knownGaps }: Pick<CellSummary, "name" | "knownGaps">): string {
  return knownGaps.length === 0
    ? ""
    : `${name} is known to be wrong in ${knownGaps.map(gapTitle).join(", ")}`;
}
