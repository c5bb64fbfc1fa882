/**
 * `deno task bench`: choose workloads and adapters, plan the cells, run each block in a fresh process, append it to
 * the run folder, seal the record, render the reports from it.
 */
import { join } from "node:path";
import process from "node:process";
import { ADAPTERS } from "../lib/adapters/mod.ts";
import { type BenchOptions, parseBenchArguments } from "../lib/cli/bench_options.ts";
import { runBlockProcess } from "../lib/cli/block_process.ts";
import { asTypedHere, commandLine } from "../lib/cli/command_line.ts";
import { EXIT } from "../lib/cli/exit_code.ts";
import {
  describeAdapters,
  describeCost,
  describeLoad,
  describeMissing,
  describePlan,
  describeStopping,
  describeWorkloads,
} from "../lib/cli/listing.ts";
import { isDiskFailure, reportFailure } from "../lib/cli/failure.ts";
import { type Probe, probeAdapter } from "../lib/cli/probe_adapter.ts";
import { ProgressLine } from "../lib/cli/progress.ts";
import { beginRun, type RunSetup } from "../lib/cli/run_setup.ts";
import { skipReason } from "../lib/cli/select_cells.ts";
import { durationOf } from "../lib/cli/soak.ts";
import { timeoutAdvice } from "../lib/cli/timeout_advice.ts";
import { standardOutput, terminalStyle } from "../lib/cli/terminal_style.ts";
import { makeTempDirectory, sweepTempDirectories } from "../lib/cli/temp_directory.ts";
import { durationText } from "../lib/cli/duration.ts";
import { blockCosts } from "../lib/experiments/run/block_costs.ts";
import { type RunRecord, UsageError } from "../lib/model/mod.ts";
import {
  hostReading,
  loadRun,
  type OpenRun,
  readHost,
  replaceFile,
  saveBaseline,
} from "../lib/record/mod.ts";
import { renderOverview, renderTerminal, reporterById } from "../lib/report/mod.ts";
import { firstRoundMs, plannedAhead, runPlan, Schedule } from "../lib/runner/mod.ts";
import { WORKLOADS } from "../workloads/mod.ts";

async function bench(options: BenchOptions): Promise<number> {
  if (options.list) return await list(options.probe);

  const setup = await beginRun(options);
  const { cells, settings } = setup;
  const isLarge = settings.cells.some((cell) => cell.sizes !== undefined || durationOf(cell) !== undefined);
  if (options.dryRun || options.budget !== undefined || isLarge) {
    const costsMs = blockCosts(options.out, settings.cells.map(({ key }) => key));
    if (options.dryRun) {
      console.log(describePlan({ cells, settings, costsMs }));
      return EXIT.fine;
    }
    requireBudget(options, setup, costsMs);
    if (isLarge) console.error(describeCost({ cells, settings, costsMs }));
  }

  using run = setup.open();
  try {
    return await measure(options, setup, run);
  } catch (error) {
    if (!isDiskFailure(error)) throw error;
    const code = reportFailure("bench", error);
    console.error(
      run.header.status === "complete"
        ? `The record is whole: make room, then ${
          commandLine(`render ${run.folder} --reporter markdown --out ${join(run.folder, "report.md")}`)
        }`
        : `What was measured is kept: make room, then go on with --resume ${run.folder}`,
    );
    return code;
  }
}

/** Throws a UsageError when the budget that was typed cannot hold the first two blocks of every cell. */
function requireBudget(
  { budget }: BenchOptions,
  { settings: { cells } }: RunSetup,
  costsMs: ReadonlyMap<string, number>,
): void {
  const leastMs = firstRoundMs(cells, costsMs, (cell) => durationOf(cell) ?? 0);
  if (budget === undefined || leastMs <= budget) return;
  throw new UsageError(
    `Cannot measure within ${
      durationText(budget)
    } as the budget must hold a first round, two repetitions of each of ${cells.length} databases x workloads: they take about ${
      durationText(leastMs)
    }, so give --budget ${Math.ceil(leastMs / 1000)}s or more, or choose fewer`,
  );
}

/** After this time a first table is shown even if not every cell is in it. */
const FIRST_TABLE_MS = 50_000;

/** Runs what is left to do, seals the record and reports it. */
async function measure(options: BenchOptions, setup: RunSetup, run: OpenRun): Promise<number> {
  const { settings } = setup;
  const selected = new Map(setup.cells.map((choice) => [choice.cell.key, choice]));
  const schedule = new Schedule(settings);
  const planned = settings.stopping === undefined ? plannedAhead(settings, run.blocks) : undefined;
  const spentMs = run.blocks.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
  const budgetMs = settings.stopping === undefined ? Infinity : settings.stopping.budgetMs - spentMs;
  const startMs = performance.now();
  let isTableDue = run.blocks.length === 0 && !options.json;
  const showFirstTable = (): void => {
    const triedCount = new Set(run.blocks.map(({ cellKey }) => cellKey)).size;
    const isWhole = triedCount === settings.cells.length;
    if (!isTableDue || !(isWhole || performance.now() - startMs > FIRST_TABLE_MS)) return;
    isTableDue = false;
    console.log(asTypedHere(draw({ ...run.header, results: run.blocks }, style)));
    const count = settings.cells.length;
    console.error(
      `${
        isWhole ? "Everything has run once" : `${triedCount} of ${count} databases x workloads have run once`
      }; ` +
        "further repetitions narrow the intervals. Ctrl-C keeps what was measured.",
    );
  };
  const progress = new ProgressLine(
    planned,
    {
      write: (text) => void process.stderr.write(text),
      isTerminal: Deno.stderr.isTerminal(),
      width: () => Deno.stderr.isTerminal() ? Deno.consoleSize().columns : 80,
    },
    () => performance.now(),
    budgetMs,
  );
  const style = terminalStyle(standardOutput(), options.charts);
  const draw = options.full ? renderTerminal : renderOverview;
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, onSignal);

  const tempDirectory = await makeTempDirectory();
  await sweepTempDirectories(join(tempDirectory, ".."));
  if (setup.note !== undefined) console.error(setup.note);
  console.error(`Writing ${run.folder}`);
  if (settings.stopping !== undefined) {
    console.error(
      `First everything once, and once with whole rows. ${describeStopping(settings.stopping)}.`,
    );
  }
  const load = describeLoad(settings, blockCosts(options.out, settings.cells.map(({ key }) => key)));
  if (load !== undefined) console.error(load);
  let outcome;
  try {
    outcome = await runPlan({
      earlier: run.blocks,
      next: (kept) => schedule.next(kept),
      skipReason: (cell) => skipReason(selected.get(cell.key)!),
      spawn: (block, onStep) =>
        runBlockProcess(selected.get(block.cell.key)!, block, {
          tempDirectory,
          keepTemp: options.keepTemp,
          seed: setup.settings.seed,
          timeoutMs: setup.settings.timeoutMs,
          signal: interrupt.signal,
          timeline: options.timeline === "all" ||
            (options.timeline === "first" && block.evidence === "rows" && !run.hasTimeline(block.cell.key)),
        }, onStep),
      watchHost: () => {
        const before = readHost();
        return () => hostReading(before, readHost());
      },
      append: (block, timeline) => run.append(block, timeline),
      signal: interrupt.signal,
      now: () => new Date(),
      nowMs: () => performance.now(),
      onProgress: (step) => {
        progress.show(step);
        if (step.kind === "ended") showFirstTable();
      },
    });
  } finally {
    progress.clear();
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, onSignal);
    if (options.keepTemp) console.error(`Databases are kept in ${tempDirectory}`);
    else await Deno.remove(tempDirectory, { recursive: true });
  }

  run.seal({ status: outcome === "complete" ? "complete" : "partial", now: new Date() });
  // What is reported is what was stored, not what is in memory.
  const record = loadRun(run.folder);
  console.log(options.json ? reporterById("json").render(record) : asTypedHere(draw(record, style)));
  const page = join(run.folder, "report.md");
  replaceFile(page, asTypedHere(reporterById("markdown").render(record)));
  const notes = [timeoutAdvice(record), describeMissing(record, options.full)].filter((one) =>
    one !== undefined
  );
  for (const note of notes) console.error(note);
  const { saveBaseline: baseline } = options;
  if (baseline !== undefined) {
    if (record.status === "complete") saveBaseline(options.out, baseline, record.id);
    console.error(
      record.status === "complete"
        ? `Baseline ${baseline} is ${record.id} from now on`
        : `Baseline ${baseline} was not saved as the run must be complete`,
    );
  }
  console.error(
    [
      `Open ${page}${options.full || options.json ? "" : "; --full prints it here"}`,
      `Next: ${nextCommand(record, run.folder, baseline)}`,
    ].join("\n"),
  );
  if (outcome === "interrupted") return EXIT.interrupted;
  const asked = new Set(settings.cells.filter(({ anchor }) => anchor !== true).map(({ key }) => key));
  const isFine = record.results.every((block) =>
    !asked.has(block.cellKey) || block.status === "skipped" ||
    (block.status === "measured" && block.verdict === "converged")
  );
  return isFine ? EXIT.fine : EXIT.wrong;
}

/** What somebody who has read the end of a run does next. */
function nextCommand({ id, status }: RunRecord, folder: string, baseline: string | undefined): string {
  if (status !== "complete") return `${commandLine(`bench --resume ${folder}`)}, as it was interrupted`;
  if (baseline !== undefined) return `${commandLine(`compare ${baseline} latest`)}, after another run`;
  return `${commandLine(`report --run ${id}`)} for a page with pictures, report/index.html`;
}

/** Prints what workloads and adapters declare, and when asked to what came of opening each adapter. */
async function list(opens: boolean): Promise<number> {
  console.log(describeWorkloads(WORKLOADS));
  console.log(describeAdapters(ADAPTERS, opens ? await probeAll() : undefined));
  if (!opens) console.error("--probe opens every adapter and says which run here");
  return EXIT.fine;
}

async function probeAll(): Promise<Map<string, Probe>> {
  const tempDirectory = await makeTempDirectory();
  const probes = new Map<string, Probe>();
  try {
    for (const adapter of ADAPTERS) {
      if (Deno.stderr.isTerminal()) process.stderr.write(`\r\x1b[2KOpening ${adapter.id}`);
      probes.set(adapter.id, await probeAdapter(adapter, tempDirectory));
    }
    return probes;
  } finally {
    if (Deno.stderr.isTerminal()) process.stderr.write("\r\x1b[2K");
    await Deno.remove(tempDirectory, { recursive: true });
  }
}

if (import.meta.main) {
  try {
    const options = parseBenchArguments(Deno.args);
    Deno.exit(options === undefined ? EXIT.fine : await bench(options));
  } catch (error) {
    Deno.exit(reportFailure("bench", error));
  }
}
