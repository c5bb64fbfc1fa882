/** Checks of single experiments: the files, the evidence, what was settled, the verdicts. */
import { messageOf } from "../../model/errors.ts";
import type { Criterion, CriterionResult, Outcome, OutcomeTable } from "../../model/experiment.ts";
import { decide } from "../rules/decide.ts";
import { type Fault, faultAt } from "../sources/fault.ts";
import type { JsonPath } from "../sources/json_path.ts";
import { criteriaOf, judgedArms } from "../rules/judged_arms.ts";
import type { LoadedExperiment } from "../sources/load_experiments.ts";
import { outcomeDigest, outcomeFileText } from "../sources/preregistration.ts";
import { idFaults } from "../sources/id_claims.ts";
import { firstDifference } from "../sources/text_difference.ts";
import { allows, intervalAnswer, validateExperiment } from "../rules/validate_experiment.ts";
import { describeDisposition } from "../rules/wording.ts";
import type { Check, CheckView, Recomputed } from "./check.ts";

/** Every experiment can be read and planned. */
export const experimentFiles: Check = {
  id: "experiments",
  title:
    "Experiment files have the right shape and their own id, name what exists, and do not contradict themselves",
  run({ input: { root, research, vocabulary } }) {
    return [
      ...research.faults,
      ...idFaults(root, research.experiments),
      ...research.experiments.flatMap(({ file, experiment }) =>
        validateExperiment(experiment, vocabulary)
          .map(({ rule, path, message }) => faultAt(file, rule, path, message))
      ),
    ];
  },
};

/** Nothing is claimed without runs that anybody can look at. */
export const evidence: Check = {
  id: "evidence",
  title: "Every experiment has an outcome with stored runs, or says why not",
  run(view) {
    const digests = new Map(view.runs.map(({ name, header }) => [name, header?.sha256]));
    return view.input.research.experiments.flatMap((loaded) => evidenceFaults(loaded, digests));
  },
};

function evidenceFaults(
  { file, experiment, outcome, outcomeFile, outcomeText }: LoadedExperiment,
  digests: ReadonlyMap<string, string | undefined>,
): Fault[] {
  const { withoutEvidence, learned } = experiment;
  if (outcome === undefined) {
    // An outcome that cannot be read is named by the check of files.
    if (withoutEvidence !== undefined || outcomeText !== undefined) return [];
    const message = 'an experiment must have an outcome, or say in "withoutEvidence" why it has none';
    return [{ rule: "outcome-missing", file, message }];
  }
  const faults: Fault[] = [];
  const add = (rule: string, path: JsonPath, message: string): void => {
    faults.push(faultAt(outcomeFile, rule, path, message, outcomeText));
  };
  if (outcome.evidence.length === 0 && withoutEvidence === undefined) {
    add(
      "evidence-missing",
      ["evidence"],
      'an outcome must name its runs, or the experiment say why in "withoutEvidence"',
    );
  }
  if (outcome.evidence.length > 0 && withoutEvidence !== undefined) {
    const message = '"withoutEvidence" must be removed once there is evidence';
    faults.push({ rule: "evidence-contradicted", file, message });
  }
  if (learned === undefined) {
    faults.push({
      rule: "learned-missing",
      file,
      message: 'a recorded experiment must say in "learned" what it taught',
    });
  }
  for (const [index, { run, sha256 }] of outcome.evidence.entries()) {
    const path = ["evidence", index];
    if (!digests.has(run)) {
      add("evidence-folder", [...path, "run"], `evidence must be a folder in results/: "${run}" is none`);
    } else if (digests.get(run) !== sha256) {
      add(
        "evidence-digest",
        [...path, "sha256"],
        `the run must be the one that was judged: the digest of "${run}" is ${digests.get(run) ?? "unknown"}`,
      );
    }
  }
  return faults;
}

/** Nobody moves the bar after the shot. */
export const preregistration: Check = {
  id: "preregistration",
  title: "What was settled before the run is unchanged, and outcomes are as they were written",
  run({ input: { research } }) {
    return research.experiments.flatMap(({ id, file, preregistered, outcome, outcomeFile, outcomeText }) => {
      if (outcome === undefined) return [];
      const faults: Fault[] = [];
      if (outcome.preregistered !== preregistered) {
        const message =
          `what was settled must not change after the run: its digest is ${preregistered}, recorded was ` +
          `${outcome.preregistered}; take the change back, or run it again as a new experiment`;
        faults.push({ rule: "edited-after-run", file, message });
      }
      if (outcome.experiment !== id) {
        const message =
          `an outcome must be that of its experiment, "${id}": it is that of "${outcome.experiment}"`;
        faults.push(faultAt(outcomeFile, "outcome-experiment", ["experiment"], message, outcomeText));
      }
      if (outcome.sha256 !== outcomeDigest(outcome)) {
        const message = `an outcome must be written, never edited: its digest is ${outcomeDigest(outcome)}`;
        faults.push(faultAt(outcomeFile, "outcome-edited", ["sha256"], message, outcomeText));
      }
      const difference = firstDifference(outcomeText ?? "", outcomeFileText(outcome));
      if (difference !== undefined && faults.length === 0) {
        const message = `an outcome must be byte for byte as it was written: ${difference.text}`;
        faults.push({ rule: "outcome-edited", file: outcomeFile, line: difference.line, message });
      }
      return faults;
    });
  },
};

/** The verdict follows from the rule and the runs. */
export const verdicts: Check = {
  id: "verdicts",
  title: "Verdicts follow from the results, and results from the runs",
  run(view) {
    return view.input.research.experiments.flatMap((loaded) =>
      loaded.outcome === undefined ? [] : verdictFaults(loaded, loaded.outcome, view)
    );
  },
};

function verdictFaults(loaded: LoadedExperiment, outcome: Outcome, view: CheckView): Fault[] {
  const { experiment, outcomeFile, outcomeText } = loaded;
  const faults: Fault[] = [];
  const add = (rule: string, path: JsonPath, message: string): void => {
    faults.push(faultAt(outcomeFile, rule, path, message, outcomeText));
  };

  const open = new Set(
    criteriaOf(experiment).flatMap((criterion) =>
      judgedArms(experiment, criterion).map((arm) => JSON.stringify([criterion.id, arm]))
    ),
  );
  for (const [index, result] of outcome.results.entries()) {
    const path = ["results", index];
    const criterion = criteriaOf(experiment).find(({ id }) => id === result.criterion);
    if (criterion === undefined || !open.delete(JSON.stringify([result.criterion, result.arm]))) {
      add(
        "result-stray",
        path,
        `a result must belong to a criterion and an arm that it judges, once: "${result.criterion}" for "${result.arm}" does not`,
      );
    } else if (!agreesWithBar(criterion, result)) {
      add(
        "result-bar",
        [...path, "result"],
        `a result must follow from its numbers and the bar: "${result.criterion}" for "${result.arm}" is "${result.result}"`,
      );
    }
  }
  for (const key of open) {
    const [criterion, arm] = JSON.parse(key) as [string, string];
    add(
      "result-missing",
      ["results"],
      `every criterion must be judged: "${criterion}" for "${arm}" is missing`,
    );
  }
  if (faults.length > 0) return faults;

  const decision = decide(experiment, outcome.results);
  if (describeDisposition(decision) !== describeDisposition(outcome)) {
    add(
      "outcome-decision",
      ["outcomeClass"],
      `the outcome must follow from the results, which say ${describeDisposition(decision)}: it is ${
        describeDisposition(outcome)
      }`,
    );
  }
  if (decision.winner !== outcome.winner) {
    add(
      "outcome-winner",
      ["winner"],
      `the winner must follow from the results, which say "${decision.winner ?? "none"}": it is "${
        outcome.winner ?? "none"
      }"`,
    );
  }
  return [...faults, ...recomputed(loaded, outcome, view)];
}

/** What any sound rule keeps: no result may contradict its own numbers. */
function agreesWithBar(
  { bar, deterministic }: Criterion,
  { result, value, interval, comparison }: CriterionResult,
): boolean {
  if (result === "undecided") return true;
  const isPass = result === "pass";
  if (bar.kind === "absolute") {
    if (value === null) return false;
    if (interval !== undefined) return intervalAnswer(bar.comparison, bar.value, interval) === result;
    // A deterministic quantity may miss in one block although its middle clears the bar.
    return allows(bar.comparison, bar.value, value) === isPass || (deterministic === true && !isPass);
  }
  if (comparison === undefined) return false;
  // How much better the arm is: 0.05 where it has 5 % less of what should be low.
  const gain = bar.better === "lower" ? 1 - comparison.ratio : comparison.ratio - 1;
  if (bar.kind === "improve") return !isPass || (comparison.verdict === "better" && gain >= bar.worthwhile);
  return isPass ? -gain <= bar.margin : gain < 0;
}

function recomputed(
  loaded: LoadedExperiment,
  outcome: Outcome,
  { input: { judge }, resultsFolder, runs }: CheckView,
): Fault[] {
  const { outcomeFile, outcomeText } = loaded;
  const usable = new Set(runs.filter(({ header }) => header !== undefined).map(({ name }) => name));
  // Missing and broken runs are named by other checks.
  if (judge === undefined || !outcome.evidence.every(({ run }) => usable.has(run))) return [];
  let again: Recomputed | undefined;
  try {
    again = judge(loaded, resultsFolder);
  } catch (error) {
    return [
      faultAt(
        outcomeFile,
        "verdict-recomputed",
        ["results"],
        `the runs must still be judgeable: ${messageOf(error)}`,
        outcomeText,
      ),
    ];
  }
  if (again === undefined) return [];
  const { results, tables, replications = [] } = again;
  const differing = [
    resultFaults(outcome.results, results, ["results"]),
    ...(outcome.replications ?? []).map((one, index) =>
      resultFaults(one.results, replications[index] ?? [], ["replications", index, "results"])
    ),
  ].flat();
  return [
    ...differing,
    ...tables.flatMap((table) => tableFault(table, outcome, loaded)),
  ];

  function resultFaults(
    recorded: readonly CriterionResult[],
    computed: readonly CriterionResult[],
    path: JsonPath,
  ): Fault[] {
    return recorded.flatMap((result, index) => {
      const own = computed.find(({ criterion, arm }) => criterion === result.criterion && arm === result.arm);
      if (isSame(own, result)) return [];
      const message =
        `the runs must give the recorded result: "${result.criterion}" for "${result.arm}" is ` +
        `${
          own === undefined ? "not judged" : `"${own.result}" with value ${own.value}`
        }, recorded "${result.result}" with ${result.value}`;
      return [faultAt(outcomeFile, "verdict-recomputed", [...path, index], message, outcomeText)];
    });
  }
}

/** Wording may change after a record; its numbers may not. */
function tableFault(
  own: OutcomeTable,
  { tables }: Outcome,
  { outcomeFile, outcomeText }: LoadedExperiment,
): Fault[] {
  const index = tables.findIndex(({ title }) => title === own.title);
  for (const [row, cells] of (tables[index]?.rows ?? []).entries()) {
    const column = cells.findIndex((cell, at) =>
      typeof cell !== "string" && !isSame(cell, own.rows[row]?.[at])
    );
    if (column === -1) continue;
    const message = `the runs must give the recorded numbers: "${own.title}" has ${
      cells[column]
    }, computed is ${own.rows[row]?.[column]}`;
    const path = ["tables", index, "rows", row, column];
    return [faultAt(outcomeFile, "table-recomputed", path, message, outcomeText)];
  }
  return [];
}

/** Equal data; numbers may differ in their last digits, as another engine's logarithms do. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number") {
    return a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) =>
    isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])
  );
}
