/** One pass of `deno task bench:report`, in a process of its own: writes a site and prints what that took. */
import process from "node:process";
import { writeSite } from "../../lib/cli/write_site.ts";

/** What a pass prints as its last line. */
export interface PassResult {
  /** Runs with a page. */
  readonly runCount: number;
  /** Runs that were read, the others being in the index. */
  readonly readCount: number;
  /** Largest resident memory of the process, its workers included. */
  readonly peakRssBytes: number;
}

const KIB = 1024;

if (import.meta.main) {
  const [results, out] = Deno.args as [string, string];
  const { runCount, readCount } = await writeSite(results, out);
  const result: PassResult = { runCount, readCount, peakRssBytes: process.resourceUsage().maxRSS * KIB };
  console.log(JSON.stringify(result));
}
