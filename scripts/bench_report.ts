/**
 * `deno task bench:report [count]`: how long a site of many stored runs takes, and how large one of fifty large runs is.
 *
 * Each pass is a process of its own: every run read anew, then all of them from the index, and the same for `history`. Writes
 * `results/bench-report.json` (every round) and `results/bench-report.md` (best, median and worst round).
 */
import { cpSync } from "node:fs";
import { basename, join } from "node:path";
import { Command } from "commander";
import { markdownTable } from "markdown-table";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { writeSite } from "../site/writer/write_site.ts";
import { UsageError } from "../lib/model/mod.ts";
import { listRuns, readEnvironment, replaceFile } from "../lib/record/mod.ts";
import { formatCount, formatQuantity, formatSpread } from "../lib/report/format.ts";
import { generateRuns } from "../lib/testing/generate_runs.ts";
import { recordFixture } from "../lib/testing/record_fixture.ts";
import type { PassKind, PassResult } from "./bench_report/pass.ts";

const ROUND_COUNT = 3;
const DEFAULT_COUNT = 10_000;
/** The number of runs whose site has to be small. */
const LARGE_COUNT = 50;

/** One pass with the wall of its process, starting it included. */
type Pass = PassResult & { readonly wallNs: number };

/** What a site weighs. */
interface SiteSize {
  /** Pages, and what every page loads: styles, scripts, the lists. */
  readonly alwaysBytes: number;
  /** Files that a page loads when somebody gets to a place that needs them. */
  readonly onDemandBytes: number;
  /** What the next report reads, and no browser. */
  readonly indexBytes: number;
}

/** The file that holds every round. */
interface ReportBench {
  readonly startedAt: string;
  readonly environment: ReturnType<typeof readEnvironment>;
  readonly runCount: number;
  /** Every run read anew, into an empty folder. */
  readonly cold: readonly Pass[];
  /** Nothing has changed since. */
  readonly warm: readonly Pass[];
  /** `history` without a site: every run read. */
  readonly coldHistory: readonly Pass[];
  /** `history` beside the site. */
  readonly warmHistory: readonly Pass[];
  readonly site: SiteSize;
  /** A site of many copies of the largest run that the repository stores. */
  readonly large: SiteSize & { readonly run: string; readonly runCount: number; readonly cellCount: number };
}

async function runPass(kind: PassKind, results: string, site: string): Promise<Pass> {
  const start = performance.now();
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      new URL("bench_report/pass.ts", import.meta.url).pathname,
      kind,
      results,
      site,
    ],
    stderr: "null",
  }).output();
  const wallNs = (performance.now() - start) * 1e6;
  if (!success) throw new UsageError(`Cannot measure ${kind} as it must end: it failed over "${results}"`);
  const last = new TextDecoder().decode(stdout).trim().split("\n").at(-1)!;
  return { ...JSON.parse(last) as PassResult, wallNs };
}

function siteSize(out: string): SiteSize {
  const size = { alwaysBytes: 0, onDemandBytes: 0, indexBytes: 0 };
  for (const folder of ["", "assets", "data"]) {
    for (const { name, isFile } of Deno.readDirSync(join(out, folder))) {
      if (!isFile) continue;
      const kind = folder !== "data" ? "alwaysBytes" : name.endsWith(".js") ? "onDemandBytes" : "indexBytes";
      size[kind] += Deno.statSync(join(out, folder, name)).size;
    }
  }
  return size;
}

async function largeSite(folder: string): Promise<ReportBench["large"]> {
  const stored = listRuns("results").runs;
  const largest =
    stored.toSorted((a, b) =>
      b.header.settings.cells.length - a.header.settings.cells.length || (a.folder < b.folder ? -1 : 1)
    )[0];
  if (largest === undefined) {
    throw new UsageError('Cannot measure the size of a site as "results" must hold a run: it holds none');
  }
  const [results, out] = [join(folder, "large"), join(folder, "large-site")];
  for (let copy = 0; copy < LARGE_COUNT; copy++) {
    cpSync(largest.folder, join(results, `${basename(largest.folder)}-${copy}`), { recursive: true });
  }
  const { runCount, strays } = await writeSite(results, out);
  if (strays[0] !== undefined) {
    throw new UsageError(`Cannot measure the size of a site as every copy must be read: ${strays[0].reason}`);
  }
  return {
    run: basename(largest.folder),
    runCount,
    cellCount: largest.header.settings.cells.length,
    ...siteSize(out),
  };
}

function render({ startedAt, environment, runCount, site, large, ...passes }: ReportBench): string {
  const bytes = (value: number): string => formatQuantity(value, "bytes");
  return [
    "# How long reports take, and how large they are",
    "",
    `${startedAt}, ${environment.cpuModel}, ${environment.coreCount} cores, Deno ${environment.deno}. ` +
    `${ROUND_COUNT} rounds, one process per pass. Best / median / worst round.`,
    "",
    markdownTable([
      [`over ${formatCount(runCount)} runs`, "wall", "peak memory"],
      ...([
        ["`site`, every run read anew", passes.cold],
        ["`site`, nothing changed", passes.warm],
        ["`history` without a site, every run read", passes.coldHistory],
        ["`history` beside the site", passes.warmHistory],
      ] as const).map(([title, passes]) => [
        title,
        formatSpread(passes.map(({ wallNs }) => wallNs), "ns"),
        formatSpread(passes.map(({ peakRssBytes }) => peakRssBytes), "bytes"),
      ]),
    ], { align: ["l", "r", "r"] }),
    "",
    markdownTable([
      ["site of", "pages and what they share", "loaded on demand", "index"],
      ...([
        [`${formatCount(runCount)} generated runs`, site],
        [`${formatCount(large.runCount)} copies of ${large.run}, ${large.cellCount} cells each`, large],
      ] as const).map(([title, size]) => [
        title,
        bytes(size.alwaysBytes),
        bytes(size.onDemandBytes),
        bytes(size.indexBytes),
      ]),
    ], { align: ["l", "r", "r", "r"] }),
    "",
    `A generated run has ${
      formatCount(recordFixture().results.length)
    } blocks. Walls hold the start of the process. ` +
    "Pages, styles, scripts and lists are all that a browser loads before somebody looks for more. Repeat with " +
    "`deno task bench:report`.",
    "",
  ].join("\n");
}

async function benchReport(count: number): Promise<void> {
  const startedAt = new Date().toISOString();
  const folder = Deno.makeTempDirSync({ prefix: "watchbench-report-" });
  try {
    const results = join(folder, "results");
    // A file system looks through what was deleted seconds ago before it makes a file: each round has a folder of its own.
    const outOf = (round: number): string => join(folder, `site-${round}`);
    generateRuns(recordFixture(), results, count);
    const passes = {
      cold: [] as Pass[],
      warm: [] as Pass[],
      coldHistory: [] as Pass[],
      warmHistory: [] as Pass[],
    };
    for (let round = 0; round < ROUND_COUNT; round++) {
      passes.coldHistory.push(await runPass("history", results, outOf(round)));
      passes.cold.push(await runPass("site", results, outOf(round)));
      passes.warm.push(await runPass("site", results, outOf(round)));
      passes.warmHistory.push(await runPass("history", results, outOf(round)));
      console.error(`Round ${round + 1} of ${ROUND_COUNT} is done`);
    }
    const measured: ReportBench = {
      startedAt,
      environment: readEnvironment(),
      runCount: count,
      ...passes,
      site: siteSize(outOf(0)),
      large: await largeSite(folder),
    };
    const report = render(measured);
    replaceFile("results/bench-report.json", JSON.stringify(measured, null, 2) + "\n");
    replaceFile("results/bench-report.md", report);
    console.log(report);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  try {
    const command = new Command("bench:report")
      .description("Measures site over many generated runs, and the size of a site of large ones.")
      .argument("[count]", "runs to generate", String(DEFAULT_COUNT));
    if (parseCommand(command, Deno.args)) {
      const count = Number(command.processedArgs[0]);
      if (!Number.isSafeInteger(count) || count < 1) {
        throw new UsageError(`Cannot generate runs as their number must be 1 or more: got "${Deno.args[0]}"`);
      }
      await benchReport(count);
    }
    Deno.exit(EXIT.fine);
  } catch (error) {
    Deno.exit(reportFailure("bench:report", error));
  }
}
