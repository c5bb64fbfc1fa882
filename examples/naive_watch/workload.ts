/**
 * A workload from outside: one counter that is incremented, and one screen that shows it.
 *
 *     deno task bench --workload ./examples/naive_watch/workload.ts --adapter node-sqlite,tinybase
 */
import { select, type Table, update, type Workload } from "watchbench/model";

const counters: Table = {
  name: "counters",
  columns: [{ name: "id", type: "integer" }, {
    name: "value",
    type: "integer",
  }],
  primaryKey: "id",
  indexes: [],
};

const increment = update({
  table: "counters",
  set: [{ column: "value", increment: 1 }],
  keyColumn: "id",
});

const readCounter = select({
  table: "counters",
  columns: ["value"],
  where: [{ kind: "equal", column: "id", operand: { param: "id" } }],
  orderBy: [],
});

/** What the bench asks for: a default export, or one named `workload`. */
export const workload: Workload = {
  id: "one-counter",
  version: 1,
  title: "One counter",
  question: "What does one watched row cost each of its writes?",
  unfair: "One row and one watcher: everything scales, nothing is asked to.",
  slow: false,
  withoutLiveQueries: "floor",
  phases: [{ name: "count", title: "Increments" }],
  parameters: {
    smoke: { writeCount: 20 },
    standard: { writeCount: 1000 },
    large: { writeCount: 10_000 },
  },
  program: ({ writeCount }) => ({
    tables: [counters],
    seeds: [{
      table: "counters",
      rowCount: 1,
      firstKey: 1,
      row: () => ({ id: 1, value: 0 }),
      batchSize: 1,
    }],
    iterations: [{
      warmup: false,
      freshSession: true,
      phases: [{
        name: "count",
        watches: [{ query: readCounter, args: [1] }],
        operations: () =>
          Array.from({ length: writeCount! }, () => ({
            kind: "write" as const,
            label: "increment",
            statement: increment,
            args: [1],
          })),
        warmupOperationCount: 0,
        pacing: { turns: 1 },
        checks: [],
      }],
    }],
  }),
};
