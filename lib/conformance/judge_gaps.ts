import type { KnownGap, OptionValues } from "../model/adapter.ts";
import { DEFAULT_RUNTIME, type RuntimeId } from "../model/runtime.ts";
import type { ScenarioResult } from "./scenario.ts";

/** A result in the light of what the adapter says it cannot do. */
export interface JudgedResult {
  readonly key: string;
  /**
   * `known-gap`: failed as announced, or depends on time and was missed. `closed-gap`: announced as failing, and passed: the announcement must go.
   * `stale-gap`: announced, and there is no such scenario.
   */
  readonly verdict: "passed" | "failed" | "skipped" | "known-gap" | "closed-gap" | "stale-gap";
  readonly reason: string;
}

/** Key of the result of a suite that did not come to its end. */
export const UNFINISHED_KEY = "run/finishes";

/** Whether a result makes the suite fail. */
export function isFault({ verdict }: JudgedResult): boolean {
  return verdict === "failed" || verdict === "closed-gap" || verdict === "stale-gap";
}

/** The gaps that hold for these options in a runtime. */
export function gapsOf(
  knownGaps: readonly KnownGap[],
  options: OptionValues,
  runtime: RuntimeId = DEFAULT_RUNTIME,
): readonly KnownGap[] {
  return knownGaps.filter((gap) => holds(gap, options, runtime));
}

/** Compares results with the gaps that hold for these options in a runtime. Order is kept; stale gaps come last. */
export function judgeGaps(
  results: readonly ScenarioResult[],
  knownGaps: readonly KnownGap[],
  options: OptionValues,
  runtime: RuntimeId = DEFAULT_RUNTIME,
): JudgedResult[] {
  const gaps = new Map(gapsOf(knownGaps, options, runtime).map((gap) => [gap.scenario, gap]));
  const judged = results.map(({ key, status, reason }): JudgedResult => {
    const gap = gaps.get(key);
    if (gap === undefined || status === "skipped") return { key, verdict: status, reason };
    if (status === "failed") return { key, verdict: "known-gap", reason: `${gap.reason} (now: ${reason})` };
    if (gap.isTimed === true) {
      return { key, verdict: "known-gap", reason: `${gap.reason} (not met this time)` };
    }
    return {
      key,
      verdict: "closed-gap",
      reason: `Passes, although it is listed as a known gap: ${gap.reason}`,
    };
  });
  const keys = new Set(results.map(({ key }) => key));
  // A suite that broke off has not come to all of them.
  const isWhole = !keys.has(UNFINISHED_KEY);
  const stale = knownGaps.filter(() => isWhole).filter((gap) => !keys.has(gap.scenario)).map((
    gap,
  ): JudgedResult => ({
    key: gap.scenario,
    verdict: "stale-gap",
    reason: "Is listed as a known gap, and there is no such scenario",
  }));
  return [...judged, ...stale];
}

function holds({ when, runtimes }: KnownGap, options: OptionValues, runtime: RuntimeId): boolean {
  return (runtimes?.includes(runtime) ?? true) &&
    Object.entries(when ?? {}).every(([name, value]) => options[name] === value);
}
