/**
 * `deno task bench`: choose workloads and adapters, plan the cells, run each block in a fresh process, append it to
 * the run folder, seal the record, render the reports from it.
 */
import { join } from "node:path";
import process from "node:process";
import { ADAPTERS } from "../lib/adapters/mod.ts";
import { type BenchOptions, parseBenchArguments } from "../lib/cli/bench_options.ts";
import { runBlockProcess } from "../lib/cli/block_process.ts";
import { EXIT } from "../lib/cli/exit_code.ts";
import { describeAdapters, describePlan, describeWorkloads } from "../lib/cli/listing.ts";
import { isDiskFailure, reportFailure } from "../lib/cli/failure.ts";
import { type Probe, probeAdapter } from "../lib/cli/probe_adapter.ts";
import { ProgressLine } from "../lib/cli/progress.ts";
import { beginRun, type RunSetup } from "../lib/cli/run_setup.ts";
import { skipReason } from "../lib/cli/select_cells.ts";
import { timeoutAdvice } from "../lib/cli/timeout_advice.ts";
import { standardOutput, terminalStyle } from "../lib/cli/terminal_style.ts";
import { makeTempDirectory, sweepTempDirectories } from "../lib/cli/temp_directory.ts";
import { hostReading, loadRun, type OpenRun, readHost, replaceFile } from "../lib/record/mod.ts";
import { renderTerminal, reporterById } from "../lib/report/mod.ts";
import { planBlocks, type PlannedBlock, runPlan } from "../lib/runner/mod.ts";
import { WORKLOADS } from "../workloads/mod.ts";

async function bench(options: BenchOptions): Promise<number> {
  if (options.list) {
    return await list();
  }

  const setup = await beginRun(options);
  const planned = planBlocks(
    setup.cells.map(({ cell }) => cell),
    setup.settings.blockCount,
    setup.settings.seed,
  );
  if (options.dryRun) {
    console.log(describePlan(planned, setup.cells));
    return EXIT.fine;
  }

  using run = setup.open();
  try {
    return await measure(options, setup, planned, run);
  } catch (error) {
    if (!isDiskFailure(error)) throw error;
    const code = reportFailure("bench", error);
    console.error(
      run.header.status === "complete"
        ? `The record is whole: make room, then deno task render ${run.folder} --reporter markdown --out ${
          join(run.folder, "report.md")
        }`
        : `What was measured is kept: make room, then go on with --resume ${run.folder}`,
    );
    return code;
  }
}

/** Runs what is left of the plan, seals the record and reports it. */
async function measure(
  options: BenchOptions,
  setup: RunSetup,
  planned: readonly PlannedBlock[],
  run: OpenRun,
): Promise<number> {
  const selected = new Map(setup.cells.map((choice) => [choice.cell.key, choice]));
  // A skipped cell has one block that stands for all of them.
  const skipped = new Set(
    run.blocks.filter(({ status }) => status === "skipped").map(({ cellKey }) => cellKey),
  );
  const open = planned.filter(({ cell, blockIndex }) =>
    !run.has(cell.key, blockIndex) && !skipped.has(cell.key)
  );
  const progress = new ProgressLine(open, {
    write: (text) => void process.stderr.write(text),
    isTerminal: Deno.stderr.isTerminal(),
    width: () => Deno.stderr.isTerminal() ? Deno.consoleSize().columns : 80,
  }, () => performance.now());
  const style = terminalStyle(standardOutput(), options.charts);
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, onSignal);

  const tempDirectory = await makeTempDirectory();
  await sweepTempDirectories(join(tempDirectory, ".."));
  if (setup.note !== undefined) console.error(setup.note);
  console.error(`Writing ${run.folder}`);
  let outcome;
  try {
    outcome = await runPlan({
      planned: open,
      skipReason: (cell) => skipReason(selected.get(cell.key)!),
      spawn: (block, onStep) =>
        runBlockProcess(selected.get(block.cell.key)!, block, {
          tempDirectory,
          keepTemp: options.keepTemp,
          seed: setup.settings.seed,
          timeoutMs: setup.settings.timeoutMs,
          signal: interrupt.signal,
          // A cell whose first block failed, or that a resumed run has no picture of, gets it from a later block.
          timeline: options.timeline === "all" ||
            (options.timeline === "first" && !run.hasTimeline(block.cell.key)),
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
        const isFirstRoundOfMore = step.kind === "round" && step.roundIndex === 0 &&
          setup.settings.blockCount > 1;
        if (isFirstRoundOfMore && !options.json) {
          console.log(renderTerminal({ ...run.header, results: run.blocks }, style));
          console.error(
            "One round is done; the next ones narrow the intervals. Ctrl-C keeps what was measured.",
          );
        }
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
  console.log(options.json ? reporterById("json").render(record) : renderTerminal(record, style));
  replaceFile(join(run.folder, "report.md"), reporterById("markdown").render(record));
  console.error(`Wrote ${join(run.folder, "report.md")}`);
  const advice = timeoutAdvice(record);
  if (advice !== undefined) console.error(advice);
  if (outcome === "interrupted") {
    console.error(`Interrupted: go on with --resume ${run.folder}`);
    return EXIT.interrupted;
  }
  const isFine = record.results.every((block) =>
    block.status === "skipped" || (block.status === "measured" && block.verdict === "converged")
  );
  return isFine ? EXIT.fine : EXIT.wrong;
}

async function list(): Promise<number> {
  const tempDirectory = await makeTempDirectory();
  const probes = new Map<string, Probe>();
  try {
    for (const adapter of ADAPTERS) {
      if (Deno.stderr.isTerminal()) process.stderr.write(`\r\x1b[2KOpening ${adapter.id}`);
      probes.set(adapter.id, await probeAdapter(adapter, tempDirectory));
    }
  } finally {
    if (Deno.stderr.isTerminal()) process.stderr.write("\r\x1b[2K");
    await Deno.remove(tempDirectory, { recursive: true });
  }
  console.log(describeWorkloads(WORKLOADS));
  console.log(describeAdapters(ADAPTERS, probes));
  return EXIT.fine;
}

if (import.meta.main) {
  try {
    const options = parseBenchArguments(Deno.args);
    Deno.exit(options === undefined ? EXIT.fine : await bench(options));
  } catch (error) {
    Deno.exit(reportFailure("bench", error));
  }
}
