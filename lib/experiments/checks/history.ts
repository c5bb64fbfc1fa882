import type { Fault } from "../sources/fault.ts";
import type { Check } from "./check.ts";

/** Runs of an experiment are labelled `exp079` or `exp079-anything`. */
const EXPERIMENT_LABEL = /^exp-?(\d{3,}[a-z]?)(?![0-9A-Za-z])/;

/** No measured attempt is swept under the carpet. */
export const history: Check = {
  id: "history",
  title: "Every stored run that was made for an experiment is in its evidence",
  run({ runs, input: { research } }) {
    const evidence = new Map(
      research.experiments.map(({ id, outcome }) => [id, new Set(outcome?.evidence.map(({ run }) => run))]),
    );
    // What an unreadable outcome names is not known; the outcome is named by the check of files.
    const isUnreadable = new Set(
      research.experiments.filter(({ outcome, outcomeText }) =>
        outcome === undefined && outcomeText !== undefined
      )
        .map(({ id }) => id),
    );
    return runs.flatMap(({ name, header }): Fault[] => {
      const id = EXPERIMENT_LABEL.exec(header?.label ?? "")?.[1];
      if (id === undefined || isUnreadable.has(id) || evidence.get(id)?.has(name) === true) {
        return [];
      }
      const message = evidence.has(id)
        ? `a run labelled for experiment ${id} must be in its evidence: record it, or remove the run`
        : `a run must be labelled for an experiment that exists: ${id} does not`;
      return [{ rule: "run-unrecorded", file: `results/${name}`, message }];
    });
  },
};
