/** Steps of transactions on the wire: statements are named by number, as everywhere. */
import type { TransactionStep } from "../model/adapter.ts";
import type { Query, Statement, WriteStatement } from "../model/statement.ts";
import type { Args } from "../model/value.ts";
import { append } from "./append.ts";

/** A step of a transaction with numbers for statements. */
export type WireTransactionStep =
  | { readonly kind: "write"; readonly statement: number; readonly args: Args }
  | { readonly kind: "read"; readonly query: number; readonly args: Args }
  | {
    readonly kind: "savepoint";
    readonly steps: readonly WireTransactionStep[];
    readonly isRolledBack: boolean;
  }
  | { readonly kind: "rollback" };

/** For the side that sends them: `numberOf` gives the number of a statement. */
export function numberSteps(
  steps: readonly TransactionStep[],
  numberOf: (statement: Statement) => number,
): WireTransactionStep[] {
  return steps.map((step): WireTransactionStep => {
    switch (step.kind) {
      case "write":
        return { ...step, statement: numberOf(step.statement) };
      case "read":
        return { ...step, query: numberOf(step.query) };
      case "savepoint":
        return { ...step, steps: numberSteps(step.steps, numberOf) };
      case "rollback":
        return step;
    }
  });
}

/** For the child, in a realm that it shares with adapters. */
export function stepsFrom(
  wire: readonly WireTransactionStep[],
  statements: readonly Statement[],
): TransactionStep[] {
  const steps: TransactionStep[] = [];
  for (let index = 0; index < wire.length; index++) append(steps, stepFrom(wire[index]!, statements));
  return steps;
}

function stepFrom(step: WireTransactionStep, statements: readonly Statement[]): TransactionStep {
  switch (step.kind) {
    case "write":
      return { ...step, statement: statements[step.statement] as WriteStatement };
    case "read":
      return { ...step, query: statements[step.query] as Query };
    case "savepoint":
      return { ...step, steps: stepsFrom(step.steps, statements) };
    case "rollback":
      return step;
  }
}

/** A query that a transaction asks, with its arguments. */
export interface TransactionRead {
  /** The query. */
  readonly query: Query;
  /** Its arguments. */
  readonly args: Args;
}

/** The queries that a transaction asks, in the order in which it asks them. */
export function transactionReads(steps: readonly TransactionStep[]): TransactionRead[] {
  const reads: TransactionRead[] = [];
  collectReads(steps, reads);
  return reads;
}

function collectReads(steps: readonly TransactionStep[], reads: TransactionRead[]): void {
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index]!;
    if (step.kind === "read") append(reads, { query: step.query, args: step.args });
    else if (step.kind === "savepoint") collectReads(step.steps, reads);
  }
}
