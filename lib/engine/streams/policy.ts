/**
 * When a result may be shown. Pure.
 *
 * A result is *superseded* when a relevant commit landed after its snapshot: it is a true earlier state, fit to show, unfit to
 * be the last word. Whatever the verdict, a superseded result is always followed by another re-query, so that no policy can
 * lose the final state: liveness does not rest on what the next write does.
 *
 * @module
 */

/** How re-queries that overlap with further commits are treated; see {@link decide}. */
export type CoalescingPolicy = "per-commit" | "latest-wins" | "cancel-restart";

/** All policies. */
export const coalescingPolicies: readonly CoalescingPolicy[] = [
  "per-commit",
  "latest-wins",
  "cancel-restart",
];

/** What is known when a result arrives. */
export interface Arrival {
  /** A relevant commit landed after the snapshot of this result. */
  readonly superseded: boolean;
  /** A relevant commit was seen while the query ran. */
  readonly invalidatedInFlight: boolean;
  /** For how long the stream has shown an outdated state. */
  readonly outdatedMs: number;
}

/**
 * - `per-commit`: every result is shown.
 * - `latest-wins`: a superseded result is dropped, unless the stream has been outdated for longer than the bound.
 * - `cancel-restart`: a result whose query was running when a relevant commit was seen is dropped, without a bound: the
 *   mechanism of drift 2.x, kept for comparison. Under commits that follow each other faster than the query runs it shows
 *   nothing until they pause.
 */
export function decide(
  policy: CoalescingPolicy,
  arrival: Arrival,
  outdatedBoundMs: number,
): "deliver" | "discard" {
  switch (policy) {
    case "per-commit":
      return "deliver";
    case "latest-wins":
      return arrival.superseded && arrival.outdatedMs <= outdatedBoundMs ? "discard" : "deliver";
    case "cancel-restart":
      return arrival.superseded || arrival.invalidatedInFlight ? "discard" : "deliver";
  }
}
