/** Experiments in words: the same on pages, in plans and in messages. */
import type {
  Bar,
  Criterion,
  CriterionResult,
  Disposition,
  OutcomeTable,
  Place,
  Quantity,
} from "../../model/experiment.ts";
import type { Unit } from "../../model/metric.ts";
import { LEAST_CONFIDENCE } from "../../stats/mod.ts";
import {
  formatQuantity,
  formatRatio,
  formatRatioInterval,
  formatShare,
  NO_VALUE,
} from "../../report/format.ts";

/** `emissions_delivered`, `(a - b) / c`. */
export function describeQuantity(quantity: Quantity, isInside = false): string {
  const join = (parts: readonly Quantity[], sign: string): string => {
    const text = parts.map((part) => describeQuantity(part, true)).join(` ${sign} `);
    return isInside ? `(${text})` : text;
  };
  if ("metric" in quantity) return quantity.metric;
  if ("counter" in quantity) return quantity.counter;
  if ("sum" in quantity) return join(quantity.sum, "+");
  if ("difference" in quantity) return join(quantity.difference, "-");
  return join(quantity.ratio, "/");
}

/** `sync-burst@2, standard, phase merge, operation write`. */
export function describePlace({ workload, scale, phase, operation }: Place): string {
  return [
    workload,
    ...(scale === undefined ? [] : [scale]),
    ...(phase === undefined ? [] : [`phase ${phase}`]),
    ...(operation === undefined ? [] : [`operation ${operation}`]),
  ].join(", ");
}

const COMPARISONS = {
  "below": "below",
  "at-most": "at most",
  "equal": "exactly",
  "at-least": "at least",
  "above": "above",
} as const;

/** `below 10`, `at least 5 % lower than per-commit`. */
export function describeBar(bar: Bar, unit: Unit, control: string): string {
  switch (bar.kind) {
    case "absolute":
      return `${COMPARISONS[bar.comparison]} ${formatQuantity(bar.value, unit)}`;
    case "improve":
      return `at least ${formatShare(bar.worthwhile)} ${bar.better} than ${control}`;
    case "keep":
      return `at most ${formatShare(bar.margin)} ${
        bar.better === "lower" ? "higher" : "lower"
      } than ${control}`;
  }
}

/** `accepted (performance)`, `in review`, `planned` when there is none. */
export function describeDisposition(disposition: Disposition | undefined): string {
  if (disposition === undefined) return "planned";
  const name = disposition.outcomeClass.replaceAll("_", " ");
  return "outcomeReason" in disposition
    ? `${name} (${disposition.outcomeReason.replaceAll("_", " ")})`
    : name;
}

/** One row of the table of results: criterion, arm, value, control, ratio, verdict. */
export function resultRow(criterion: Criterion, result: CriterionResult): string[] {
  const { comparison, interval } = result;
  const format = (value: number | null | undefined): string =>
    value === null || value === undefined ? NO_VALUE : formatQuantity(value, criterion.unit);
  return [
    criterion.title,
    result.arm,
    interval === undefined
      ? format(result.value)
      : `${format(result.value)} (${format(interval.lower)} to ${format(interval.upper)})`,
    format(result.controlValue),
    comparison === undefined
      ? NO_VALUE
      : `${formatRatio(comparison.ratio)} (${formatRatioInterval(comparison.interval)})`,
    comparison === undefined ? NO_VALUE : describeComparison(comparison),
    result.result,
  ];
}

function describeComparison(comparison: NonNullable<CriterionResult["comparison"]>): string {
  const { verdict, pairCount, floor, isCalibrated, pairsNeeded, interval: { confidence } } = comparison;
  return [
    verdict,
    counted(pairCount, "pair"),
    `floor ${formatShare(floor)}${isCalibrated ? "" : ", not calibrated"}`,
    ...(pairsNeeded === undefined ? [] : [
      // So few pairs tell nothing of how they scatter.
      `${confidence < LEAST_CONFIDENCE ? "at least" : "about"} ${counted(pairsNeeded, "more pair")} needed`,
    ]),
  ].join(", ");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The fields of a computed table as text. */
export function tableRows({ columns, rows }: OutcomeTable): string[][] {
  return rows.map((row) =>
    row.map((value, index) => {
      const unit = columns[index]?.unit;
      if (value === null) return NO_VALUE;
      if (typeof value === "string") return value;
      return unit === undefined ? String(value) : formatQuantity(value, unit);
    })
  );
}
