/**
 * `deno task bench:archive`: how long the archive takes over 10,000 runs, imported from run folders, and over 1,000,000, which are
 * generated as Parquet. Leaves `results/archive/<moment>.json`.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { Command } from "commander";
import { EXIT } from "../../lib/cli/exit_code.ts";
import { reportFailure } from "../../lib/cli/failure.ts";
import { parseCommand } from "../../lib/cli/parse_command.ts";
import { UsageError } from "../../lib/model/mod.ts";
import { readHost } from "../../lib/record/mod.ts";
import { type ArchivePass, storeArchiveStudy } from "../../lib/scaling/archive_study.ts";
import { readBenchFacts } from "../../lib/scaling/bench_facts.ts";
import { generateRuns } from "../../lib/testing/generate_runs.ts";
import { recordFixture } from "../../lib/testing/record_fixture.ts";
import { generateArchive } from "./generate_archive.ts";

const IMPORTED_RUNS = 10_000;
const GENERATED_RUNS = 1_000_000;
const ROUND_COUNT = 3;

async function bench(args: readonly string[]): Promise<number> {
  const command = new Command("bench:archive")
    .description("Measures imports and histories over 10,000 and 1,000,000 generated runs.")
    .option("-o, --out <folder>", "folder of results", "results");
  if (!parseCommand(command, args)) return EXIT.fine;
  const { out } = command.opts<{ out: string }>();
  const [begun, before] = [new Date(), readHost()];
  const folder = Deno.makeTempDirSync({ prefix: "watchbench-archive-" });
  try {
    const [runs, small, large] = ["runs", "small", "large"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    console.error(`Generating ${IMPORTED_RUNS} run folders`);
    generateRuns(recordFixture(), runs, IMPORTED_RUNS);
    const folders = [...Deno.readDirSync(runs)].map(({ name }) => join(runs, name)).sort();
    console.error("Importing them");
    const added = await run("archive.ts", ["add", ...folders, "--to", small]);
    const again = await run("archive.ts", ["add", ...folders.slice(0, 100), "--to", small]);
    const [cell] = recordFixture().settings.cells;
    const imported = await passes(small, cell!.workload, cell!.adapter);
    console.error(`Generating ${GENERATED_RUNS} runs`);
    const startMs = performance.now();
    await generateArchive(large, GENERATED_RUNS);
    const generateMs = performance.now() - startMs;
    const generated = await passes(large, "keyed-pk", "watchlite");
    const study = {
      ...readBenchFacts(begun, before, readHost()),
      imported: {
        runCount: IMPORTED_RUNS,
        blocksPerRun: recordFixture().results.length,
        addMs: added.wallMs,
        addHundredAgainMs: again.wallMs,
        archiveBytes: sizeOf(small),
        history: imported,
      },
      generated: {
        runCount: GENERATED_RUNS,
        generateMs,
        archiveBytes: sizeOf(large),
        history: generated,
      },
      harnessPeakBytes: process.resourceUsage().maxRSS * 1024,
    };
    const file = storeArchiveStudy(out, study);
    console.log(JSON.stringify(study, null, 1));
    console.log(`Wrote ${file}`);
    return EXIT.fine;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Rounds of a history, each in a process of its own; files are in the system's cache after the first one. */
async function passes(archive: string, workload: string, adapter: string): Promise<ArchivePass[]> {
  const results: ArchivePass[] = [];
  for (let round = 0; round < ROUND_COUNT; round++) {
    const { text } = await run("bench_pass.ts", [archive, workload, adapter]);
    results.push(JSON.parse(text.trim().split("\n").at(-1)!));
  }
  return results;
}

async function run(
  script: string,
  args: readonly string[],
): Promise<{ readonly wallMs: number; readonly text: string }> {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const startMs = performance.now();
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--no-prompt",
      "-A",
      "--config",
      join(here, "deno.json"),
      join(here, script),
      ...args,
    ],
  }).output();
  const wallMs = performance.now() - startMs;
  if (success) return { wallMs, text: new TextDecoder().decode(stdout) };
  throw new UsageError(
    `Cannot measure ${script} as it must end well: ${new TextDecoder().decode(stderr).slice(0, 2000)}`,
  );
}

function sizeOf(folder: string): number {
  let bytes = 0;
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    bytes += isDirectory ? sizeOf(path) : Deno.statSync(path).size;
  }
  return bytes;
}

if (import.meta.main) {
  try {
    Deno.exit(await bench(Deno.args));
  } catch (error) {
    Deno.exit(reportFailure("bench:archive", error));
  }
}
