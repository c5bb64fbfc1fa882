/**
 * `deno task experiment`: plan an experiment, measure its arms side by side, compute the verdict by the rule that was
 * settled before, and record it.
 */
import { join } from "node:path";
import { ADAPTERS } from "../lib/adapters/mod.ts";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { findRun } from "../lib/cli/find_run.ts";
import { skipReason } from "../lib/cli/select_cells.ts";
import { jsonPathText } from "../lib/experiments/sources/json_path.ts";
import {
  claimId,
  DIRECTIONS_FOLDER,
  EXPERIMENTS_FOLDER,
  findExperiment,
  IDS_FOLDER,
  type LoadedExperiment,
  loadExperiments,
  paddedId,
  type Research,
  validateExperiment,
} from "../lib/experiments/mod.ts";
import { claimBearings } from "../lib/experiments/rules/bearing.ts";
import { blockCosts } from "../lib/experiments/run/block_costs.ts";
import { calibratedFloors, type Calibration, loadCalibration } from "../lib/experiments/run/calibration.ts";
import { judgeExperiment, type Judgement } from "../lib/experiments/run/judge.ts";
import { comparedCriteria, type ExperimentLanes, roundGroups } from "../lib/experiments/run/lanes.ts";
import { measure, type MeasuredRun } from "../lib/experiments/run/measure.ts";
import { type ExperimentOptions, parseExperimentArguments } from "../lib/experiments/run/options.ts";
import {
  buildOutcome,
  decisionOf,
  type ExperimentModule,
  requireCleanTree,
  requireLanes,
  requireOutcome,
  requireOwnRun,
  requireRecordable,
  runLabel,
  storeOutcome,
  withRepetition,
} from "../lib/experiments/run/outcome.ts";
import { modelImport, skeleton } from "../lib/experiments/run/skeleton.ts";
import {
  describeExperimentPlan,
  describeExperiments,
  describeVerdict,
  statusOf,
  verdictJson,
} from "../lib/experiments/run/text.ts";
import { METRICS } from "../lib/metrics/mod.ts";
import { didYouMean, UsageError } from "../lib/model/mod.ts";
import { commitOf, loadRun, readEnvironment } from "../lib/record/mod.ts";
import { BLOCKS_PER_SIDE, lookSchedule } from "../lib/stats/mod.ts";
import { WORKLOADS } from "../workloads/mod.ts";

const BLOCK_TIMEOUT_MS = 120_000;
const VOCABULARY = { adapters: ADAPTERS, workloads: WORKLOADS, metrics: METRICS };

async function main(options: ExperimentOptions): Promise<number> {
  const research = await loadExperiments(options.root);
  if (options.slug !== undefined) return begin(options.root, options.slug, research);
  if (options.list) return list(options, research);

  const loaded = soundExperiment(research, options.id!);
  const resultsFolder = options.out ?? join(options.root, "results");
  const { experiment } = loaded;
  const lanes = requireLanes(loaded);
  const budgetMs = options.budget ?? experiment.rounds.budgetSeconds * 1000;
  if (options.dryRun) {
    const keys = lanes.groups.flat().map(({ cell: { key } }) => key);
    const calibration = loadCalibration(resultsFolder, readEnvironment(options.root).machineId);
    console.log(
      describeExperimentPlan(loaded, lanes, {
        costs: blockCosts(resultsFolder, keys),
        budgetSeconds: budgetMs / 1000,
        notes: await planNotes(options, loaded, lanes, calibration),
      }),
    );
    return EXIT.fine;
  }
  if (options.record) {
    requireRecordable(loaded, options.force);
    // Before anything is measured: the run itself is checked below.
    if (options.from === undefined) requireCleanTree(loaded.id, readEnvironment(options.root));
  }
  if (options.repetition) {
    requireOutcome(loaded);
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
      : describeVerdict(loaded, judgement, decision, ending),
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
    const outcome = await buildOutcome(
      loaded,
      loaded.exports as ExperimentModule,
      record,
      judgement,
      new Date(),
    );
    console.error(`Wrote ${storeOutcome(options.root, loaded, outcome)}`);
    console.error(
      'Next: say in "learned" what it taught, remove "withoutEvidence", run deno task signals generate',
    );
  }
  if (options.repetition) {
    requireCleanTree(loaded.id, record.environment);
    const outcome = withRepetition(loaded, record, judgement);
    console.error(`Wrote ${storeOutcome(options.root, loaded, outcome)}`);
    const bearings = claimBearings(experiment, outcome).filter(({ replication: { run } }) =>
      run === record.id
    );
    for (const { claim, bearing } of bearings) {
      console.error(`It ${bearing === "tells nothing" ? "tells nothing about" : bearing} claim ${claim}`);
    }
    console.error('Next: say in "learned" what it adds, run deno task signals generate');
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
  const day = new Date().toISOString().slice(0, 10);
  const directionIds = directions.map((one) => one.id);
  // A slug that cannot be used must claim no id.
  const model = modelImport(root);
  skeleton("000", slug, day, directionIds, model);
  const id = claimId(root, slug, experiments.map((one) => one.id));
  const { name, text } = skeleton(id, slug, day, directionIds, model);
  const path = join(root, EXPERIMENTS_FOLDER, name);
  Deno.writeTextFileSync(path, text, { createNew: true });
  console.log(path);
  console.error(
    `Claimed id ${id} in ${IDS_FOLDER}/${id}: commit it with the experiment. Next: fill it in, and commit it before it is ` +
      "measured; deno task signals generate writes its page",
  );
  return EXIT.fine;
}

/** The experiment that was meant, known to be sound. Throws a UsageError for an unknown name and for one that cannot be run. */
function soundExperiment({ experiments, directions, faults }: Research, typed: string): LoadedExperiment {
  const unread = faults.filter(({ file }) => file.startsWith(`${EXPERIMENTS_FOLDER}/${paddedId(typed)}_`));
  const messages = unread.map(({ line, path, message }) =>
    [...(line === undefined ? [] : [`line ${line}`]), ...(path === undefined ? [] : [path]), message].join(
      ": ",
    )
  );
  if (messages.length === 0) {
    const loaded = findExperiment(experiments, typed);
    messages.push(
      ...validateExperiment(loaded.experiment, VOCABULARY)
        .map(({ path, message }) => `${jsonPathText(path)}: ${message}`),
      ...unknownDirections(loaded, directions.map(({ id }) => id)),
    );
    if (messages.length === 0) return loaded;
  }
  throw new UsageError(
    `Cannot run experiment ${paddedId(typed)} as it must be sound:\n${
      messages.map((one) => `- ${one}`).join("\n")
    }`,
  );
}

function unknownDirections({ experiment }: LoadedExperiment, known: readonly string[]): string[] {
  // A repository that is only beginning has none.
  if (known.length === 0) return [];
  return experiment.directions.flatMap((id, index) =>
    known.includes(id) ? [] : [
      `directions[${index}]: no direction is called "${id}"${didYouMean(id, known)}: there are ${
        known.join(", ")
      } in ${DIRECTIONS_FOLDER}`,
    ]
  );
}

/** What stands in the way of a run, or of believing it, as far as can be told before it. */
async function planNotes(
  { root }: ExperimentOptions,
  { id, experiment }: LoadedExperiment,
  lanes: ExperimentLanes,
  calibration: Calibration | undefined,
): Promise<string[]> {
  const floorOf = calibratedFloors(experiment, calibration, BLOCKS_PER_SIDE);
  const floors = comparedCriteria(experiment).map(([criterion, arm]) =>
    floorOf(criterion, arm, experiment.rounds.least)
  );
  const missing = floors.filter(({ isCalibrated }) => !isCalibrated).length;
  const revisions = [...new Set(experiment.arms.flatMap(({ revision }) => revision ?? []))];
  const unknown = await Promise.all(
    revisions.map(async (revision) => await commitOf(root, revision) === undefined ? [revision] : []),
  );
  const { commit, isDirty } = readEnvironment(root);
  return [
    ...(missing === 0 ? [] : [
      `Not calibrated on this machine: ${
        missing === floors.length
          ? "the measurement noise is"
          : `the noise of ${missing} of ${floors.length} comparisons is`
      } supposed to be 3 %; deno task calibrate --id ${id} measures them`,
    ]),
    ...new Set(lanes.groups.flat().flatMap((one) => skipReason(one) ?? [])),
    ...unknown.flat().map((revision) =>
      `Revision "${revision}" is no commit, tag or branch of this repository: its arm cannot run`
    ),
    ...(commit !== undefined && isDirty === false
      ? []
      : ["The working tree has changes, or no commit: --record needs what a commit says"]),
  ];
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
    isEnough: (run, measuredCount) => {
      const { results, roundCount } = judgeExperiment(experiment, run, floorOf);
      if (measuredCount === 1) tellUnmeasured(results);
      if (roundCount >= most) return true;
      // Looking more often than planned would spend more.
      return looks.includes(roundCount) && results.every(({ result }) => result !== "undecided");
    },
  });
}

/** A criterion about what nothing measures can never pass: told after a round, not after an hour. */
function tellUnmeasured(results: Judgement["results"]): void {
  for (const { criterion, arm, value, note } of results) {
    if (value !== null) continue;
    console.error(
      `After the first round ${criterion}, ${arm}, cannot be judged: ${note}. Ctrl-C keeps what was measured`,
    );
  }
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
