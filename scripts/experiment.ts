/**
 * `deno task experiment`: plan an experiment, measure its arms side by side, compute the verdict by the rule that was
 * settled before, and record it.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ADAPTERS } from "../lib/adapters/mod.ts";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { findRun } from "../lib/cli/find_run.ts";
import {
  EXPERIMENTS_FOLDER,
  type LoadedExperiment,
  loadExperiments,
  nextId,
  type Research,
  validateExperiment,
} from "../lib/experiments/mod.ts";
import { blockCosts } from "../lib/experiments/run/block_costs.ts";
import { calibratedFloors, loadCalibration } from "../lib/experiments/run/calibration.ts";
import { judgeExperiment } from "../lib/experiments/run/judge.ts";
import { roundGroups } from "../lib/experiments/run/lanes.ts";
import { measure, type MeasuredRun } from "../lib/experiments/run/measure.ts";
import { type ExperimentOptions, parseExperimentArguments } from "../lib/experiments/run/options.ts";
import {
  buildOutcome,
  decisionOf,
  type ExperimentModule,
  requireCleanTree,
  requireLanes,
  requireOwnRun,
  requireRecordable,
  runLabel,
  storeOutcome,
} from "../lib/experiments/run/outcome.ts";
import { skeleton } from "../lib/experiments/run/skeleton.ts";
import {
  describeExperimentPlan,
  describeExperiments,
  describeVerdict,
  statusOf,
  verdictJson,
} from "../lib/experiments/run/text.ts";
import { METRICS } from "../lib/metrics/mod.ts";
import { UsageError } from "../lib/model/mod.ts";
import { loadRun, readEnvironment } from "../lib/record/mod.ts";
import { BLOCKS_PER_SIDE, lookSchedule } from "../lib/stats/mod.ts";
import { WORKLOADS } from "../workloads/mod.ts";

const BLOCK_TIMEOUT_MS = 120_000;

async function main(options: ExperimentOptions): Promise<number> {
  const research = await loadExperiments(options.root);
  if (options.slug !== undefined) return begin(options.root, options.slug, research);
  if (options.list) return list(options, research);

  const loaded = findExperiment(research, options.id!);
  const resultsFolder = options.out ?? join(options.root, "results");
  const { experiment } = loaded;
  const lanes = requireLanes(loaded);
  const budgetMs = options.budget ?? experiment.rounds.budgetSeconds * 1000;
  if (options.dryRun) {
    const keys = lanes.groups.flat().map(({ cell: { key } }) => key);
    console.log(describeExperimentPlan(loaded, lanes, blockCosts(resultsFolder, keys), budgetMs / 1000));
    return EXIT.fine;
  }
  if (options.record) {
    requireRecordable(loaded, options.force);
    // Before anything is measured: the run itself is checked below.
    if (options.from === undefined) requireCleanTree(loaded.id, readEnvironment(options.root));
  }

  const { folder, record, ending } = options.from === undefined
    ? await measureExperiment(options, loaded, resultsFolder, budgetMs)
    : storedRun(findRun(options.from, resultsFolder));
  requireOwnRun(loaded, record);
  const calibration = loadCalibration(resultsFolder, record.environment.machineId);
  const judgement = judgeExperiment(
    experiment,
    record,
    calibratedFloors(experiment, calibration, record.settings.blocksPerSide ?? 1),
  );
  const decision = decisionOf(experiment, judgement);
  console.log(
    options.json
      ? verdictJson(loaded, record.id, ending, judgement, decision)
      : describeVerdict(loaded, judgement, decision),
  );
  console.error(`Evidence: ${folder}`);
  if (ending === "interrupted") {
    console.error(
      `Interrupted: what was measured is kept, nothing is recorded: go on with --resume ${folder}`,
    );
    return EXIT.interrupted;
  }
  if (options.record) {
    requireCleanTree(loaded.id, record.environment);
    const module = await import(pathToFileURL(Deno.realPathSync(join(options.root, loaded.file))).href);
    const outcome = await buildOutcome(loaded, module as ExperimentModule, record, judgement, new Date());
    console.error(`Wrote ${storeOutcome(options.root, loaded, outcome)}`);
    console.error(
      'Next: say in "learned" what it taught, remove "withoutEvidence", run deno task signals generate',
    );
  }
  const isFine = record.results.every((block) =>
    block.status === "measured" && block.verdict === "converged"
  );
  return isFine ? EXIT.fine : EXIT.wrong;
}

function list({ json }: ExperimentOptions, { experiments, faults }: Research): number {
  console.log(
    json
      ? JSON.stringify(
        experiments.map((loaded) => ({
          id: loaded.id,
          slug: loaded.slug,
          title: loaded.experiment.title,
          experimentClass: loaded.experiment.experimentClass,
          status: statusOf(loaded),
        })),
        null,
        2,
      )
      : describeExperiments(experiments),
  );
  for (const { file, message } of faults) console.error(`${file}: ${message}`);
  return faults.length === 0 ? EXIT.fine : EXIT.wrong;
}

function begin(root: string, slug: string, { experiments, directions }: Research): number {
  const { name, text } = skeleton(
    nextId(experiments.map(({ id }) => id)),
    slug,
    new Date().toISOString().slice(0, 10),
    directions[0]?.id ?? "measurement-system",
  );
  const path = join(root, EXPERIMENTS_FOLDER, name);
  Deno.mkdirSync(join(root, EXPERIMENTS_FOLDER), { recursive: true });
  // Two who begin at the same moment must not write over each other.
  Deno.writeTextFileSync(path, text, { createNew: true });
  console.log(path);
  return EXIT.fine;
}

/** The experiment of an id, known to be sound. Throws a UsageError for an unknown id and for one that cannot be run. */
function findExperiment({ experiments, faults }: Research, typed: string): LoadedExperiment {
  const id = typed.replace(/^\d+/, (digits) => digits.padStart(3, "0"));
  const loaded = experiments.find((one) => one.id === id);
  const own = faults.filter(({ file }) => file.startsWith(`${EXPERIMENTS_FOLDER}/${id}_`));
  const messages = [
    ...own.map(({ path, message }) => path === undefined ? message : `${path}: ${message}`),
    ...(loaded === undefined
      ? []
      : validateExperiment(loaded.experiment, { adapters: ADAPTERS, workloads: WORKLOADS, metrics: METRICS })
        .map(({ path, message }) => `${path.join(".")}: ${message}`)),
  ];
  if (messages.length > 0) {
    throw new UsageError(
      `Cannot run experiment ${id} as it must be sound:\n${messages.map((one) => `- ${one}`).join("\n")}`,
    );
  }
  if (loaded !== undefined) return loaded;
  const known = experiments.length === 0
    ? "there are none"
    : `there are ${experiments.map((one) => one.id).join(", ")}`;
  throw new UsageError(`Cannot find experiment "${typed}": ${known}`);
}

function measureExperiment(
  { root, resume }: ExperimentOptions,
  loaded: LoadedExperiment,
  resultsFolder: string,
  budgetMs: number,
): Promise<MeasuredRun> {
  const { experiment } = loaded;
  const { least, most, seed = 0 } = experiment.rounds;
  const looks = lookSchedule(least, most);
  const calibration = loadCalibration(resultsFolder, readEnvironment(root).machineId);
  const floorOf = calibratedFloors(experiment, calibration, BLOCKS_PER_SIDE);
  return measure({
    label: runLabel(loaded),
    resultsFolder,
    root,
    groups: roundGroups(experiment, requireLanes(loaded), BLOCKS_PER_SIDE),
    blocksPerSide: BLOCKS_PER_SIDE,
    seed,
    // Disturbed rounds are measured again, but a machine that is disturbed half of the time is no place to measure.
    mostRounds: most + Math.ceil(most / 2),
    budgetMs,
    timeoutMs: BLOCK_TIMEOUT_MS,
    ...(resume === undefined ? {} : { resume: findRun(resume, resultsFolder) }),
    isEnough: (run) => {
      const { results, roundCount } = judgeExperiment(experiment, run, floorOf);
      if (roundCount >= most) return true;
      // Looking more often than planned would spend more.
      return looks.includes(roundCount) && results.every(({ result }) => result !== "undecided");
    },
  });
}

function storedRun(folder: string): MeasuredRun {
  const record = loadRun(folder);
  return { folder, record, ending: record.status === "complete" ? "enough" : "interrupted" };
}

if (import.meta.main) {
  try {
    const options = parseExperimentArguments(Deno.args);
    Deno.exit(options === undefined ? EXIT.fine : await main(options));
  } catch (error) {
    Deno.exit(reportFailure("experiment", error));
  }
}
