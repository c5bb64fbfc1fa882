/**
 * Histories that the random test has found (`deno task fuzz`), made small by it. Each is judged by the oracle, after every
 * emission and every read, and runs on tables of its own.
 */
import type { Table } from "../model/schema.ts";
import { insert, remove, select, update, upsert } from "../model/statement.ts";
import { caseLimits } from "./fuzz/case_limits.ts";
import type { History, Step } from "./history.ts";
import { replayHistory } from "./replay_history.ts";
import { NotApplicable, type Scenario } from "./scenario.ts";

const leaves: Table = {
  name: "b",
  columns: [{ name: "id", type: "integer" }, { name: "weight", type: "integer", nullable: true }],
  primaryKey: "id",
  indexes: [],
};

const partnered: Table = {
  name: "a",
  columns: [{ name: "id", type: "integer" }, { name: "partner", type: "integer" }],
  primaryKey: "id",
  indexes: [],
};

/** See {@link Scenario}. */
export const FOUND_SCENARIOS: readonly Scenario[] = [
  found("found/increment-of-null", {
    tables: [leaves],
    steps: [
      { do: "write", statement: insert({ table: "b", columns: ["id"] }), args: [3] },
      {
        do: "write",
        statement: update({ table: "b", set: [{ column: "weight", increment: -2 }], keyColumn: "id" }),
        args: [3],
      },
    ],
  }),
  found("found/order-by-a-number-that-may-be-null", {
    tables: [leaves],
    steps: [
      {
        do: "batch",
        statement: insert({ table: "b", columns: ["id", "weight"] }),
        rows: [[0, 0], [1, null]],
      },
      {
        do: "read",
        query: select({
          table: "b",
          columns: ["weight"],
          orderBy: [{ column: "weight", descending: false }],
          where: [],
        }),
        args: [],
      },
      {
        do: "watch",
        query: select({
          table: "b",
          columns: ["weight"],
          orderBy: [{ column: "weight", descending: false }],
          where: [],
        }),
        args: [],
      },
      {
        do: "write",
        statement: upsert({ table: "b", mode: "update", conflictColumn: "id", columns: ["id", "weight"] }),
        args: [2, null],
      },
    ],
  }),
  found("found/cursor-over-null", {
    tables: [leaves],
    steps: [
      { do: "write", statement: insert({ table: "b", columns: ["id", "weight"] }), args: [0, null] },
      { do: "watch", query: below("b"), args: [0] },
      { do: "read", query: below("b"), args: [0] },
    ],
  }),
  found("found/cursor-with-null-behind-its-first-column", {
    tables: [leaves],
    steps: [
      { do: "watch", query: belowBoth(), args: [5, null] },
      { do: "write", statement: insert({ table: "b", columns: ["id", "weight"] }), args: [0, 1] },
      { do: "write", statement: insert({ table: "b", columns: ["id", "weight"] }), args: [5, 1] },
      { do: "read", query: belowBoth(), args: [5, null] },
      { do: "read", query: belowBoth(), args: [null, 1] },
    ],
  }),
  found("found/cursor-in-a-join", {
    tables: [
      partnered,
      { ...leaves, columns: leaves.columns.slice(0, 1) },
    ],
    steps: [
      { do: "write", statement: insert({ table: "b", columns: ["id"] }), args: [0] },
      { do: "write", statement: insert({ table: "a", columns: ["id", "partner"] }), args: [0, 0] },
      {
        do: "watch",
        query: select({
          table: "a",
          as: "x",
          columns: ["x.partner"],
          join: { table: "b", as: "y", left: "x.partner", right: "y.id" },
          orderBy: [{ column: "x.partner", descending: true }],
          where: [{ kind: "before", columns: ["x.partner"], operands: [{ param: "partner" }] }],
        }),
        args: [0],
      },
    ],
  }),
  found("found/index-of-two-columns-with-null", {
    tables: [{
      name: "a",
      columns: [
        { name: "id", type: "integer" },
        { name: "p", type: "text", nullable: true },
        { name: "q", type: "integer" },
      ],
      primaryKey: "id",
      indexes: [{ name: "a_q_p", columns: [{ column: "q", descending: true }, { column: "p" }] }],
    }],
    steps: [
      { do: "write", statement: insert({ table: "a", columns: ["id", "p", "q"] }), args: [0, null, 0] },
      {
        do: "read",
        query: select({
          table: "a",
          columns: ["q"],
          orderBy: [{ column: "q", descending: true }],
          where: [],
        }),
        args: [],
      },
      {
        do: "read",
        query: select({
          table: "a",
          columns: ["id"],
          orderBy: [],
          where: [{ kind: "equal", column: "q", operand: { param: "q" } }],
        }),
        args: [0],
      },
    ],
  }),
  found("found/window-in-the-order-of-an-index-of-text", {
    tables: [{
      name: "a",
      columns: [{ name: "id", type: "integer" }, { name: "p", type: "text" }, { name: "q", type: "text" }],
      primaryKey: "id",
      indexes: [
        { name: "a_p", columns: [{ column: "p", descending: true }] },
        { name: "a_q_p", columns: [{ column: "q" }, { column: "p" }] },
      ],
    }],
    steps: [
      {
        do: "batch",
        statement: insert({ table: "a", columns: ["id", "p", "q"] }),
        rows: [[0, "b", " "], [1, "a", ""], [2, "c", "a "], [3, "d", "a"]],
      },
      ...(["p", "q"] as const).flatMap((column) =>
        [false, true].flatMap((descending): Step[] => {
          const query = select({
            table: "a",
            columns: ["id"],
            orderBy: [{ column, descending }],
            where: [],
            limit: { value: 1 },
          });
          return [{ do: "read", query, args: [] }, { do: "watch", query, args: [] }];
        })
      ),
      { do: "write", statement: insert({ table: "a", columns: ["id", "p", "q"] }), args: [4, "e", "b"] },
    ],
  }),
  found("found/listener-leaves-before-another", {
    tables: [leaves],
    steps: [
      { do: "watch", query: weights(), args: [], leavesAt: 2 },
      { do: "watch", query: weights(), args: [] },
      { do: "write", statement: insert({ table: "b", columns: ["id", "weight"] }), args: [7, null] },
      { do: "settle" },
      { do: "write", statement: remove({ table: "b", keyColumn: "id" }), args: [7] },
    ],
  }),
  found("found/two-listeners-of-a-deleted-row", {
    tables: [leaves],
    steps: [
      { do: "write", statement: insert({ table: "b", columns: ["id", "weight"] }), args: [2, 0] },
      { do: "watch", query: weightOf(), args: [2] },
      { do: "watch", query: weightOf(), args: [2] },
      { do: "write", statement: remove({ table: "b", keyColumn: "id" }), args: [2] },
    ],
  }),
  found("found/batch-and-behind-it-a-write-that-nobody-awaits", {
    tables: [leaves],
    steps: [
      { do: "watch", query: weights(), args: [] },
      { do: "settle" },
      {
        do: "batch",
        statement: upsert({ table: "b", mode: "update", conflictColumn: "id", columns: ["id", "weight"] }),
        rows: [[0, 1], [1, 2]],
        isAwaited: false,
      },
      {
        do: "write",
        statement: insert({ table: "b", columns: ["id", "weight"] }),
        args: [2, 4],
        isAwaited: false,
      },
      { do: "settle" },
    ],
  }),
  found("found/two-indexes-of-one-column", {
    tables: [{
      ...leaves,
      indexes: [
        { name: "b_up", columns: [{ column: "weight" }] },
        { name: "b_down", columns: [{ column: "weight", descending: true }] },
      ],
    }],
    steps: [
      { do: "write", statement: insert({ table: "b", columns: ["id", "weight"] }), args: [0, 1] },
      { do: "read", query: below("b"), args: [2] },
    ],
  }),
  found("found/condition-on-null-in-a-join", {
    tables: [
      {
        name: "a",
        columns: [
          { name: "id", type: "integer" },
          { name: "partner", type: "integer" },
          { name: "p", type: "integer", nullable: true },
        ],
        primaryKey: "id",
        indexes: [],
      },
      leaves,
    ],
    steps: [
      { do: "write", statement: insert({ table: "b", columns: ["id", "weight"] }), args: [3, 0] },
      { do: "write", statement: insert({ table: "a", columns: ["id", "partner", "p"] }), args: [0, 3, null] },
      { do: "read", query: joinedBelow(), args: [1] },
      { do: "watch", query: joinedBelow(), args: [1] },
      { do: "write", statement: insert({ table: "a", columns: ["id", "partner", "p"] }), args: [1, 3, 0] },
    ],
  }),
  found("found/cursor-and-condition-on-a-partner", {
    tables: [partnered, leaves],
    steps: [
      { do: "write", statement: insert({ table: "b", columns: ["id", "weight"] }), args: [2, 5] },
      { do: "watch", query: pageWithHeavyPartners(), args: [4, 0] },
      { do: "write", statement: insert({ table: "a", columns: ["id", "partner"] }), args: [6, 2] },
      { do: "write", statement: insert({ table: "a", columns: ["id", "partner"] }), args: [3, 2] },
      { do: "read", query: pageWithHeavyPartners(), args: [4, 0] },
    ],
  }),
  found("found/listener-leaves-a-window-that-lacks-a-partner", {
    tables: [partnered, leaves],
    steps: [
      { do: "watch", query: joinedWindow(), args: [1], leavesAt: 1 },
      { do: "write", statement: insert({ table: "a", columns: ["id", "partner"] }), args: [0, 0] },
      { do: "settle" },
    ],
  }),
  found("found/join-while-both-tables-change", {
    tables: [partnered, leaves],
    steps: [
      { do: "write", statement: insert({ table: "a", columns: ["id", "partner"] }), args: [0, 2] },
      { do: "write", statement: insert({ table: "a", columns: ["id", "partner"] }), args: [5, 0] },
      { do: "write", statement: insert({ table: "b", columns: ["id", "weight"] }), args: [2, 1] },
      { do: "watch", query: joined(), args: [] },
      { do: "write", statement: remove({ table: "b", keyColumn: "id" }), args: [2] },
      {
        do: "write",
        statement: update({ table: "a", set: [{ column: "partner", param: "partner" }], keyColumn: "id" }),
        args: [2, 5],
      },
    ],
  }),
  found("found/limit-of-a-row-that-comes-later", {
    tables: [leaves],
    steps: [
      { do: "watch", query: weightWithLimit(), args: [1, 1] },
      { do: "write", statement: insert({ table: "b", columns: ["id", "weight"] }), args: [1, null] },
    ],
  }),
  found("found/limit-of-nothing-by-key", {
    tables: [leaves],
    steps: [
      { do: "write", statement: insert({ table: "b", columns: ["id", "weight"] }), args: [3, 1] },
      { do: "read", query: weightWithLimit(), args: [3, 0] },
      { do: "watch", query: weightWithLimit(), args: [3, 0] },
      {
        do: "write",
        statement: update({ table: "b", set: [{ column: "weight", param: "weight" }], keyColumn: "id" }),
        args: [2, 3],
      },
    ],
  }),
];

function joinedBelow() {
  return select({
    table: "a",
    as: "x",
    columns: ["x.id", "y.weight"],
    join: { table: "b", as: "y", left: "x.partner", right: "y.id" },
    orderBy: [],
    where: [{ kind: "range", column: "x.p", below: { param: "p" } }],
  });
}

function joined() {
  return select({
    table: "a",
    as: "x",
    columns: ["x.id", "y.weight"],
    join: { table: "b", as: "y", left: "x.partner", right: "y.id" },
    orderBy: [{ column: "x.id", descending: true }],
    where: [],
  });
}

function joinedWindow() {
  const { kind: _kind, params: _params, sql: _sql, ...draft } = joined();
  return select({ ...draft, limit: { param: "limit" } });
}

function pageWithHeavyPartners() {
  const { kind: _kind, params: _params, sql: _sql, ...draft } = joined();
  return select({
    ...draft,
    where: [
      { kind: "before", columns: ["x.id"], operands: [{ param: "id" }] },
      { kind: "range", column: "y.weight", from: { param: "weight" } },
    ],
  });
}

function weightOf() {
  return select({
    table: "b",
    columns: ["weight"],
    orderBy: [],
    where: [{ kind: "equal", column: "id", operand: { param: "id" } }],
  });
}

function belowBoth() {
  return select({
    table: "b",
    columns: ["id"],
    orderBy: [{ column: "id", descending: true }, { column: "weight", descending: true }],
    where: [{ kind: "before", columns: ["id", "weight"], operands: [{ param: "id" }, { param: "weight" }] }],
  });
}

function weightWithLimit() {
  return select({
    table: "b",
    columns: ["weight"],
    orderBy: [{ column: "id", descending: false }],
    where: [{ kind: "equal", column: "id", operand: { param: "id" } }],
    limit: { param: "limit" },
  });
}

function weights() {
  return select({ table: "b", columns: ["weight"], where: [], orderBy: [] });
}

function below(table: string) {
  return select({
    table,
    columns: ["id"],
    orderBy: [{ column: "weight", descending: true }],
    where: [{ kind: "before", columns: ["weight"], operands: [{ param: "weight" }] }],
  });
}

/** A history as a scenario. Writes that are not waited for are asked only of who does them in the order of the calls. */
export function found(key: string, history: History): Scenario {
  const overlaps = history.steps.some((step) => "isAwaited" in step && step.isAwaited === false);
  const isWatched = history.steps.some((step) => step.do === "watch");
  return {
    key,
    tables: history.tables,
    ...(isWatched ? { needs: ["watch"] } : {}),
    run: ({ session, capabilities, patience }) => {
      if (overlaps && !caseLimits(capabilities).isOrdered) {
        throw new NotApplicable("Nobody promises an order of writes that are not waited for");
      }
      return replayHistory({ session, isBatchAtomic: capabilities.atomicBatch, ...patience }, history);
    },
  };
}
