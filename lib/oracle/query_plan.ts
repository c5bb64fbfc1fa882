/** A query with its arguments, taken apart for evaluation. */
import { type Table, tableNamed } from "../model/schema.ts";
import {
  type Filter,
  type Operand,
  type OrderTerm,
  type Query,
  type SelectQuery,
  unqualified,
} from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import { compareValues } from "./value_order.ts";

/** A row of the first table with the row of the joined table that it names. */
export interface Match {
  readonly left: Row;
  readonly right?: Row;
}

/** Where candidates are looked for. Each yields all rows that fulfil the conditions, and perhaps others. */
export type Access =
  | { readonly kind: "equal"; readonly column: string; readonly value: Value }
  | { readonly kind: "keys"; readonly from: Value | undefined; readonly below: Value | undefined }
  | { readonly kind: "all" };

/** What counting and selecting have in common: where the candidates are and when a written row matters. */
interface CandidatePlan {
  readonly table: Table;
  readonly access: Access;
  /** Column names of the result. */
  readonly columns: readonly string[];
  /** The conditions on the first table alone. */
  isCandidate(left: Row): boolean;
}

/** A count takes part in no join: its candidates are what it counts. */
export interface CountPlan extends CandidatePlan {
  readonly kind: "count";
  /** Whether there are no conditions. */
  readonly countsAll: boolean;
}

/** A sum takes part in no join either. */
export interface SumPlan extends CandidatePlan {
  readonly kind: "sum";
  /** What is added up. */
  readonly column: string;
}

/** How a select is evaluated, ordered and shown. */
export interface SelectPlan extends CandidatePlan {
  readonly kind: "select";
  /** Absent without a join. */
  readonly join?: { readonly table: Table; readonly leftColumn: string };
  /** Largest number of rows, Infinity without a limit. */
  readonly limit: number;
  /** Whether exactly one order of the result is right. */
  readonly isTotal: boolean;
  /** Whether the order terms look at the first table only. */
  readonly isOrderedByLeft: boolean;
  /** The order terms with the names of columns instead of references to them. */
  readonly order: readonly OrderTerm[];
  /** Columns of the first table, its key among them, whose change can change the result or its order. */
  readonly leftColumns: readonly string[];
  /** Columns of the joined table whose change can change the result or its order. */
  readonly rightColumns: readonly string[];
  /** The conditions that need the joined row. */
  isMatch(match: Match): boolean;
  /** The row of the result. */
  show(match: Match): Row;
  /** By the order terms alone. */
  compare(a: Match, b: Match): number;
}

/** A query with its arguments, ready to be evaluated. */
export type QueryPlan = CountPlan | SumPlan | SelectPlan;

/** Takes a query apart. Throws a RangeError for a table or column that is not declared. */
export function planQuery(tables: readonly Table[], query: Query, args: Args): QueryPlan {
  if (args.length !== query.params.length) {
    throw new TypeError(
      `Cannot run "${query.sql}" as it needs one argument per parameter: expected ${query.params.length}, got ${args.length}`,
    );
  }
  const scope = new Scope(tables, query);
  // Arguments are taken by position, as SQL takes them: filters first, in order, then the limit.
  let argIndex = 0;
  const valueOf = (operand: Operand): Value => "param" in operand ? args[argIndex++]! : operand.value;
  const conditions = query.where.map((filter) => condition(scope, filter, valueOf));
  const leftConditions = conditions.filter(({ sides }) => !sides.includes("right"));
  const otherConditions = conditions.filter(({ sides }) => sides.includes("right"));
  const access = chooseAccess(scope.table, leftConditions);
  const base = {
    table: scope.table,
    access,
    isCandidate: (left: Row) => {
      const match = { left };
      return leftConditions.every(({ holds }) => holds(match));
    },
  };
  if (query.kind === "count") {
    return { ...base, kind: "count", columns: [query.as], countsAll: conditions.length === 0 };
  }
  if (query.kind === "sum") {
    const column = scope.column(query.column).name;
    requireSummable(scope.table, column);
    return { ...base, kind: "sum", columns: [query.as], column };
  }
  const shown = query.columns.map((column) => scope.column(column));
  const order = query.orderBy.map((term) => ({ ...scope.column(term.column), descending: term.descending }));
  const join = joinOf(scope, query);
  const terms = [
    ...query.where.flatMap(filterColumns).map((column) => scope.column(column)),
    ...shown,
    ...order,
    { side: "left" as const, name: scope.table.primaryKey },
    ...(join === undefined ? [] : [{ side: "left" as const, name: join.leftColumn }]),
  ];
  return {
    ...base,
    kind: "select",
    ...(join === undefined ? {} : { join }),
    columns: shown.map(({ name }) => name),
    limit: limitOf(query, valueOf),
    isTotal: isTotal(scope.table, order, access),
    isOrderedByLeft: order.every(({ side }) => side === "left"),
    order: order.map(({ name, descending }) => ({ column: name, descending })),
    leftColumns: namesOn("left", terms),
    rightColumns: namesOn("right", terms),
    isMatch: (match) => otherConditions.every(({ holds }) => holds(match)),
    show: (match) => {
      const row: Record<string, Value> = {};
      for (const term of shown) row[term.name] = pick(match, term);
      return row;
    },
    compare: (a, b) => {
      for (const term of order) {
        const difference = compareValues(pick(a, term), pick(b, term));
        if (difference !== 0) return term.descending ? -difference : difference;
      }
      return 0;
    },
  };
}

function requireSummable(table: Table, name: string): void {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column?.type === "integer" && column.nullable !== true) return;
  throw new RangeError(
    `Cannot add up a column as it must be an integer that is never NULL: "${name}" of "${table.name}" is ` +
      `${column?.nullable === true ? "a nullable " : ""}${column?.type}`,
  );
}

type Side = "left" | "right";

interface Term {
  readonly side: Side;
  readonly name: string;
}

interface Condition {
  readonly filter: Filter;
  readonly sides: readonly Side[];
  /** Operand values in the order of the filter's SQL; an absent bound of a range is `undefined`. */
  readonly values: readonly (Value | undefined)[];
  holds(match: Match): boolean;
}

/** Resolves column names to a side and a declared column. */
class Scope {
  readonly table: Table;
  readonly joined: Table | undefined;
  readonly #leftAlias: string;
  readonly #rightAlias: string | undefined;

  constructor(tables: readonly Table[], query: Query) {
    this.table = tableNamed(tables, query.table);
    const join = query.kind === "select" ? query.join : undefined;
    this.joined = join && tableNamed(tables, join.table);
    this.#leftAlias = (query.kind === "select" ? query.as : undefined) ?? query.table;
    this.#rightAlias = join?.as;
  }

  column(reference: string): Term {
    const name = unqualified(reference);
    const alias = name === reference ? undefined : reference.slice(0, -name.length - 1);
    const isLeft = alias === undefined ? hasColumn(this.table, name) : alias === this.#leftAlias;
    const table = isLeft
      ? this.table
      : alias === this.#rightAlias || alias === undefined
      ? this.joined
      : undefined;
    if (table === undefined || !hasColumn(table, name)) {
      throw new RangeError(
        `Cannot evaluate a query as its columns must be declared: "${reference}" is not a column of "${this.table.name}"` +
          (this.joined === undefined ? "" : ` or "${this.joined.name}"`),
      );
    }
    return { side: isLeft ? "left" : "right", name };
  }
}

function hasColumn(table: Table, name: string): boolean {
  return table.columns.some((column) => column.name === name);
}

function pick({ left, right }: Match, { side, name }: Term): Value {
  return (side === "left" ? left : right!)[name]!;
}

function filterColumns(filter: Filter): readonly string[] {
  return filter.kind === "before" ? filter.columns : [filter.column];
}

function condition(scope: Scope, filter: Filter, valueOf: (operand: Operand) => Value): Condition {
  const terms = filterColumns(filter).map((column) => scope.column(column));
  const sides = terms.map(({ side }) => side);
  const [term] = terms;
  switch (filter.kind) {
    case "equal": {
      const value = valueOf(filter.operand);
      const holds = (match: Match) => value !== null && sqlCompare(pick(match, term!), value) === 0;
      return { filter, sides, values: [value], holds };
    }
    case "range": {
      const from = filter.from && valueOf(filter.from);
      const below = filter.below && valueOf(filter.below);
      const holds = (match: Match) => {
        const value = pick(match, term!);
        return (from === undefined || sqlCompare(value, from) >= 0) &&
          (below === undefined || sqlCompare(value, below) < 0);
      };
      return { filter, sides, values: [from, below], holds };
    }
    case "before": {
      const values = filter.operands.map(valueOf);
      const holds = (match: Match) => {
        for (const [i, each] of terms.entries()) {
          const difference = sqlCompare(pick(match, each), values[i]!);
          if (difference !== 0) return difference < 0;
        }
        return false;
      };
      return { filter, sides, values, holds };
    }
  }
}

/** As {@link compareValues}, but NaN, which fulfils no comparison, when either side is NULL. */
function sqlCompare(a: Value, b: Value): number {
  return a === null || b === null ? NaN : compareValues(a, b);
}

function chooseAccess(table: Table, conditions: readonly Condition[]): Access {
  const equals = conditions.flatMap(({ filter, values }): (Access & { kind: "equal" })[] =>
    filter.kind === "equal" ? [{ kind: "equal", column: unqualified(filter.column), value: values[0]! }] : []
  );
  const unique = equals.find(({ column }) => isUnique(table, column));
  if (unique !== undefined) return unique;
  if (equals[0] !== undefined) return equals[0];
  const range = conditions.find(({ filter }) =>
    filter.kind === "range" && unqualified(filter.column) === table.primaryKey
  );
  if (range !== undefined) return { kind: "keys", from: range.values[0], below: range.values[1] };
  return { kind: "all" };
}

function isUnique(table: Table, column: string): boolean {
  return column === table.primaryKey ||
    table.columns.some(({ name, unique, nullable }) => name === column && unique && !nullable);
}

/** A join adds at most one row to each row of the first table, so only the first table's keys matter. */
function isTotal(table: Table, order: readonly Term[], access: Access): boolean {
  if (access.kind === "equal" && isUnique(table, access.column)) return true;
  return order.some(({ side, name }) => side === "left" && isUnique(table, name));
}

function joinOf(scope: Scope, query: SelectQuery): SelectPlan["join"] {
  if (query.join === undefined || scope.joined === undefined) return undefined;
  const left = scope.column(query.join.left);
  const right = scope.column(query.join.right);
  if (left.side !== "left" || right.side !== "right" || right.name !== scope.joined.primaryKey) {
    throw new RangeError(
      `Cannot join "${scope.joined.name}" as a join must name its primary key: current condition is ` +
        `${query.join.right} = ${query.join.left}`,
    );
  }
  return { table: scope.joined, leftColumn: left.name };
}

/** As in SQLite, a negative limit is none. */
function limitOf(query: SelectQuery, valueOf: (operand: Operand) => Value): number {
  if (query.offset !== undefined) {
    throw new RangeError(`Cannot replay "${query.sql}" as it must have no offset`);
  }
  if (query.limit === undefined) return Infinity;
  const limit = Number(valueOf(query.limit));
  return limit < 0 ? Infinity : limit;
}

function namesOn(side: Side, terms: readonly Term[]): string[] {
  return [...new Set(terms.filter((term) => term.side === side).map(({ name }) => name))];
}
