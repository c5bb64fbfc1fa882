/** What a transaction of several steps does to the tables, and what its reads have to see. */
import type { TransactionStep } from "../model/adapter.ts";
import type { Query, WriteStatement } from "../model/statement.ts";
import type { Args } from "../model/value.ts";
import { applyWrite, type RowChange } from "./apply_write.ts";
import type { TableStore } from "./table_store.ts";

/** Where a transaction is replayed. */
export interface TransactionStage {
  /** Rows of the table that a statement names. */
  storeOf(statement: WriteStatement): TableStore;
  /** Called for each read, in order, while the tables are as the steps before it have left them. */
  read(query: Query, args: Args): void;
}

/** Runs the steps and returns what they changed in the end; what is rolled back is undone again. */
export function replayTransaction(steps: readonly TransactionStep[], stage: TransactionStage): RowChange[] {
  const changes: { readonly store: TableStore; readonly change: RowChange }[] = [];
  const undoFrom = (start: number): void => {
    for (const { store, change } of changes.splice(start).reverse()) {
      store.replace(change.after, change.before);
    }
  };
  /** `false` when the whole transaction is to be undone. */
  const run = (some: readonly TransactionStep[]): boolean => {
    for (const step of some) {
      switch (step.kind) {
        case "write": {
          const store = stage.storeOf(step.statement);
          const made: RowChange[] = [];
          applyWrite(store, step.statement, step.args, made);
          for (const change of made) changes.push({ store, change });
          break;
        }
        case "read":
          stage.read(step.query, step.args);
          break;
        case "savepoint": {
          const start = changes.length;
          if (!run(step.steps)) return false;
          if (step.isRolledBack) undoFrom(start);
          break;
        }
        case "rollback":
          return false;
      }
    }
    return true;
  };
  if (!run(steps)) undoFrom(0);
  return changes.map(({ change }) => change);
}
