/** Metrics by what people call them: by id, by the heading of their column, or by another word for it. */
import { METRICS } from "../metrics/mod.ts";
import { didYouMean, type Metric, UsageError } from "../model/mod.ts";
import { safeText } from "./safe_text.ts";

const UNIT = /_(ns|bytes|count|ratio|per_second)$/;

/**
 * The metric that is meant by `shown_p99_ns`, `shown_p99`, `shown p99` or `Shown P99`; `undefined` for none. Where words fit
 * several, ids come before headings, and what is measured now before what was measured once.
 */
export function metricByWord(text: string): Metric | undefined {
  const word = plain(text);
  const now = METRICS.toSorted((a, b) => Number(a.retired !== undefined) - Number(b.retired !== undefined));
  for (const names of [idNames, headingNames, otherNames]) {
    const found = now.find((metric) => names(metric).some((name) => plain(name) === word));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The same; throws a UsageError with what was probably meant where there is none. `action` is what cannot be done. */
export function findMetric(text: string, action: string, alsoAllowed: readonly string[] = []): Metric {
  const metric = metricByWord(text);
  if (metric !== undefined) return metric;
  const headings = METRICS.filter(({ retired }) => retired === undefined).map(heading);
  const allowed = [...alsoAllowed, ...headings];
  const words = METRICS.flatMap((one) => [...idNames(one), ...headingNames(one), ...otherNames(one)]);
  throw new UsageError(
    `${action} "${safeText(text, 60)}"${didYouMean(text, allowed) || didYouMean(text, words)}: metrics are ${
      allowed.join(", ")
    }`,
  );
}

/** As people type it: latencies of operations have only a quantile for a heading. */
function heading(metric: Metric): string {
  return metric.scope === "operation" ? metric.id.replace(UNIT, "").replaceAll("_", " ") : metric.title;
}

function idNames({ id }: Metric): string[] {
  return [id, id.replace(UNIT, "")];
}

function headingNames(metric: Metric): string[] {
  return [...(metric.part === undefined ? [] : [`${metric.part} ${metric.title}`]), heading(metric)];
}

function otherNames({ alsoCalled = [] }: Metric): readonly string[] {
  return alsoCalled;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[\s_-]+/g, " ").trim();
}
