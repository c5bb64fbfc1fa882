import type { Pacing } from "./workload.ts";

/** Reads `4` (turns of the event loop) or `1ms` (a timer); `undefined` for anything else. */
export function parsePacing(text: string): Pacing | undefined {
  const match = /^(\d{1,4})(ms)?$/.exec(text);
  if (match === null) return undefined;
  const amount = Number(match[1]);
  if (match[2] === undefined) return { turns: amount };
  return amount === 0 ? undefined : { pauseMs: amount };
}
