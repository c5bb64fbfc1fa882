/**
 * `deno task bench:check [count]`: how long `deno task check` takes over this repository, and over it with many more
 * stored runs.
 *
 * Checks a clone of the last commit, in a process of its own, some rounds after each other. Writes
 * `results/bench-check.json` (every round) and `results/bench-check.md` (best, median and worst round).
 */
import { join } from "node:path";
import { Command } from "commander";
import { markdownTable } from "markdown-table";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { UsageError } from "../lib/model/mod.ts";
import { listRuns, loadRun, readEnvironment, replaceFile } from "../lib/record/mod.ts";
import { formatCount, formatSpread } from "../lib/report/format.ts";
import { reporterById } from "../lib/report/mod.ts";
import { generateRuns } from "../lib/testing/generate_runs.ts";
import { recordFixture } from "../lib/testing/record_fixture.ts";

const ROUND_COUNT = 5;
const DEFAULT_COUNT = 1000;

/** One size of the repository. */
interface CheckedSize {
  /** Stored runs, the generated ones among them. */
  readonly runCount: number;
  /** Of them, made for this. */
  readonly generatedCount: number;
  /** Wall time of the whole command, starting it included, one per round. */
  readonly wallNs: readonly number[];
}

/** The file that holds every round. */
interface CheckBench {
  readonly startedAt: string;
  readonly environment: ReturnType<typeof readEnvironment>;
  readonly sizes: readonly CheckedSize[];
}

/** Adds generated runs with their reports to a results folder. */
function addRuns(results: string, count: number): void {
  const known = new Set(listRuns(results).runs.map(({ folder }) => folder));
  generateRuns(recordFixture(), results, count);
  for (const { folder } of listRuns(results).runs) {
    if (known.has(folder)) continue;
    replaceFile(join(folder, "report.md"), reporterById("markdown").render(loadRun(folder)));
  }
}

/** Runs the clone's own check, so that changes which are not committed yet play no part. */
async function timeCheck(root: string): Promise<number> {
  const start = performance.now();
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--allow-write", "--allow-env", "scripts/check.ts"],
    cwd: root,
    env: { GITHUB_ACTIONS: "", NO_COLOR: "1" },
    stderr: "inherit",
  }).output();
  const wallNs = (performance.now() - start) * 1e6;
  if (code === EXIT.fine) return wallNs;
  throw new UsageError(
    `Cannot measure the check as everything must hold:\n${new TextDecoder().decode(stdout)}`,
  );
}

async function checkedSize(root: string, generatedCount: number): Promise<CheckedSize> {
  const wallNs: number[] = [];
  for (let round = 0; round < ROUND_COUNT; round++) wallNs.push(await timeCheck(root));
  const runCount = listRuns(join(root, "results")).runs.length;
  console.error(`${formatCount(runCount)} runs are done`);
  return { runCount, generatedCount, wallNs };
}

function render({ startedAt, environment, sizes }: CheckBench): string {
  const rows = sizes.map(({ runCount, generatedCount, wallNs }) => [
    formatCount(runCount),
    formatCount(generatedCount),
    formatSpread(wallNs, "ns"),
  ]);
  return [
    "# How long the check takes",
    "",
    `${startedAt}, ${environment.cpuModel}, ${environment.coreCount} cores, Deno ${environment.deno}. ` +
    `${ROUND_COUNT} rounds, one process each. Best / median / worst round.`,
    "",
    markdownTable([["stored runs", "of them generated", "wall"], ...rows], {
      align: ["r", "r", "r"],
    }),
    "",
    "All checks of `deno task check`, over a clone of the commit with generated runs added, starting the process " +
    `included. A generated run has ${formatCount(recordFixture().results.length)} blocks. Repeat with ` +
    "`deno task bench:check`.",
    "",
  ].join("\n");
}

async function benchCheck(count: number): Promise<void> {
  const startedAt = new Date().toISOString();
  const folder = Deno.makeTempDirSync({ prefix: "watchbench-check-" });
  try {
    const root = join(folder, "clone");
    const { success } = await new Deno.Command("git", {
      args: ["clone", "--quiet", ".", root],
      stderr: "inherit",
    }).output();
    if (!success) {
      throw new UsageError("Cannot measure the check as git must clone this repository: it failed");
    }
    const alone = await checkedSize(root, 0);
    addRuns(join(root, "results"), count);
    const sizes = [alone, await checkedSize(root, count)];
    const measured: CheckBench = { startedAt, environment: readEnvironment(), sizes };
    const report = render(measured);
    replaceFile("results/bench-check.json", JSON.stringify(measured, null, 2) + "\n");
    replaceFile("results/bench-check.md", report);
    console.log(report);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  try {
    const command = new Command("bench:check")
      .description(
        "Measures deno task check over a clone of the last commit, and over it with generated runs.",
      )
      .argument("[count]", "runs to generate", String(DEFAULT_COUNT));
    if (parseCommand(command, Deno.args)) {
      const count = Number(command.processedArgs[0]);
      if (!Number.isSafeInteger(count) || count < 1) {
        throw new UsageError(`Cannot generate runs as their number must be 1 or more: got "${Deno.args[0]}"`);
      }
      await benchCheck(count);
    }
  } catch (error) {
    Deno.exit(reportFailure("bench:check", error));
  }
}
