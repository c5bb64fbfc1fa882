/** Diagnostic timestamps of batches: how they are stored in a table of an outcome, and read back for charts. */
import type { OutcomeTable } from "../../model/experiment.ts";

/** Headings of a table of batches after its first column, in the order in which things happen. */
export const TRACE_STEPS = ["acknowledged", "invalidated", "re-query started", "shown"] as const;

/** Heading of the first column: the batch's number, counted from 1. */
export const TRACE_BATCH = "commit";

/** One batch. Times in nanoseconds since the first acknowledgement; `null` where it did not happen. */
export interface TracedBatch {
  /** Counts from 1. */
  readonly batch: number;
  /** Its commit was acknowledged. */
  readonly acknowledgedNs: number;
  /** It was found to concern the live query. */
  readonly invalidatedNs: number | null;
  /** The query that showed it was asked. */
  readonly requeryNs: number | null;
  /** A result that shows it, or something newer, was delivered. */
  readonly shownNs: number | null;
}

/** The batches of one burst. */
export interface TraceSeries {
  /** Title of the table. */
  readonly title: string;
  /** In the order of their commits. */
  readonly batches: readonly TracedBatch[];
}

/** What a series comes down to. */
export interface TraceSummary {
  /** Results that were delivered, as far as they showed a batch first. */
  readonly deliveryCount: number;
  /** Batches that nothing showed. */
  readonly unshownCount: number;
  /** Longest time from an acknowledgement to the delivery that shows it, nanoseconds; 0 when nothing was shown. */
  readonly longestNs: number;
}

/** Reads a table as a series; `undefined` when it is a table of something else. */
export function traceSeriesOf({ title, columns, rows }: OutcomeTable): TraceSeries | undefined {
  const heads = [TRACE_BATCH, ...TRACE_STEPS];
  if (columns.length !== heads.length || columns.some((column, index) => column.title !== heads[index])) {
    return undefined;
  }
  const batches = rows.map((row): TracedBatch | undefined => {
    const [batch, acknowledgedNs, ...later] = row;
    if (typeof batch !== "number" || typeof acknowledgedNs !== "number") return undefined;
    if (later.some((value) => typeof value === "string")) return undefined;
    const [invalidatedNs = null, requeryNs = null, shownNs = null] = later as (number | null)[];
    return { batch, acknowledgedNs, invalidatedNs, requeryNs, shownNs };
  });
  // An edited table may hold anything: it is then shown as the table that it is.
  return batches.length > 0 && batches.every((batch) => batch !== undefined) ? { title, batches } : undefined;
}

/** Counts deliveries and finds the longest wait. */
export function summarizeTrace({ batches }: TraceSeries): TraceSummary {
  const shown = batches.flatMap(({ shownNs, acknowledgedNs }) =>
    shownNs === null ? [] : [{ shownNs, waitNs: shownNs - acknowledgedNs }]
  );
  return {
    deliveryCount: new Set(shown.map(({ shownNs }) => shownNs)).size,
    unshownCount: batches.length - shown.length,
    longestNs: shown.reduce((longest, { waitNs }) => Math.max(longest, waitNs), 0),
  };
}

/** The arm that the title of a series names, else the title. */
export function seriesName({ title }: TraceSeries, arms: readonly { readonly name: string }[]): string {
  const words = title.split(/[\s,]+/);
  return arms.find(({ name }) => words.includes(name))?.name ?? title;
}
