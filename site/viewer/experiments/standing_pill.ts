import type { Standing } from "../../experiments/view.ts";
import { pill } from "../badges.ts";

/** Marks of outcomes: a sign beside the colour, for those who do not tell colours apart. */
export const STANDINGS: Readonly<
  Record<Standing, readonly [sign: string, state: "good" | "fair" | "bad" | "none"]>
> = {
  accepted: ["✓", "good"],
  in_review: ["?", "fair"],
  rejected: ["✗", "bad"],
  deferred: ["…", "none"],
  watch: ["…", "none"],
  planned: ["○", "none"],
};

/** How an experiment stands, as a pill. */
export function standingPill(standing: Standing, text: string): HTMLElement {
  const [sign, state] = STANDINGS[standing];
  return pill(`${sign} ${text}`, state);
}
