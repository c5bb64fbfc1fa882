/** What is a little smaller than a history that has been found. */
import type { Table } from "../../model/schema.ts";
import {
  insert,
  type Query,
  select,
  unqualified,
  update,
  upsert,
  type WriteStatement,
} from "../../model/statement.ts";
import type { Args } from "../../model/value.ts";
import type { History, Step } from "../history.ts";
import { uniqueColumn } from "./schema_arbitrary.ts";
import { isPlayable } from "./taken.ts";

/** Histories with one thing less each: a step, a row of a batch, a flag of a step, a table, an index, or a column. */
export function* smallerHistories(history: History): Generator<History> {
  const { tables } = history;
  for (const steps of smallerSteps(history.steps)) {
    if (steps.length > 0 && isPlayable(steps)) yield { tables, steps };
  }
  yield* smallerTables(history);
}

/** From the end: what comes late is needed the least. */
function* smallerSteps(steps: readonly Step[]): Generator<readonly Step[]> {
  for (let index = steps.length - 1; index >= 0; index--) yield withoutStep(steps, index);
  for (const [index, step] of steps.entries()) {
    const plainer = (changed: Step) => steps.map((one, at) => at === index ? changed : one);
    if (step.do === "watch" && step.leavesAt !== undefined) {
      const { leavesAt: _, ...rest } = step;
      yield plainer(rest);
    }
    if ((step.do === "write" || step.do === "batch") && step.isAwaited === false) {
      const { isAwaited: _, ...rest } = step;
      yield plainer(rest);
    }
    if (step.do !== "batch") continue;
    for (const [row] of step.rows.entries()) {
      yield plainer({ ...step, rows: step.rows.filter((_, at) => at !== row) });
    }
    if (step.rows.length === 1) {
      const { rows, do: _, ...rest } = step;
      yield plainer({ ...rest, do: "write", args: rows[0]! });
    }
  }
}

/** Streams are counted: those behind one that is not opened move up, and it is not closed. */
export function withoutStep(steps: readonly Step[], index: number): Step[] {
  const others = steps.filter((_, at) => at !== index);
  if (steps[index]!.do !== "watch") return others;
  const stream = steps.slice(0, index).filter((step) => step.do === "watch").length;
  return others.flatMap((step): Step[] => {
    if (step.do !== "close" || step.stream < stream) return [step];
    return step.stream === stream ? [] : [{ ...step, stream: step.stream - 1 }];
  });
}

function* smallerTables(history: History): Generator<History> {
  const { tables, steps } = history;
  const named = new Set(steps.flatMap(tablesOfStep));
  for (const table of tables) {
    if (!named.has(table.name)) yield { steps, tables: tables.filter((one) => one !== table) };
  }
  for (const table of tables) {
    for (const index of table.indexes) {
      const indexes = table.indexes.filter((one) => one !== index);
      yield { steps, tables: tables.map((one) => one === table ? { ...table, indexes } : one) };
    }
  }
  for (const table of tables) {
    for (const { name } of table.columns) {
      if (name === table.primaryKey || name === uniqueColumn(table)) continue;
      const smaller = withoutColumn(history, table, name);
      if (smaller !== undefined) yield smaller;
    }
  }
}

function tablesOfStep(step: Step): string[] {
  if ("statement" in step) return [step.statement.table];
  if (!("query" in step)) return [];
  const { query } = step;
  return [query.table, ...(query.kind === "select" && query.join !== undefined ? [query.join.table] : [])];
}

/** `undefined` where the history needs the column. */
function withoutColumn({ tables, steps }: History, table: Table, column: string): History | undefined {
  const smaller: Step[] = [];
  for (const step of steps) {
    const changed = stepWithout(step, table.name, column);
    if (changed === undefined) return undefined;
    smaller.push(changed);
  }
  const columns = table.columns.filter(({ name }) => name !== column);
  const indexes = table.indexes.map((index) => ({
    ...index,
    columns: index.columns.filter((term) => term.column !== column),
  })).filter((index) => index.columns.length > 0);
  return {
    steps: smaller,
    tables: tables.map((one) => one === table ? { ...table, columns, indexes } : one),
  };
}

function stepWithout(step: Step, table: string, column: string): Step | undefined {
  switch (step.do) {
    case "write": {
      if (step.statement.table !== table) return step;
      const [statement, args] = statementWithout(step.statement, column, [step.args]) ?? [];
      return statement === undefined ? undefined : { ...step, statement, args: args![0]! };
    }
    case "batch": {
      if (step.statement.table !== table) return step;
      const [statement, rows] = statementWithout(step.statement, column, step.rows) ?? [];
      return statement === undefined ? undefined : { ...step, statement, rows: rows! };
    }
    case "read":
    case "watch": {
      const query = queryWithout(step.query, table, column);
      return query === undefined ? undefined : { ...step, query };
    }
    default:
      return step;
  }
}

function statementWithout(
  statement: WriteStatement,
  column: string,
  rows: readonly Args[],
): [WriteStatement, readonly Args[]] | undefined {
  switch (statement.kind) {
    case "delete":
      return [statement, rows];
    case "insert":
    case "upsert": {
      const at = statement.columns.indexOf(column);
      if (at < 0) return [statement, rows];
      const columns = statement.columns.filter((name) => name !== column);
      const { kind: _kind, params: _params, sql: _sql, ...draft } = statement;
      const made = "mode" in draft ? upsert({ ...draft, columns }) : insert({ ...draft, columns });
      return [made, rows.map((args) => args.filter((_, index) => index !== at))];
    }
    case "update": {
      if (!statement.set.some((assignment) => assignment.column === column)) return [statement, rows];
      const set = statement.set.filter((assignment) => assignment.column !== column);
      if (set.length === 0) return undefined;
      const given = statement.set.filter((assignment) => "param" in assignment);
      const at = given.findIndex((assignment) => assignment.column === column);
      const { kind: _kind, params: _params, sql: _sql, ...draft } = statement;
      return [
        update({ ...draft, set }),
        at < 0 ? rows : rows.map((args) => args.filter((_, index) => index !== at)),
      ];
    }
  }
}

/** Without the column among what is shown; `undefined` where anything else needs it. */
function queryWithout(query: Query, table: string, column: string): Query | undefined {
  const isOwn = (reference: string): boolean => {
    if (unqualified(reference) !== column) return false;
    if (query.kind !== "select" || query.join === undefined) return query.table === table;
    const isJoined = reference.startsWith(`${query.join.as}.`);
    return (isJoined ? query.join.table : query.table) === table;
  };
  const needed = query.where.flatMap((filter) => filter.kind === "before" ? filter.columns : [filter.column]);
  if (needed.some(isOwn)) return undefined;
  if (query.kind === "sum") return isOwn(query.column) ? undefined : query;
  if (query.kind === "count") return query;
  const others = [
    ...query.orderBy.map((term) => term.column),
    ...(query.join === undefined ? [] : [query.join.left, query.join.right]),
  ];
  if (others.some(isOwn)) return undefined;
  const columns = query.columns.filter((reference) => !isOwn(reference));
  if (columns.length === query.columns.length) return query;
  if (columns.length === 0) return undefined;
  const { kind: _kind, params: _params, sql: _sql, ...draft } = query;
  return select({ ...draft, columns });
}
