import type { Row } from "../model/value.ts";
import { Digester } from "../protocol/digester.ts";
import { type Consumed, ResultRecorder } from "./result_recorder.ts";

/**
 * Looks at every value of a result, as a screen would, and notes nothing: what recording is compared with, to know what
 * it costs. A block that is played with it cannot be judged.
 */
export class NullRecorder extends ResultRecorder {
  #seen = 0;

  constructor() {
    super(new Digester({ a: 0, b: 0 }), false);
  }

  override consume(rows: readonly Row[], columns: readonly string[]): number {
    let seen = 0;
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index]!;
      for (let column = 0; column < columns.length; column++) {
        const value = row[columns[column]!];
        if (typeof value === "number") seen += value;
        else if (typeof value === "string") seen += value.length;
        else seen += 1;
      }
    }
    // Kept, so that the loop is not optimised away.
    this.#seen += seen;
    return 0;
  }

  override consumeOpen(rows: readonly Row[], columns: readonly string[]): Consumed {
    this.consume(rows, columns);
    return { digest: 0, rowDigests: NOTHING };
  }
}

const NOTHING = new Float64Array(0);
