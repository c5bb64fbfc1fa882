/** One experiment as its page shows it. Pure: evidence and calibration are handed in. */
import {
  type Criterion,
  type CriterionResult,
  type Experiment,
  type OutcomeTable,
} from "../../lib/model/mod.ts";
import { safeText, shellWord } from "../../lib/report/safe_text.ts";
import { median, sortSamples } from "../../lib/stats/mod.ts";
import type { JudgedClaim } from "../../lib/experiments/map/beliefs.ts";
import { describeRule } from "../../lib/experiments/rules/describe_rule.ts";
import { criteriaOf } from "../../lib/experiments/rules/judged_arms.ts";
import { dispositionOf, type LoadedExperiment } from "../../lib/experiments/sources/load_experiments.ts";
import { calibratedFloors, type Calibration } from "../../lib/experiments/run/calibration.ts";
import { seriesName, summarizeTrace, traceSeriesOf } from "../../lib/experiments/pages/trace_series.ts";
import {
  describeBar,
  describeDisposition,
  describePlace,
  describeQuantity,
} from "../../lib/experiments/rules/wording.ts";
import { barLine } from "./bar_line.ts";
import type { ExperimentPoints } from "./points.ts";
import type {
  ClaimView,
  ComparisonView,
  CriterionView,
  EdgeView,
  EvidenceView,
  ExperimentView,
  JudgedArmView,
  PageLink,
  TraceView,
} from "./view.ts";

/** Longest paragraph that a page shows, in UTF-16 units. */
const LONGEST_PARAGRAPH = 8_000;

/** What a page needs beside the experiment. */
export interface ExperimentSources {
  /** All claims of all experiments, judged. */
  readonly judged: readonly JudgedClaim[];
  /** File names of pages by experiment id. */
  readonly pages: ReadonlyMap<string, string>;
  /** Runs that the outcome names, in its order. */
  readonly evidence: readonly EvidenceView[];
  /** Absent when no evidence can be read. */
  readonly points?: ExperimentPoints;
  /** Of the machine that the points come from; absent when there is none. */
  readonly calibration?: Calibration;
}

/** Everything that a page shows. */
export function experimentView(loaded: LoadedExperiment, sources: ExperimentSources): ExperimentView {
  const { id, file, experiment, outcome, preregistered } = loaded;
  const { learned, control, arms, cells } = experiment;
  const disposition = dispositionOf(loaded);
  const isEdited = outcome !== undefined && outcome.preregistered !== preregistered;
  const traces: TraceView[] = [];
  const tables: OutcomeTable[] = [];
  for (const table of (outcome?.tables ?? []).map(safeTable)) {
    const series = traceSeriesOf(table);
    if (series === undefined) tables.push(table);
    else {
      traces.push({
        ...series,
        ...summarizeTrace(series),
        name: seriesName(series, arms),
        notes: table.notes,
      });
    }
  }
  return {
    page: "experiment",
    id,
    title: safeText(experiment.title),
    facts: [
      ["Date", experiment.date],
      [
        "Recorded",
        outcome === undefined ? "not yet" : `${outcome.recordedAt.slice(0, 16).replace("T", " ")} UTC`,
      ],
      ["Class", experiment.experimentClass],
      ["File", safeText(file)],
      [
        "Settled before the run",
        `${(outcome?.preregistered ?? preregistered).slice(0, 16)}${isEdited ? ", edited since" : ""}`,
      ],
      ...(sources.points === undefined ? [] : [
        ["Rounds", roundText(sources.points)] as const,
        [
          "Machine",
          safeText(sources.points.machineId.slice(0, 8)),
        ] as const,
      ]),
    ],
    directions: experiment.directions.map((direction) => safeText(direction, 120)),
    standing: disposition?.outcomeClass ?? "planned",
    standingText: describeDisposition(disposition),
    winner: safeText(outcome?.winner ?? ""),
    question: paragraph(experiment.question),
    hypothesis: paragraph(experiment.hypothesis),
    wouldChangeOurMind: paragraph(experiment.wouldChangeOurMind),
    arms: arms.map(({ name, adapter, options = {}, revision = "" }) => ({
      name,
      isControl: name === control,
      adapter,
      options: safeText(Object.entries(options).map(([key, value]) => `${key}=${value}`).join(", ")),
      revision: safeText(revision, 120),
    })),
    cells: cells.map(({ workload, scale }) => `${workload} at ${scale}`),
    rule: safeRule(
      outcome === undefined ? describeRule(experiment) : describeRule(experiment, outcome.judging ?? 1),
    ),
    criteria: criteriaOf(experiment).map((criterion) => criterionView(loaded, criterion, sources)),
    noise: noiseText(loaded, sources),
    decision: decisionLines(loaded),
    reading: (learned?.reading ?? []).map(paragraph),
    changedBeliefs: (learned?.changedBeliefs ?? []).map(paragraph),
    nextSignals: (learned?.nextSignals ?? []).map(paragraph),
    claims: sources.judged.filter(({ source }) => source === id).map((one) => claimView(one, sources)),
    traces,
    tables,
    evidence: sources.evidence,
    commands: [
      `deno task experiment --id ${shellWord(id)}`,
      ...(outcome === undefined ? [] : [`deno task check --only verdicts`]),
    ],
  };
}

function criterionView(
  { experiment, outcome }: LoadedExperiment,
  criterion: Criterion,
  { points, calibration }: ExperimentSources,
): CriterionView {
  const { control, primary } = experiment;
  const line = barLine(criterion.bar);
  const values = points?.values[criterion.id] ?? {};
  const floorOf = points === undefined
    ? undefined
    : presentFloors(experiment, calibration, points.blocksPerSide);
  const judged = (outcome?.results ?? []).filter((result) => result.criterion === criterion.id);
  const arms = judged.map((result): JudgedArmView => {
    const pairs = line.kind === "value" ? [] : pairRatios(values[result.arm] ?? [], values[control] ?? []);
    const comparison = result.comparison;
    return {
      arm: result.arm,
      result: result.result,
      value: result.value,
      controlValue: result.controlValue ?? null,
      ...(comparison === undefined
        ? {}
        : { comparison: comparisonView(comparison, floorOf?.(criterion, result.arm, comparison.pairCount)) }),
      note: safeText(result.note ?? ""),
      ratios: pairs,
      values: known(values[result.arm]),
    };
  });
  const shown = known(values[control]);
  const isControlShown = line.kind === "value" && shown.length > 0 && arms.length > 0 &&
    !judged.some(({ arm }) => arm === control);
  return {
    id: criterion.id,
    role: primary.includes(criterion) ? "primary" : "guardrail",
    title: safeText(criterion.title),
    place: safeText(describePlace(criterion.place)),
    quantity: safeText(describeQuantity(criterion.quantity)),
    bar: safeText(describeBar(criterion.bar, criterion.unit, control)),
    unit: criterion.unit,
    line,
    arms: isControlShown
      ? [...arms, {
        arm: control,
        value: middleOf(shown),
        controlValue: null,
        note: "",
        ratios: [],
        values: shown,
      }]
      : arms,
  };
}

/** Ratios of the rounds in which both sides have a value above 0, as comparisons take them. */
function pairRatios(arm: readonly (number | null)[], control: readonly (number | null)[]): number[] {
  return arm.flatMap((value, round) => {
    const other = control[round] ?? null;
    return value !== null && other !== null && value > 0 && other > 0 ? [rounded(value / other)] : [];
  });
}

function comparisonView(
  comparison: NonNullable<CriterionResult["comparison"]>,
  now: { readonly share: number; readonly isCalibrated: boolean } | undefined,
): ComparisonView {
  const { verdict, ratio, interval, pValue, pairCount, floor, isCalibrated, pairsNeeded } = comparison;
  // Exact comparisons have no floor, whatever the calibration says.
  const isOther = now !== undefined && now.isCalibrated && floor > 0 && now.share !== floor;
  return {
    verdict,
    ratio,
    lower: interval.lower,
    upper: interval.upper,
    confidence: interval.confidence,
    pValue,
    pairCount,
    floor,
    isCalibrated,
    ...(isOther ? { floorNow: now.share } : {}),
    ...(pairsNeeded === undefined ? {} : { pairsNeeded }),
  };
}

function presentFloors(experiment: Experiment, calibration: Calibration | undefined, blocksPerSide: number) {
  if (calibration === undefined) return undefined;
  try {
    return calibratedFloors(experiment, calibration, blocksPerSide);
  } catch (error) {
    // Arms whose adapter is not registered any more: what was recorded still stands.
    if (error instanceof Error && error.name === "UsageError") return undefined;
    throw error;
  }
}

function noiseText({ outcome }: LoadedExperiment, { points, calibration }: ExperimentSources): string {
  const compared = (outcome?.results ?? []).flatMap(({ comparison }) => comparison ?? [])
    .filter(({ floor }) => floor > 0);
  if (compared.length === 0) return "";
  const count = compared.filter(({ isCalibrated }) => isCalibrated).length;
  const lead = count === compared.length
    ? "Grey bands: how far comparisons between equal sides stray on this machine, measured for each quantity and number of pairs, " +
      "and at least 3 %"
    : count === 0
    ? "Grey bands: 3 %, the least difference that is believed; the machine was not calibrated for these quantities"
    : "Grey bands: how far comparisons between equal sides stray on this machine, and at least 3 %; dashed ones are not calibrated";
  if (points === undefined || calibration === undefined) return lead;
  const runs = [...new Set(calibration.cells.map(({ run }) => run))].map((run) => safeText(run, 120));
  return `${lead}. Calibrated in ${runs.join(", ")}`;
}

function decisionLines({ experiment, outcome }: LoadedExperiment): string[] {
  const { learned, withoutEvidence } = experiment;
  return [
    ...(learned === undefined ? [] : [paragraph(learned.summary)]),
    ...(withoutEvidence === undefined ? [] : [`Without evidence: ${paragraph(withoutEvidence)}`]),
    ...(outcome === undefined && learned === undefined && withoutEvidence === undefined
      ? ["It was not run yet"]
      : []),
    ...(learned?.setAside === undefined || outcome === undefined ? [] : [
      `The rule says ${describeDisposition(outcome)}. It is set aside: ${
        paragraph(learned.setAside.because)
      }`,
    ]),
  ];
}

function claimView(
  { claim, state, by }: JudgedClaim,
  sources: Pick<ExperimentSources, "judged" | "pages">,
): ClaimView {
  const link = (target: string): PageLink => claimLink(target, sources);
  const incoming = sources.judged.flatMap(({ claim: { id, edges = [] } }) =>
    edges.filter(({ target }) => target === claim.id)
      .map(({ type }): EdgeView => ({ type, isIncoming: true, other: link(id) }))
  );
  return {
    id: claim.id,
    text: paragraph(claim.text),
    conditions: paragraph(claim.conditions ?? ""),
    state,
    by: by.map(link),
    edges: [
      ...(claim.edges ?? []).map(({ type, target }): EdgeView => ({
        type,
        isIncoming: false,
        other: link(target),
      })),
      ...incoming,
    ],
  };
}

function claimLink(
  claimId: string,
  { judged, pages }: Pick<ExperimentSources, "judged" | "pages">,
): PageLink {
  const page = pages.get(claimId.split(".", 1)[0]!);
  const isKnown = page !== undefined && judged.some(({ claim }) => claim.id === claimId);
  return { text: safeText(claimId, 40), href: isKnown ? `${page}#claim-${claimId}` : "" };
}

function safeTable({ title, columns, rows, notes }: OutcomeTable): OutcomeTable {
  return {
    title: safeText(title),
    columns: columns.map((column) => ({ ...column, title: safeText(column.title) })),
    rows: rows.map((row) => row.map((value) => typeof value === "string" ? safeText(value) : value)),
    notes: notes.map((note) => safeText(note)),
  };
}

function safeRule({ accept, primary, guardrails, otherwise, evidence }: ExperimentView["rule"]) {
  const all = (lines: readonly string[]): string[] => lines.map((line) => safeText(line));
  return {
    accept: safeText(accept),
    primary: all(primary),
    guardrails: all(guardrails),
    otherwise: all(otherwise),
    evidence: all(evidence),
  };
}

function roundText({ roundCount, disturbedCount }: ExperimentPoints): string {
  return disturbedCount === 0
    ? `${roundCount}, none disturbed`
    : `${roundCount}, and ${disturbedCount} that ${disturbedCount === 1 ? "was" : "were"} disturbed`;
}

function known(values: readonly (number | null)[] | undefined): number[] {
  return (values ?? []).flatMap((value) => value === null ? [] : [rounded(value)]);
}

function middleOf(values: readonly number[]): number {
  return median(sortSamples(values));
}

function paragraph(text: string): string {
  return safeText(text.trim(), LONGEST_PARAGRAPH);
}

function rounded(value: number): number {
  return Number(value.toPrecision(5));
}
