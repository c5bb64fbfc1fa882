import type { RunRecord } from "../model/mod.ts";

/** What to do about blocks that were ended because their time was over; `undefined` when none was. */
export function timeoutAdvice(
  { results, settings: { timeoutMs } }: Pick<RunRecord, "results" | "settings">,
): string | undefined {
  const late = results.filter(({ status, elapsedMs }) => status === "failed" && elapsedMs >= timeoutMs);
  if (late.length === 0) return undefined;
  const seconds = timeoutMs / 1000;
  return `${
    late.length === 1 ? "1 repetition was" : `${late.length} repetitions were`
  } ended after ${seconds} s: ` +
    `a slow database gets more time with --timeout ${seconds * 5}, one that hangs does not need it`;
}
