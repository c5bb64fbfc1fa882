import type { JudgedArmView } from "../../experiments/view.ts";
import { pill } from "../badges.ts";

type Result = NonNullable<JudgedArmView["result"]>;

const MARKS: Readonly<Record<Result, readonly [sign: string, state: "good" | "fair" | "bad"]>> = {
  pass: ["✓ pass", "good"],
  miss: ["✗ miss", "bad"],
  undecided: ["? undecided", "fair"],
};

/** A result as text with a sign, for charts. */
export function resultSign(result: Result): string {
  return MARKS[result][0];
}

/** A result as a pill, for tables. */
export function resultPill(result: Result): HTMLElement {
  return pill(...MARKS[result]);
}
