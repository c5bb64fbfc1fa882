import type { Row } from "../model/value.ts";
import { sameRows, shown } from "./expect.ts";
import type { Recorder } from "./recorder.ts";

/** Checks that emissions show committed states and never go back: each equals a state not before the one of the last. */
export function expectHistory(
  recorder: Recorder,
  states: readonly (readonly Row[])[],
  what: string,
): void {
  let at = 0;
  for (const [index, rows] of recorder.copies.entries()) {
    const found = states.findIndex((state, position) => position >= at && sameRows(state, rows));
    if (found >= 0) {
      at = found;
      continue;
    }
    const isOld = states.some((state) => sameRows(state, rows));
    throw new Error(
      `${what}: emission ${index} ${isOld ? "goes back in time" : "equals no committed state"}: ${
        shown(rows)
      }`,
    );
  }
}
