/**
 * The rows of a batch: one statement for all of them, as many in one step as it allows.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { explain } from "../sqlite/explain.ts";
import { rowsPerStep } from "../sqlite/multi_row.ts";
import { bindingArguments } from "../sqlite/placeholders.ts";
import type { Schema } from "../sqlite/schema.ts";
import type { Prepared, Statements } from "../sqlite/statements.ts";
import { type SqlParam, type SqlValue, toBindable } from "../values.ts";

/** Params of a batch, column by column. */
export interface RowsByColumn {
  readonly rowCount: number;
  readonly columns: readonly ArrayLike<SqlParam>[];
}

/** What one step gave. */
export interface RunResult {
  readonly changes: number | bigint;
  readonly lastInsertRowid: number | bigint;
}

/** Runs batches on one connection. */
export class BatchRows {
  readonly #db: DatabaseSync;
  readonly #statements: Statements;
  readonly #schema: Schema;
  readonly #refuseWithdrawn: (sql: string) => void;

  /** `refuseWithdrawn` is called before each step, and throws when the caller has given the batch up. */
  constructor(
    db: DatabaseSync,
    statements: Statements,
    schema: Schema,
    refuseWithdrawn: (sql: string) => void,
  ) {
    this.#db = db;
    this.#statements = statements;
    this.#schema = schema;
    this.#refuseWithdrawn = refuseWithdrawn;
  }

  /** Runs a statement for all rows of a batch, as many in one step as it allows. */
  *run(prepared: Prepared, { rowCount, columns }: RowsByColumn): Iterable<RunResult> {
    const width = columns.length;
    let row = 0;
    for (const count of [...rowsPerStep, 1]) {
      if (rowCount - row < count) continue;
      let statement: StatementSync | null = prepared.statement;
      if (count > 1) {
        statement = this.#statements.multiRow(prepared, width, count);
        if (statement === null || !this.#sharesSteps(prepared)) continue;
      }
      const params: SqlValue[] = new Array(count * width);
      for (; rowCount - row >= count; row += count) {
        this.#refuseWithdrawn(prepared.sql);
        for (let column = 0; column < width; column++) {
          const values = columns[column]!;
          for (let i = 0; i < count; i++) params[i * width + column] = toBindable(values[row + i]!);
        }
        yield runWith(statement, prepared, params);
      }
    }
  }

  /**
   * Several rows in one step see what one by one they would not: foreign keys are looked at when a step has ended, so that a
   * later row can make good what an earlier one has broken; and the rows that steps have changed are counted by step.
   */
  #sharesSteps(prepared: Prepared): boolean {
    if (prepared.sharesSteps === null) {
      const facts = [...prepared.access.writes.keys()].map((table) => this.#schema.table(table));
      const program = this.#statements.recorder.ignore(() => explain(this.#db, prepared.sql, [])) ?? [];
      const deletes = program.some((step) => step.opcode === "Delete");
      const counts = program.some((step) =>
        step.opcode === "Function" && /^(?:total_)?changes\(/.test(step.p4 ?? "")
      );
      prepared.sharesSteps = !counts &&
        !facts.some((table) => table.refersToItself || (table.isReferenced && deletes));
    }
    return prepared.sharesSteps;
  }
}

/** Runs a statement once with these params of the prepared one. Few are passed one by one, as spreading costs more. */
export function runWith(
  statement: StatementSync,
  { names }: Prepared,
  values: readonly SqlValue[],
): RunResult {
  const params = bindingArguments(names, values) as readonly SqlValue[];
  switch (params.length) {
    case 0:
      return statement.run();
    case 1:
      return statement.run(params[0]!);
    case 2:
      return statement.run(params[0]!, params[1]!);
    case 3:
      return statement.run(params[0]!, params[1]!, params[2]!);
    default:
      return statement.run(...params);
  }
}
