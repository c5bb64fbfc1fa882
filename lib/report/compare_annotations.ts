/** A comparison as lines that GitHub shows beside a pull request (workflow commands). */
import type { BrokenMargin } from "./compare_margins.ts";
import { safeText } from "./safe_text.ts";

/** Longest message; GitHub folds what is longer away. */
const LONGEST_MESSAGE = 500;
/** GitHub shows so many errors of one step. */
const MOST_ERRORS = 10;

/** One error for each margin that is broken, as far as GitHub shows them, else a notice with the verdict. Pure. */
export function compareAnnotations(verdict: string, broken: readonly BrokenMargin[]): string[] {
  if (broken.length === 0) return [command("notice", "Watchbench", verdict)];
  const shown = broken.length > MOST_ERRORS ? broken.slice(0, MOST_ERRORS - 1) : broken;
  const more = broken.length - shown.length;
  return [
    ...shown.map(({ sentence }) => command("error", "Worse than allowed", sentence)),
    ...(more === 0 ? [] : [command("error", "Worse than allowed", `${more} more margins are broken`)]),
  ];
}

/** `::error title=...::...`, in one line; GitHub reads what follows a per cent sign as a code. */
function command(level: "error" | "notice", title: string, message: string): string {
  return `::${level} title=${title}::${safeText(message, LONGEST_MESSAGE).replaceAll("%", "%25")}`;
}
