/**
 * Queries over documents, for stores without SQL: predicates, order, limit and projection, compiled once per query.
 *
 * In: the structured form of a query, and documents that the store hands over (all of them, or those that an index of
 * the store has chosen). Out: the rows that SQL would answer. Adapters whose library filters and sorts by itself use
 * only the parts that it lacks.
 *
 * Values compare as in SQL: nothing is equal to, above or below NULL, and NULL sorts first.
 */
import type { Filter, Operand, OrderTerm, Query, SelectQuery } from "../../model/statement.ts";
import { filterOperands, unqualified } from "../../model/statement.ts";
import type { Args, Row, Value } from "../../model/value.ts";
import { decidesByFirstTable } from "./filter_values.ts";

/** Finds the document of a joined table by its primary key. */
export type FindJoined = (key: Value) => Row | undefined;

/** A query that was read once and runs often. */
export interface DocumentQuery {
  /** Whether a document of the query's first table fulfils the conditions on that table. */
  matcher(args: Args): (document: Row) => boolean;
  /**
   * The part of {@link matcher} that needs one column alone, for stores that know a document's key before they fetch
   * it; `undefined` when no condition is about that column.
   */
  columnMatcher(column: string, args: Args): ((value: Value) => boolean) | undefined;
  /** Values that columns of the first table must equal, by unqualified name: what an index can serve. */
  equalities(args: Args): ReadonlyMap<string, Value>;
  /** How many of the first rows in order decide the result: its limit, and what it passes over; `undefined` for all. */
  limit(args: Args): number | undefined;
  /** How many rows the result passes over; mostly 0. */
  offset(args: Args): number;
  /**
   * The whole result from documents that pass {@link matcher}: joined, ordered, cut and projected into new rows.
   * `findJoined` is needed by queries with a join, and those only.
   */
  result(matching: Iterable<Row>, args: Args, findJoined?: FindJoined): Row[];
}

/** Compiles the structured form of a query. */
export function compileDocumentQuery(query: Query): DocumentQuery {
  const conditions = positioned(query.where);
  const conditionCount = query.where.flatMap(filterOperands).filter((operand) => "param" in operand).length;
  const first = conditions.filter(({ filter }) => isOnFirstTable(query, filter));
  const joined = conditions.filter(({ filter }) => !isOnFirstTable(query, filter));
  const limitOf = query.kind === "select" && query.limit !== undefined
    ? operandReader(query.limit, conditionCount)
    : undefined;
  const offsetOf = query.kind === "select" && query.offset !== undefined
    ? operandReader(query.offset, query.params.length - 1)
    : undefined;
  const compare = query.kind === "select" ? compileOrder(query.orderBy) : undefined;

  const joinFirst = query.kind === "select" && query.join !== undefined && query.limit !== undefined &&
      decidesByFirstTable(query)
    ? compileFirstJoined(query)
    : undefined;

  const offset = (args: Args) => offsetOf === undefined ? 0 : Number(offsetOf(args));
  const limit = (args: Args) => limitOf === undefined ? undefined : Number(limitOf(args)) + offset(args);
  return {
    matcher: (args) => matchAll(first, args, query.kind === "select" && query.join ? unqualified : identity),
    columnMatcher(column, args) {
      const own = first.filter(({ filter }) =>
        filter.kind !== "before" && unqualified(filter.column) === column
      );
      if (own.length === 0) return undefined;
      const matches = matchAll(own, args, unqualified);
      return (value) => matches({ [column]: value });
    },
    equalities: (args) =>
      new Map(
        first.flatMap(({ filter, operands }) =>
          filter.kind === "equal" ? [[unqualified(filter.column), operands[0]!(args)]] : []
        ),
      ),
    limit,
    offset,
    result(matching, args, findJoined) {
      if (query.kind === "count") return [{ [query.as]: countOf(matching) }];
      if (query.kind === "sum") return [{ [query.as]: sumOf(query.column, matching) }];
      if (joinFirst !== undefined) return cut(joinFirst(matching, limit(args)!, findJoined), offset(args));
      let rows = Array.from(matching);
      if (query.join !== undefined) {
        rows = joinRows(query, rows, findJoined);
        if (joined.length > 0) rows = rows.filter(matchAll(joined, args, identity));
      }
      if (query.orderBy.length > 0) rows.sort(compare);
      const most = limit(args);
      if (most !== undefined && rows.length > most) rows.length = most;
      rows = cut(rows, offset(args));
      return rows.map(compileProjection(query.columns));
    },
  };
}

/**
 * Compares rows by the terms of an ordering, with columns named as the terms name them. Rows that are equal in all
 * terms compare as 0.
 */
export function compileOrder(orderBy: readonly OrderTerm[]): (a: Row, b: Row) => number {
  return (a, b) => {
    for (const { column, descending } of orderBy) {
      const order = compareValues(a[column] ?? null, b[column] ?? null);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  };
}

/** Copies the named columns into a new row, under their names without alias; absent columns become NULL. */
export function compileProjection(columns: readonly string[]): (document: Row) => Row {
  const names = columns.map((column) => [unqualified(column), column] as const);
  return (document) => {
    const row: Record<string, Value> = {};
    for (const [name, column] of names) row[name] = document[column] ?? null;
    return row;
  };
}

/** Order of two values of one column: negative, zero or positive. NULL comes first. */
export function compareValues(a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A function that reads the operand's value from the arguments; `position` is where a parameter stands in them. */
export function operandReader(operand: Operand, position: number): (args: Args) => Value {
  if (!("param" in operand)) return () => operand.value;
  return (args) => args[position] ?? null;
}

interface Condition {
  readonly filter: Filter;
  /** In the order of `filterOperands`. */
  readonly operands: readonly ((args: Args) => Value)[];
}

/** Gives each parameter its position: a name that occurs twice has two. */
function positioned(where: readonly Filter[]): Condition[] {
  let position = 0;
  return where.map((filter) => ({
    filter,
    operands: filterOperands(filter).map((operand) =>
      operandReader(operand, "param" in operand ? position++ : position)
    ),
  }));
}

function matchAll(
  conditions: readonly Condition[],
  args: Args,
  name: (column: string) => string,
): (document: Row) => boolean {
  const matchers = conditions.map((condition) => matchOne(condition, args, name));
  const [only] = matchers;
  if (only !== undefined && matchers.length === 1) return only;
  return (document) => matchers.every((matches) => matches(document));
}

function matchOne(
  { filter, operands }: Condition,
  args: Args,
  name: (column: string) => string,
): (document: Row) => boolean {
  const values = operands.map((read) => read(args));
  switch (filter.kind) {
    case "equal": {
      const column = name(filter.column);
      const value = values[0]!;
      return value === null ? () => false : (document) => document[column] === value;
    }
    case "range": {
      const column = name(filter.column);
      const from = filter.from === undefined ? undefined : values[0]!;
      const below = filter.below === undefined ? undefined : values[values.length - 1]!;
      if (from === null || below === null) return () => false;
      return (document) => {
        const value = document[column] ?? null;
        return value !== null && (from === undefined || compareValues(value, from) >= 0) &&
          (below === undefined || compareValues(value, below) < 0);
      };
    }
    case "before": {
      const columns = filter.columns.map(name);
      return (document) => isBefore(columns, values, document);
    }
  }
}

/** SQL's comparison of row values: the first unequal pair decides, and a NULL before that makes it unknown. */
function isBefore(columns: readonly string[], values: readonly Value[], document: Row): boolean {
  for (const [index, column] of columns.entries()) {
    const value = document[column] ?? null;
    const bound = values[index]!;
    if (value === null || bound === null) return false;
    const order = compareValues(value, bound);
    if (order !== 0) return order < 0;
  }
  return false;
}

function isOnFirstTable(query: Query, filter: Filter): boolean {
  if (query.kind !== "select" || query.join === undefined) return true;
  const alias = `${query.as ?? query.table}.`;
  const columns = filter.kind === "before" ? filter.columns : [filter.column];
  return columns.every((column) => column.startsWith(alias));
}

/** One flat row per pair, with qualified names. Rows without a partner are left out. */
function joinRows(query: SelectQuery, rows: readonly Row[], findJoined: FindJoined | undefined): Row[] {
  const { as, left } = query.join!;
  const partnerOf = required(query, findJoined);
  const leftKey = unqualified(left);
  return rows.flatMap((row) => {
    const partner = partnerOf(row[leftKey] ?? null);
    if (partner === undefined) return [];
    return [{ ...qualify(row, query.as ?? query.table), ...qualify(partner, as) }];
  });
}

function required(query: SelectQuery, findJoined: FindJoined | undefined): FindJoined {
  if (findJoined !== undefined) return findJoined;
  throw new TypeError(`Cannot join "${query.table}" as findJoined must be given: it is undefined`);
}

/**
 * The first rows of a join whose first table alone decides which ones they are: it is put in order first, and partners
 * are looked for until there are enough rows.
 */
function compileFirstJoined(
  query: SelectQuery,
): (matching: Iterable<Row>, limit: number, findJoined: FindJoined | undefined) => Row[] {
  const { as, left } = query.join!;
  const compare = compileOrder(
    query.orderBy.map((term) => ({ ...term, column: unqualified(term.column) })),
  );
  const columns = query.columns.map((column) => ({
    name: unqualified(column),
    isPartners: column.startsWith(`${as}.`),
  }));
  const leftKey = unqualified(left);
  return (matching, limit, findJoined) => {
    const partnerOf = required(query, findJoined);
    const rows: Row[] = [];
    for (const row of Array.from(matching).sort(compare)) {
      if (rows.length >= limit) break;
      const partner = partnerOf(row[leftKey] ?? null);
      if (partner === undefined) continue;
      const joined: Record<string, Value> = {};
      for (const { name, isPartners } of columns) joined[name] = (isPartners ? partner : row)[name] ?? null;
      rows.push(joined);
    }
    return rows;
  };
}

function cut(rows: Row[], offset: number): Row[] {
  return offset === 0 ? rows : rows.slice(offset);
}

function qualify(document: Row, alias: string): Row {
  const row: Record<string, Value> = {};
  for (const column in document) row[`${alias}.${column}`] = document[column] ?? null;
  return row;
}

function countOf(rows: Iterable<Row>): number {
  if (Array.isArray(rows)) return rows.length;
  let rowCount = 0;
  for (const _ of rows) rowCount += 1;
  return rowCount;
}

function sumOf(column: string, rows: Iterable<Row>): number {
  let sum = 0;
  for (const row of rows) sum += Number(row[column]);
  return sum;
}

function identity(column: string): string {
  return column;
}
