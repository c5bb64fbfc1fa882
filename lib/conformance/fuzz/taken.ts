import type { WriteStatement } from "../../model/statement.ts";
import type { Args, Value } from "../../model/value.ts";
import type { Step } from "../history.ts";

/** Which values of unique columns are there. */
export class Taken {
  readonly #values = new Map<string, Set<Value>>();

  /** Whether the statement can run; notes what it does then. */
  takes(statement: WriteStatement, args: Args): boolean {
    const values = this.#values.get(statement.table) ?? new Set<Value>();
    this.#values.set(statement.table, values);
    switch (statement.kind) {
      case "insert": {
        // Every table of a case begins with its unique column, or with an assigned key and then that.
        const value = args[0]!;
        if (values.has(value)) return false;
        values.add(value);
        return true;
      }
      case "upsert":
        values.add(args[statement.columns.indexOf(statement.conflictColumn)]!);
        return true;
      case "delete":
        values.delete(args[0]!);
        return true;
      case "update":
        return true;
    }
  }
}

/** Whether no insert of the steps meets a row that is there. */
export function isPlayable(steps: readonly Step[]): boolean {
  const taken = new Taken();
  return steps.every((step) => {
    if (step.do === "write") return taken.takes(step.statement, step.args);
    return step.do !== "batch" || step.rows.every((args) => taken.takes(step.statement, args));
  });
}

/** Without inserts, and rows of batches, that meet a row that is there. */
export function playable(steps: readonly Step[]): Step[] {
  const taken = new Taken();
  return steps.flatMap((step): Step[] => {
    if (step.do === "write") return taken.takes(step.statement, step.args) ? [step] : [];
    if (step.do !== "batch") return [step];
    return [{ ...step, rows: step.rows.filter((args) => taken.takes(step.statement, args)) }];
  });
}
