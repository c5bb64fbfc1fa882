/**
 * `deno task bench:self`: what measuring costs, beside other harnesses in the same run.
 *
 * One process per case, one after the other; the order turns by one case in each round. Writes
 * `results/bench-self.json` (every round) and `results/bench-self.md` (best, median and worst round). With `--lateness`
 * it measures instead how late operations are called that are due, and writes `results/generator-late.json` and `.md`.
 */
import { Command } from "commander";
import { markdownTable } from "markdown-table";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { readEnvironment } from "../lib/record/mod.ts";
import { formatSpread } from "../lib/report/format.ts";
import type { CaseResult } from "./bench_self/case.ts";
import { type Lateness, LATENESS_RATES, measureLateness } from "./bench_self/lateness.ts";
import {
  measureRecording,
  ratioText,
  type RecordedPair,
  type RecordingCost,
} from "./bench_self/recording.ts";

const ROUND_COUNT = 7;
/** Processes in which the real recorder and one that notes nothing take turns, and pairs with one of them each. */
const RECORDING_COUNTS = { timeCount: 12, memoryCount: 6 };
const FOLDER = new URL("./bench_self/", import.meta.url);
const OPERATIONS = ["noop", "await"] as const;
const CASES: readonly (readonly [harness: string, operation: string])[] = [
  ...OPERATIONS.flatMap((operation) =>
    ["watchbench", "tinybench", "mitata", "Deno.bench", "bare-loop"].map((harness) =>
      [harness, operation] as const
    )
  ),
  ["watchbench", "emission"],
];

/** The file that holds every round. */
interface SelfBench {
  readonly startedAt: string;
  readonly environment: ReturnType<typeof readEnvironment>;
  readonly rounds: readonly Readonly<Record<string, CaseResult>>[];
  readonly recording: readonly RecordingCost[];
}

async function runCase(harness: string, operation: string): Promise<CaseResult> {
  const config = `--config=${new URL("deno.json", FOLDER).pathname}`;
  const args = harness === "Deno.bench"
    ? [
      "bench",
      "--json",
      "--no-check",
      config,
      `--filter=${operation}`,
      new URL("deno_bench.ts", FOLDER).pathname,
    ]
    : ["run", "--no-prompt", "--frozen", config, "--allow-env", "--allow-sys"]
      .concat(new URL("case.ts", FOLDER).pathname, harness, operation);
  const output = await new Deno.Command(Deno.execPath(), { args, stderr: "inherit" }).output();
  if (!output.success) throw new Error(`Cannot measure ${harness} ${operation}: exit code ${output.code}`);
  const text = new TextDecoder().decode(output.stdout);
  if (harness !== "Deno.bench") return JSON.parse(text.trim().split("\n").at(-1)!) as CaseResult;
  const report = JSON.parse(text) as { benches: { results: { ok: { avg: number } }[] }[] };
  return { reportedNs: report.benches[0]!.results[0]!.ok.avg };
}

function render({ startedAt, environment, rounds, recording }: SelfBench): string {
  const rows = CASES.map(([harness, operation]) => {
    const results = rounds.map((round) => round[`${harness} ${operation}`]!);
    const walls = results.flatMap(({ wallNs }) => wallNs ?? []);
    return [
      operation,
      harness,
      formatSpread(results.map(({ reportedNs }) => reportedNs), "ns"),
      walls.length === 0 ? "" : formatSpread(walls, "ns"),
    ];
  });
  return [
    "# What measuring costs",
    "",
    `${startedAt}, ${environment.cpuModel}, ${environment.coreCount} cores, Deno ${environment.deno}. ` +
    `${rounds.length} rounds, one process per case, order rotated. Best / median / worst round.`,
    "",
    markdownTable([["operation", "harness", "reported per operation", "wall per operation"], ...rows]),
    "",
    "`watchbench` is the loop that times operations in every block: two clock readings per operation, one await when " +
    "it answers with a promise. `emission` is what recording one delivery of one row with three values costs the " +
    "listener. Repeat with `deno task bench:self`.",
    "",
    "## What recording costs a database",
    "",
    "Real recorder divided by one that looks at every value and notes nothing, at standard scale: the median, and in " +
    `brackets the middle half. Times are of ${RECORDING_COUNTS.timeCount} processes in which the two took turns, piece ` +
    `by piece of a phase; memory is of ${RECORDING_COUNTS.memoryCount} pairs of processes with one of them each.`,
    "",
    markdownTable([
      ["cell", "caller CPU", "peak memory", ...KINDS.map(([kind]) => kind)],
      ...recording.map(recordingRow),
    ]),
    "",
    "Times of operations are medians of a process; `emission` is the time in listeners per emission, with the nanoseconds " +
    "that recording adds to each.",
    "",
  ].join("\n");
}

/** Kinds of operations, by the labels that they have in the workloads. */
const KINDS: readonly (readonly [kind: string, ...labels: string[]])[] = [
  ["read", "read last 20"],
  ["write", "update conversation", "update"],
  ["batch", "batch insert"],
  ["emission"],
];

function recordingRow({ cell, times, peakMemoryBytes }: RecordingCost): string[] {
  const of = <T>(pairs: readonly RecordedPair<T>[], value: (one: T) => number | null | undefined): string => {
    const both = pairs.flatMap((pair): [number, number][] => {
      const [real, base] = [value(pair.real), value(pair.null)];
      return real == null || base == null || base === 0 ? [] : [[real, base]];
    });
    return both.length === 0 ? "" : ratioText(both);
  };
  const emissionNs = times.flatMap(({ real, null: base }) =>
    real.emissionNs === null || base.emissionNs === null ? [] : [real.emissionNs - base.emissionNs]
  );
  return [
    cell,
    of(times, ({ callerCpuNs }) => callerCpuNs),
    of(peakMemoryBytes, (bytes) => bytes),
    ...KINDS.map(([kind, ...labels]) =>
      kind !== "emission"
        ? of(times, ({ operationNs }) => operationNs[labels.find((label) => label in operationNs) ?? ""])
        : emissionNs.length === 0
        ? ""
        : `+${Math.round(emissionNs.toSorted((a, b) => a - b)[emissionNs.length >> 1]!)} ns`
    ),
  ];
}

/** How often each rate is asked, each time in a process of its own. */
const LATENESS_ROUND_COUNT = 5;

/** The file that holds every plan. */
interface LatenessFile {
  readonly startedAt: string;
  readonly environment: ReturnType<typeof readEnvironment>;
  readonly rounds: readonly (readonly Lateness[])[];
}

function renderLateness({ startedAt, environment, rounds }: LatenessFile): string {
  const rows = LATENESS_RATES.map((rate) => {
    const own = rounds.flat().filter(({ ratePerSecond }) => ratePerSecond === rate);
    const of = (key: "toldP99Ns" | "p50Ns" | "p99Ns" | "maxNs"): string =>
      formatSpread(own.map((one) => one[key]), "ns");
    return [
      `${rate}/s`,
      String(own[0]!.operationCount),
      of("p50Ns"),
      of("p99Ns"),
      of("maxNs"),
      of("toldP99Ns"),
    ];
  });
  return [
    "# How late the bench calls operations that are due",
    "",
    `${startedAt}, ${environment.cpuModel}, ${environment.coreCount} cores, Deno ${environment.deno}. ` +
    `${rounds.length} Poisson plans for each rate, each in a fresh process, beside an adapter that answers at once and ` +
    "keeps nothing. Best / median / worst plan.",
    "",
    markdownTable([
      ["rate", "operations", "due to call p50", "due to call p99", "due to call, longest", "told p99"],
      ...rows,
    ]),
    "",
    "`told` is what a block says of itself (`generator_late_p99_ns`): the same delay without the CPU time that the calling " +
    "thread used meanwhile, which next to a database is the database's. Repeat with `deno task bench:self --lateness`.",
    "",
  ].join("\n");
}

async function benchLateness(): Promise<void> {
  const startedAt = new Date().toISOString();
  const rounds: Lateness[][] = [];
  for (let round = 0; round < LATENESS_ROUND_COUNT; round++) {
    rounds.push(await measureLateness(round));
    console.error(`Round ${round + 1} of ${LATENESS_ROUND_COUNT} is done`);
  }
  const file: LatenessFile = { startedAt, environment: readEnvironment(), rounds };
  const report = renderLateness(file);
  await Deno.writeTextFile("results/generator-late.json", JSON.stringify(file, null, 2) + "\n");
  await Deno.writeTextFile("results/generator-late.md", report);
  console.log(report);
}

const HELP = `
Takes about five minutes. Writes results/bench-self.json (every round) and results/bench-self.md. --lateness takes one
minute and writes results/generator-late.json and results/generator-late.md.
Exit codes: 0 fine, 1 a case could not be measured, 2 usage, 3 the disk did not take the files.`;

export async function benchSelf(args: readonly string[]): Promise<number> {
  const command = new Command("bench:self")
    .description("Measures what measuring costs, beside other harnesses in the same run.")
    .allowExcessArguments(false)
    .option("--lateness", "measure how late operations are called that are due, and nothing else", false)
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return EXIT.fine;
  if (command.opts<{ lateness: boolean }>().lateness) {
    await benchLateness();
    return EXIT.fine;
  }
  const startedAt = new Date().toISOString();
  const rounds: Record<string, CaseResult>[] = [];
  for (let round = 0; round < ROUND_COUNT; round++) {
    const results: Record<string, CaseResult> = {};
    for (let step = 0; step < CASES.length; step++) {
      const [harness, operation] = CASES[(step + round) % CASES.length]!;
      results[`${harness} ${operation}`] = await runCase(harness, operation);
    }
    rounds.push(results);
    console.error(`Round ${round + 1} of ${ROUND_COUNT} is done`);
  }
  const recording = await measureRecording(
    RECORDING_COUNTS,
    (cell, done, of) => console.error(`${cell}: process ${done} of ${of} is done`),
  );
  const selfBench: SelfBench = { startedAt, environment: readEnvironment(), rounds, recording };
  const report = render(selfBench);
  await Deno.writeTextFile("results/bench-self.json", JSON.stringify(selfBench, null, 2) + "\n");
  await Deno.writeTextFile("results/bench-self.md", report);
  console.log(report);
  return EXIT.fine;
}

if (import.meta.main) {
  try {
    Deno.exit(await benchSelf(Deno.args));
  } catch (error) {
    Deno.exit(reportFailure("bench:self", error));
  }
}
