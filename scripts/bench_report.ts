/** `deno task bench:report [count]`: how long a site of many stored runs takes, read anew and again from its index. */
import { join } from "node:path";
import { writeSite } from "../lib/cli/write_site.ts";
import { formatCount, formatQuantity } from "../lib/report/format.ts";
import { generateRuns } from "../lib/testing/generate_runs.ts";
import { recordFixture } from "../lib/testing/record_fixture.ts";

if (import.meta.main) {
  const count = Number(Deno.args[0] ?? 10_000);
  if (!Number.isSafeInteger(count) || count < 1) {
    console.error(`Cannot generate runs as their number must be 1 or more: got "${Deno.args[0]}"`);
    Deno.exit(2);
  }
  const folder = Deno.makeTempDirSync({ prefix: "watchbench-report-" });
  try {
    const [results, out] = [join(folder, "results"), join(folder, "site")];
    generateRuns(recordFixture(), results, count);
    for (const title of ["every run read anew", "from the index"]) {
      const start = performance.now();
      const { runCount, readCount } = await writeSite(results, out);
      console.log(
        `${title}: ${formatCount(runCount)} runs, ${formatCount(readCount)} read, ${
          formatQuantity((performance.now() - start) * 1e6, "ns")
        }, resident ${formatQuantity(Deno.memoryUsage().rss, "bytes")}`,
      );
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
