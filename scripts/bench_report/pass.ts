/** One pass of `deno task bench:report`, in a process of its own: does what a command does and prints what that took. */
import process from "node:process";
import { writeSite } from "../../site/writer/write_site.ts";
import { history, parseHistoryArguments } from "../history.ts";

/** What a pass prints as its last line. */
export interface PassResult {
  /** Largest resident memory of the process, its workers included. */
  readonly peakRssBytes: number;
}

/** What a pass does: `site`, or `history`. */
export type PassKind = "site" | "history";

const KIB = 1024;

if (import.meta.main) {
  const [kind, results, site] = Deno.args as [PassKind, string, string];
  if (kind === "site") await writeSite(results, site);
  else {
    const facts = { isTerminal: false, columns: 0, noColor: true, environment: {} };
    await history(parseHistoryArguments(["--results", results, "--site", site])!, {
      print: console.error,
      facts,
    });
  }
  const result: PassResult = { peakRssBytes: process.resourceUsage().maxRSS * KIB };
  console.log(JSON.stringify(result));
}
