/**
 * Rules between the fields of an experiment, and between it and what is registered: names that do not exist, and
 * decision rules that contradict themselves. All of them are collected.
 */
import type { Adapter, OptionValues } from "../../model/adapter.ts";
import type { Arm, Criterion, CriterionResult, Experiment, Quantity } from "../../model/experiment.ts";
import type { Metric } from "../../model/metric.ts";
import { didYouMean } from "../../model/nearest.ts";
import { type Workload, workloadKey } from "../../model/workload.ts";
import type { JsonPath } from "../sources/json_path.ts";
import { criteriaOf, judgedArms } from "./judged_arms.ts";

/** Everything that an experiment may name. */
export interface Vocabulary {
  /** Registered adapters. */
  readonly adapters: readonly Adapter[];
  /** Registered workloads, all versions. */
  readonly workloads: readonly Workload[];
  /** Registered metrics. */
  readonly metrics: readonly Metric[];
}

/** A rule that an experiment breaks. */
export interface ExperimentFault {
  /** Kebab-case. */
  readonly rule: string;
  /** Where in the experiment. */
  readonly path: JsonPath;
  /** What must be, and what is. */
  readonly message: string;
}

/** Every rule that the experiment breaks; empty when it can be planned. */
export function validateExperiment(experiment: Experiment, vocabulary: Vocabulary): ExperimentFault[] {
  return [
    ...armFaults(experiment, vocabulary),
    ...cellFaults(experiment, vocabulary),
    ...criteriaOf(experiment).flatMap((criterion, index) => {
      const primaryCount = experiment.primary.length;
      const path = index < primaryCount ? ["primary", index] : ["guardrails", index - primaryCount];
      return criterionFaults(experiment, criterion, path, vocabulary);
    }),
    ...contradictions(experiment),
    ...planFaults(experiment),
    ...learnedFaults(experiment, vocabulary),
  ];
}

/** What was learned speaks of the experiment's own criteria, and wakes up to what exists. */
function learnedFaults(experiment: Experiment, vocabulary: Vocabulary): ExperimentFault[] {
  const ids = criteriaOf(experiment).map(({ id }) => id);
  const { claims = [], wakeups = [] } = experiment.learned ?? {};
  const workloads = vocabulary.workloads.map(workloadKey);
  const adapters = vocabulary.adapters.map(({ id }) => id);
  return [
    ...claims.flatMap(({ restsOn = [] }, claim) =>
      restsOn.flatMap((id, index) =>
        ids.includes(id) ? [] : [fault(
          "claim-criterion",
          ["learned", "claims", claim, "restsOn", index],
          `a claim must rest on criteria of its experiment${didYouMean(id, ids)}: "${id}" is none`,
        )]
      )
    ),
    ...wakeups.flatMap(({ adapter, place: { workload } }, index) => [
      ...(adapters.includes(adapter) ? [] : [fault(
        "wakeup-adapter",
        ["learned", "wakeups", index, "adapter"],
        `a wakeup must look at a registered adapter${didYouMean(adapter, adapters)}: "${adapter}" is none`,
      )]),
      ...(workloads.includes(workload) ? [] : [fault(
        "wakeup-workload",
        ["learned", "wakeups", index, "place", "workload"],
        `a wakeup must look at a registered workload${
          didYouMean(workload, workloads)
        }: "${workload}" is none`,
      )]),
    ]),
  ];
}

function armFaults(experiment: Experiment, vocabulary: Vocabulary): ExperimentFault[] {
  const { arms, control, driftCell } = experiment;
  const names = arms.map(({ name }) => name);
  const faults = duplicates(names).map((index) =>
    fault(
      "arm-duplicate",
      ["arms", index, "name"],
      `arms must have different names: "${names[index]}" is there twice`,
    )
  );
  if (!names.includes(control)) {
    faults.push(
      fault(
        "control-unknown",
        ["control"],
        `the control must be an arm${didYouMean(control, names)}: "${control}" is none`,
      ),
    );
  }
  for (const [index, arm] of arms.entries()) {
    // What a revision had registered is not known here.
    if (arm.revision === undefined) faults.push(...adapterFaults(arm, ["arms", index], vocabulary));
  }
  const sides = arms.map(({ adapter, options, revision }) =>
    JSON.stringify([adapter, sorted(options), revision])
  );
  faults.push(
    ...duplicates(sides).map((index) =>
      fault(
        "arms-alike",
        ["arms", index],
        `arms must differ: "${names[index]}" runs the same as an arm before it`,
      )
    ),
  );
  if (driftCell !== undefined) faults.push(...adapterFaults(driftCell, ["driftCell"], vocabulary));
  return faults;
}

function adapterFaults(
  { adapter: id, options = {} }: Pick<Arm, "adapter" | "options">,
  path: JsonPath,
  { adapters }: Vocabulary,
): ExperimentFault[] {
  const adapter = adapters.find((one) => one.id === id);
  if (adapter === undefined) {
    const ids = adapters.map((one) => one.id);
    return [fault("adapter-unknown", [...path, "adapter"], unknown("adapter", id, ids))];
  }
  return Object.entries(options).flatMap(([name, value]) => {
    const option = Object.hasOwn(adapter.options, name) ? adapter.options[name] : undefined;
    const names = Object.keys(adapter.options);
    if (option === undefined) {
      return [
        fault(
          "option-unknown",
          [...path, "options", name],
          unknown(`option of adapter "${id}"`, name, names),
        ),
      ];
    }
    if (option.values.includes(value)) return [];
    const message = unknown(`value of option "${name}"`, value, option.values);
    return [fault("option-value", [...path, "options", name], message)];
  });
}

function cellFaults({ cells, driftCell }: Experiment, { workloads }: Vocabulary): ExperimentFault[] {
  const keys = workloads.map(workloadKey);
  const all: readonly (readonly [JsonPath, string])[] = [
    ...cells.map(({ workload }, index) => [["cells", index, "workload"], workload] as const),
    ...(driftCell === undefined ? [] : [[["driftCell", "workload"], driftCell.workload] as const]),
  ];
  const faults = all.filter(([, workload]) => !keys.includes(workload))
    .map(([path, workload]) => fault("workload-unknown", path, unknown("workload", workload, keys)));
  const names = cells.map(({ workload, scale }) => `${workload} at ${scale}`);
  faults.push(
    ...duplicates(names).map((index) =>
      fault("cell-duplicate", ["cells", index], `cells must differ: ${names[index]} is there twice`)
    ),
  );
  return faults;
}

function criterionFaults(
  experiment: Experiment,
  criterion: Criterion,
  path: JsonPath,
  vocabulary: Vocabulary,
): ExperimentFault[] {
  const { place, bar, id } = criterion;
  const faults: ExperimentFault[] = [];
  const add = (rule: string, step: JsonPath, message: string): void => {
    faults.push(fault(rule, [...path, ...step], message));
  };

  const names = experiment.arms.map(({ name }) => name);
  for (const [index, name] of (criterion.arms ?? []).entries()) {
    if (!names.includes(name)) add("arm-unknown", ["arms", index], unknown("arm", name, names));
  }
  const judged = judgedArms(experiment, criterion);
  if (bar.kind !== "absolute" && (judged.length === 0 || judged.includes(experiment.control))) {
    add(
      "control-compared",
      ["bar"],
      `a bar that compares must judge arms other than the control "${experiment.control}": "${id}" judges ${
        judged.join(", ") || "none"
      }`,
    );
  }

  const scales = experiment.cells.filter(({ workload }) => workload === place.workload).map(({ scale }) =>
    scale
  );
  if (scales.length === 0) {
    const keys = experiment.cells.map(({ workload }) => workload);
    add("place-unknown", ["place", "workload"], unknown("cell", place.workload, keys));
  } else if (place.scale === undefined ? scales.length > 1 : !scales.includes(place.scale)) {
    add(
      "place-scale",
      ["place"],
      `a place must name one of the scales that are run, which are ${scales.join(", ")}`,
    );
  }
  const workload = vocabulary.workloads.find((one) => workloadKey(one) === place.workload);
  const phases = workload?.phases.map(({ name }) => name);
  if (place.phase !== undefined && phases !== undefined && !phases.includes(place.phase)) {
    add("phase-unknown", ["place", "phase"], unknown(`phase of ${place.workload}`, place.phase, phases));
  } else if (place.operation !== undefined && workload !== undefined) {
    const labels = operationLabels(workload, place.phase);
    if (!labels.includes(place.operation)) {
      const what = `operation of ${place.workload}, phase ${place.phase}`;
      add("operation-unknown", ["place", "operation"], unknown(what, place.operation, labels));
    }
  }
  faults.push(
    ...quantityFaults(criterion.quantity, [...path, "quantity"], experiment, criterion, vocabulary),
  );
  return faults;
}

/** What the operations of a phase are called, in the order in which they first come. */
function operationLabels({ parameters, program }: Workload, phase: string | undefined): string[] {
  const { iterations } = program(parameters.smoke, { blockIndex: 0, seed: 0 });
  const phases = iterations.flatMap((iteration) => iteration.phases).filter(({ name }) => name === phase);
  return [...new Set(phases.flatMap(({ operations }) => operations().map(({ label }) => label)))];
}

function quantityFaults(
  quantity: Quantity,
  path: JsonPath,
  experiment: Experiment,
  criterion: Criterion,
  vocabulary: Vocabulary,
): ExperimentFault[] {
  if ("counter" in quantity) return counterFaults(quantity.counter, path, experiment, criterion, vocabulary);
  if (!("metric" in quantity)) {
    const [key, parts] = Object.entries(quantity)[0] as [string, readonly Quantity[]];
    return parts.flatMap((part, index) =>
      quantityFaults(part, [...path, key, index], experiment, criterion, vocabulary)
    );
  }
  const { place, bar } = criterion;
  const metric = vocabulary.metrics.find(({ id }) => id === quantity.metric);
  if (metric === undefined) {
    const ids = vocabulary.metrics.map(({ id }) => id);
    return [fault("metric-unknown", [...path, "metric"], unknown("metric", quantity.metric, ids))];
  }
  const faults: ExperimentFault[] = [];
  const given = place.phase === undefined ? "block" : place.operation === undefined ? "phase" : "operation";
  if (metric.scope !== given) {
    const message =
      `metric "${metric.id}" must be read in a place of its scope, ${metric.scope}: the place is ${
        given === "block" ? "a whole block" : `of scope ${given}`
      }`;
    faults.push(fault("metric-scope", path, message));
  }
  // Whether a count depends on the machine is up to the adapter; that times and sizes do is certain.
  if (criterion.deterministic === true && !metric.deterministic && metric.unit !== "count") {
    const message = `a deterministic criterion must read counts: "${metric.id}" depends on the machine`;
    faults.push(fault("not-deterministic", path, message));
  }
  // The rest holds for a metric that stands alone: a ratio of two has a unit and a direction of its own.
  if (criterion.quantity !== quantity) return faults;
  if (criterion.unit !== metric.unit) {
    faults.push(
      fault(
        "unit-differs",
        [...path.slice(0, -1), "unit"],
        `the unit must be that of "${metric.id}", ${metric.unit}: it is ${criterion.unit}`,
      ),
    );
  }
  const isOpposed = bar.kind !== "absolute" &&
    (metric.direction === "lower" || metric.direction === "higher") &&
    bar.better !== metric.direction;
  if (isOpposed) {
    faults.push(
      fault(
        "direction-opposed",
        [...path.slice(0, -1), "bar"],
        `${metric.direction} is better for "${metric.id}": the bar says ${bar.better}`,
      ),
    );
  }
  return faults;
}

function counterFaults(
  counter: string,
  path: JsonPath,
  experiment: Experiment,
  criterion: Criterion,
  { adapters }: Vocabulary,
): ExperimentFault[] {
  const faults: ExperimentFault[] = [];
  if (criterion.place.phase === undefined) {
    faults.push(
      fault("counter-place", path, `a counter must be read in a phase: "${criterion.id}" names none`),
    );
  }
  const needed = new Set(judgedArms(experiment, criterion));
  if (criterion.bar.kind !== "absolute") needed.add(experiment.control);
  for (const arm of experiment.arms) {
    const adapter = adapters.find(({ id }) => id === arm.adapter);
    if (!needed.has(arm.name) || arm.revision !== undefined || adapter === undefined) continue;
    const names = adapter.counters.map(({ name }) => name);
    if (!names.includes(counter)) {
      faults.push(
        fault(
          "counter-unknown",
          [...path, "counter"],
          unknown(`counter of adapter "${adapter.id}"`, counter, names),
        ),
      );
    }
  }
  return faults;
}

/** Rules that no run could keep together. */
function contradictions(experiment: Experiment): ExperimentFault[] {
  const faults: ExperimentFault[] = [];
  const all = criteriaOf(experiment);
  const pathOf = (index: number): JsonPath =>
    index < experiment.primary.length
      ? ["primary", index]
      : ["guardrails", index - experiment.primary.length];
  faults.push(
    ...duplicates(all.map(({ id }) => id)).map((index) =>
      fault(
        "criterion-duplicate",
        [...pathOf(index), "id"],
        `criteria must have different ids: "${all[index]!.id}" is there twice`,
      )
    ),
  );
  for (const [index, { bar, id }] of experiment.guardrails.entries()) {
    if (bar.kind !== "improve") continue;
    const message =
      `a guardrail must keep or be absolute: "${id}" demands an improvement, which is a primary's part`;
    faults.push(fault("guardrail-improves", ["guardrails", index, "bar"], message));
  }
  for (const [index, criterion] of all.entries()) {
    for (const earlier of all.slice(0, index)) {
      const isSame = sameReading(earlier) === sameReading(criterion) &&
        judgedArms(experiment, earlier).some((arm) => judgedArms(experiment, criterion).includes(arm));
      if (!isSame || !excludes(earlier.bar, criterion.bar)) continue;
      const message =
        `bars of one quantity must allow a value together: "${earlier.id}" and "${criterion.id}" allow none`;
      faults.push(fault("bars-contradict", [...pathOf(index), "bar"], message));
    }
  }
  return faults;
}

function sameReading({ place, quantity }: Criterion): string {
  return JSON.stringify([place.workload, place.scale, place.phase, place.operation, quantity]);
}

function excludes(a: Criterion["bar"], b: Criterion["bar"]): boolean {
  if (a.kind !== "absolute" || b.kind !== "absolute") {
    return a.kind === "improve" && b.kind === "improve" && a.better !== b.better;
  }
  // Any value that both allow can be moved to one of their limits, or to between them, or just beside.
  const beside = (value: number): number[] => [value, value - 1, value + 1];
  const middle = (a.value + b.value) / 2;
  return ![...beside(a.value), ...beside(b.value), middle].some((value) =>
    allows(a.comparison, a.value, value) && allows(b.comparison, b.value, value)
  );
}

type Comparison = Extract<Criterion["bar"], { kind: "absolute" }>["comparison"];

/** Whether a value clears an absolute bar. */
export function allows(comparison: Comparison, limit: number, value: number): boolean {
  switch (comparison) {
    case "below":
      return value < limit;
    case "at-most":
      return value <= limit;
    case "equal":
      return value === limit;
    case "at-least":
      return value >= limit;
    case "above":
      return value > limit;
  }
}

/**
 * What an interval says of an absolute bar: `pass` when all of it clears the bar, `miss` when nothing of it does. An
 * interval around an exact bar says nothing, however narrow.
 */
export function intervalAnswer(
  comparison: Comparison,
  limit: number,
  { lower, upper }: { readonly lower: number; readonly upper: number },
): CriterionResult["result"] {
  const ends = [allows(comparison, limit, lower), allows(comparison, limit, upper)];
  if (ends.every((one) => one)) return "pass";
  const isAround = comparison === "equal" && lower <= limit && limit <= upper;
  return ends.some((one) => one) || isAround ? "undecided" : "miss";
}

function planFaults({ rounds }: Experiment): ExperimentFault[] {
  const faults: ExperimentFault[] = [];
  if (rounds.least > rounds.most) {
    const message = `rounds must be at least as many at most as at least: ${rounds.least} to ${rounds.most}`;
    faults.push(fault("rounds-reversed", ["rounds"], message));
  }
  return faults;
}

function fault(rule: string, path: JsonPath, message: string): ExperimentFault {
  return { rule, path, message };
}

function unknown(what: string, name: string, names: readonly string[]): string {
  const shown = names.length === 0 ? "there are none" : `there are ${names.join(", ")}`;
  return `no ${what} is called "${name}"${didYouMean(name, names)}: ${shown}`;
}

/** Indexes of values that were there before. */
function duplicates(values: readonly string[]): number[] {
  return values.flatMap((value, index) => values.indexOf(value) < index ? [index] : []);
}

function sorted(options: OptionValues = {}): [string, string][] {
  return Object.entries(options).sort(([a], [b]) => a < b ? -1 : 1);
}
