/**
 * What a history has in it, in words. A known gap names the traits that bring its fault about, so that the random test
 * leaves out what is known and looks for what is not.
 */
import type { KnownGap, OptionValues } from "../../model/adapter.ts";
import type { Table } from "../../model/schema.ts";
import { type Query, type SelectQuery, unqualified, type WriteStatement } from "../../model/statement.ts";
import type { Args, Value } from "../../model/value.ts";
import type { BoundQuery } from "../../model/workload.ts";
import type { History } from "../history.ts";
import { gapsOf } from "../judge_gaps.ts";
import { knownColumns, uniqueColumn } from "./schema_arbitrary.ts";

/** Every trait and what it means. Those of queries hold of one query; all others of the history. */
export const TRAITS = {
  // Of a query.
  watch: "the query is watched",
  read: "the query is read once",
  row: "it asks for one key",
  list: "it asks for rows, by whatever condition",
  count: "it counts",
  sum: "it adds up",
  join: "it joins",
  limit: "it has a limit",
  "limit-0": "its limit is 0",
  equal: "it compares a column other than the key with a value",
  range: "it has bounds",
  before: "it goes on behind a cursor",
  "two-filters": "it has several conditions",
  "null-argument": "an argument is NULL",
  "partner-filter": "a condition is on the joined table",
  ordered: "it has an order",
  unordered: "it has no order",
  ties: "its order leaves rows tied",
  "several-orders": "it orders by several columns",
  "null-order": "it orders by a column that may be NULL",
  "text-order": "it orders by text",
  "hidden-order": "it orders by a column that it does not select",
  "hidden-filter": "a condition is on a column that it does not select",
  "null-filter": "a condition is on a column that may be NULL",
  leaves: "the listener closes its own stream",
  close: "the stream is closed",
  twice: "the same query with the same arguments is watched twice",
  // Of the history.
  insert: "a row is inserted",
  update: "a row is changed",
  increment: "a column is changed by its own value",
  delete: "a row is deleted",
  replace: "an upsert replaces",
  merge: "an upsert changes the row that is there",
  batch: "there is a batch",
  overlap: "writes are not waited for",
  settle: "everything settles in between",
  "assigned-keys": "a table whose keys the database assigns",
  null: "a value is NULL",
  "astral-text": "text beyond the 16-bit characters",
  "wide-integer": "an integer beyond 32 bits",
  "negative-key": "a key below 0",
} as const;

/** See {@link TRAITS}. */
export type Trait = keyof typeof TRAITS;

/** Traits of one query with those of the history around it. */
export function queryTraits(
  { query, args, use }: { readonly query: Query; readonly args: Args; readonly use: "watch" | "read" },
  { tables }: Pick<History, "tables">,
): Set<Trait> {
  const traits = new Set<Trait>([use]);
  const table = tables.find(({ name }) => name === query.table)!;
  if (args.includes(null)) traits.add("null-argument");
  if (query.where.length > 1) traits.add("two-filters");
  if (table.autoKey) traits.add("assigned-keys");
  const shown = query.kind === "select" ? query.columns : [];
  for (const filter of query.where) {
    for (const column of filter.kind === "before" ? filter.columns : [filter.column]) {
      if (query.kind === "select" && !shown.includes(column)) traits.add("hidden-filter");
      if (isNullable(tables, query, column)) traits.add("null-filter");
      if (query.kind === "select" && query.join !== undefined && column.startsWith(`${query.join.as}.`)) {
        traits.add("partner-filter");
      }
    }
    if (filter.kind !== "equal") traits.add(filter.kind);
    else if (unqualified(filter.column) !== table.primaryKey) traits.add("equal");
    if (filter.kind === "equal" && unqualified(filter.column) === table.primaryKey) traits.add("row");
  }
  if (query.kind !== "select") return traits.add(query.kind);
  if (!traits.has("row")) traits.add("list");
  if (query.join !== undefined) traits.add("join");
  if (query.limit !== undefined) {
    traits.add("limit");
    if (limitOf(query, args) === 0) traits.add("limit-0");
  }
  const orders = query.orderBy.map(({ column }) => column);
  if (orders.length > 0) traits.add("ordered");
  else if (!traits.has("row")) traits.add("unordered");
  const unique = uniqueColumn(table);
  if (!traits.has("row") && !orders.some((column) => unqualified(column) === unique)) traits.add("ties");
  if (orders.length > 1) traits.add("several-orders");
  for (const column of orders) {
    if (!shown.includes(column)) traits.add("hidden-order");
    if (isNullable(tables, query, column)) traits.add("null-order");
    if (typeOf(tables, query, column) === "text") traits.add("text-order");
  }
  return traits;
}

/** Traits of all that is written. */
export function writeTraits({ steps, tables }: History): Set<Trait> {
  const traits = new Set<Trait>();
  for (const step of steps) {
    if (step.do === "settle") traits.add("settle");
    if (step.do !== "write" && step.do !== "batch") continue;
    if (step.do === "batch") traits.add("batch");
    if (step.isAwaited === false) traits.add("overlap");
    const { statement } = step;
    const table = tables.find(({ name }) => name === statement.table)!;
    if (table.autoKey) traits.add("assigned-keys");
    traits.add(traitOf(statement));
    if (leavesOut(statement, table)) traits.add("null");
    if (statement.kind === "update" && statement.set.some((assignment) => "increment" in assignment)) {
      traits.add("increment");
    }
    for (const args of step.do === "batch" ? step.rows : [step.args]) {
      for (const value of args) for (const trait of valueTraits(value)) traits.add(trait);
      const at = statement.params.indexOf(table.primaryKey);
      if (at >= 0 && Number(args[at]) < 0) traits.add("negative-key");
    }
  }
  return traits;
}

/** Whether an insert leaves columns NULL that it does not name. */
function leavesOut(statement: WriteStatement, table: Table): boolean {
  return statement.kind === "insert" && statement.columns.length < knownColumns(table).length;
}

function traitOf(statement: WriteStatement): Trait {
  if (statement.kind !== "upsert") return statement.kind;
  return statement.mode === "replace" ? "replace" : "merge";
}

function valueTraits(value: Value): Trait[] {
  if (value === null) return ["null"];
  if (typeof value === "string") return /[\ud800-\udfff]/.test(value) ? ["astral-text"] : [];
  return typeof value === "number" && Math.abs(value) >= 2 ** 31 ? ["wide-integer"] : [];
}

/** By place of its step, what each query of a history has in it by itself. */
export function askedTraits(history: History): ReadonlyMap<number, ReadonlySet<Trait>> {
  const asked = new Map<number, ReadonlySet<Trait>>();
  for (const [index, step] of history.steps.entries()) {
    if (step.do !== "watch" && step.do !== "read") continue;
    const own = queryTraits({ ...step, use: step.do }, history);
    asked.set(index, own);
    if (step.do === "read") continue;
    if (step.leavesAt !== undefined) own.add("leaves");
    const stream = history.steps.slice(0, index).filter((one) => one.do === "watch").length;
    if (history.steps.some((one) => one.do === "close" && one.stream === stream)) own.add("close");
    if (history.steps.some((one) => one !== step && one.do === "watch" && isAlike(one, step))) {
      own.add("twice");
    }
  }
  return asked;
}

/** For every query of a history, its own traits and those of the writes; at least one set. */
export function historyTraits(history: History): ReadonlySet<Trait>[] {
  const written = writeTraits(history);
  const asked = Array.from(askedTraits(history).values(), (own) => own.union(written));
  return asked.length === 0 ? [written] : asked;
}

function isAlike(a: BoundQuery, b: BoundQuery): boolean {
  return a.query.sql === b.query.sql && JSON.stringify(a.args) === JSON.stringify(b.args);
}

/** Sets of traits that are left out: those of known gaps, and of what was found. */
export type Blocked = readonly (readonly Trait[])[];

/** The sets that known gaps name and that hold for these options. */
export function blockedByGaps(gaps: readonly KnownGap[], options: OptionValues): Blocked {
  return gapsOf(gaps, options).flatMap(({ traits }) =>
    traits === undefined ? [] : [traits.map(requireTrait)]
  );
}

/** The scenario of the first known gap, for these options, that the history may bring about. */
export function gapOf(
  gaps: readonly KnownGap[],
  options: OptionValues,
  history: History,
): string | undefined {
  return gapsOf(gaps, options).find((gap) => isBlocked(history, blockedByGaps([gap], options)))?.scenario;
}

/** Whether a history may bring about what is known already. */
export function isBlocked(history: History, blocked: Blocked): boolean {
  return blocked.length > 0 &&
    historyTraits(history).some((traits) => blocked.some((set) => set.every((trait) => traits.has(trait))));
}

/** Throws a RangeError for a word that is no trait. */
function requireTrait(word: string): Trait {
  if (Object.hasOwn(TRAITS, word)) return word as Trait;
  throw new RangeError(
    `Cannot leave out "${word}" as it must be a trait of histories: known are ${
      Object.keys(TRAITS).join(", ")
    }`,
  );
}

function limitOf({ limit, params }: SelectQuery, args: Args): Value | undefined {
  if (limit === undefined) return undefined;
  return "value" in limit ? limit.value : args[params.indexOf(limit.param)];
}

function columnOf(tables: readonly Table[], query: Query, reference: string): Table["columns"][number] {
  const isJoined = query.kind === "select" && query.join !== undefined &&
    reference.startsWith(`${query.join.as}.`);
  const name = isJoined ? query.join!.table : query.table;
  return tables.find((table) => table.name === name)!.columns.find((column) =>
    column.name === unqualified(reference)
  )!;
}

function isNullable(tables: readonly Table[], query: Query, reference: string): boolean {
  return columnOf(tables, query, reference).nullable === true;
}

function typeOf(tables: readonly Table[], query: Query, reference: string): Table["columns"][number]["type"] {
  return columnOf(tables, query, reference).type;
}
