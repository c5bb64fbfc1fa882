/**
 * What is asked: SQL with its values, in each of the forms that users write it in, made into the one form that goes on.
 *
 * @module
 */

import { misuse, type Verb } from "./errors.ts";
import { findPlaceholders, type Placeholders } from "./sqlite/placeholders.ts";
import { checkParams, checkSql, describe, type Row, type SqlParam } from "./values.ts";

/**
 * Values for placeholders: an array for `?` and `?5`, by number; an object for `:name`, `@name` and `$name`, by name, with or
 * without the prefix. With an object every placeholder must have its value and every value its placeholder.
 */
export type SqlParams = readonly SqlParam[] | Readonly<Record<string, SqlParam>>;

/** SQL and its values in one: made by {@link sql}, or by a query builder. `T` is the type of the rows that it gives. */
export interface Statement<T extends object = Row> {
  /** The text. */
  readonly sql: string;
  /** The values of its placeholders. */
  readonly params: SqlParams;
  /** Never there; carries the type of the rows. */
  readonly rowType?: T;
}

/** A statement whose values are in SQLite's order, checked. */
export interface Request {
  readonly sql: string;
  readonly params: readonly SqlParam[];
}

/**
 * Gives the request that a call means.
 *
 * @throws {EngineError} with code `MISUSE` when SQL or values are not such, or do not belong together.
 */
export function toRequest(
  verb: Verb,
  statement: string | Statement<object>,
  params: SqlParams | undefined,
): Request {
  const { text, given } = parts(verb, statement, params);
  const values = inOrder(verb, text, given, null);
  checkParams(verb, text, values);
  return { sql: text, params: values };
}

/**
 * Gives the requests that a call of several statements means.
 *
 * @throws {EngineError} with code `MISUSE`, as {@link toRequest}.
 */
export function toRequests(
  verb: Verb,
  statements: readonly (string | Statement<object>)[],
): readonly Request[] {
  if (!Array.isArray(statements)) {
    throw misuse(verb, `the statements must be an array, got ${describe(statements)}`);
  }
  return statements.map((each: string | Statement<object>) => toRequest(verb, each, undefined));
}

/**
 * Checks a script: several statements in one text, without values.
 *
 * @throws {EngineError} with code `MISUSE` when it is no text, or has placeholders.
 */
export function checkScript(verb: Verb, script: string): void {
  checkSql(verb, script);
  const { names, numbered } = findPlaceholders(script);
  if (names.length + numbered === 0) return;
  const found = names.length > 0 ? names.join(", ") : `${numbered} of them`;
  throw misuse(verb, `a script must have no placeholders, there are ${found}`, script);
}

/**
 * Gives the rows of a batch in SQLite's order; what they hold is checked by type only (`checkBatch` says why).
 *
 * @throws {EngineError} with code `MISUSE`, as {@link toRequest}.
 */
export function toRowsInOrder(sql: string, rows: readonly SqlParams[]): readonly (readonly SqlParam[])[] {
  checkSql("executeBatch", sql);
  if (!Array.isArray(rows)) {
    throw misuse("executeBatch", `rows must be an array, got ${describe(rows)}`, sql);
  }
  // Rows without names, as most are, stay as they are.
  if (rows.every((row) => Array.isArray(row)) && known(sql).names.length === 0) return rows;
  return rows.map((row: SqlParams, i) => inOrder("executeBatch", sql, row, i + 1));
}

function parts(
  verb: Verb,
  statement: string | Statement<object>,
  params: SqlParams | undefined,
): { readonly text: string; readonly given: SqlParams } {
  if (typeof statement !== "object" || statement === null) {
    checkSql(verb, statement);
    return { text: statement, given: params ?? [] };
  }
  checkSql(verb, statement.sql);
  if (params !== undefined) {
    throw misuse(verb, "params must be those of the statement, got others beside them", statement.sql);
  }
  return { text: statement.sql, given: statement.params };
}

function inOrder(verb: Verb, sql: string, params: SqlParams, row: number | null): readonly SqlParam[] {
  const { names, numbered } = known(sql);
  const what = row === null ? "params" : `row ${row}`;
  if (names.length > 0 && numbered > 0) {
    const rule = `placeholders must be all named or all numbered, there are ${numbered} numbered ones and`;
    throw misuse(verb, `${rule} ${names.join(", ")}`, sql);
  }
  if (Array.isArray(params)) {
    if (names.length === 0) return params;
    throw misuse(
      verb,
      `${what} must be an object with a value for each of ${names.join(", ")}, got an array`,
      sql,
    );
  }
  if (!isPlain(params)) {
    const got = describe(params);
    throw misuse(verb, `${what} must be an array, or an object of values by name, got ${got}`, sql);
  }
  if (names.length === 0 && numbered > 0) {
    throw misuse(verb, `${what} must be an array as the placeholders have no names, got an object`, sql);
  }
  const given = params as Readonly<Record<string, SqlParam>>;
  const values = names.map((name) => {
    const key = Object.hasOwn(given, name) ? name : name.slice(1);
    if (Object.hasOwn(given, key) && given[key] !== undefined) return given[key];
    throw misuse(verb, `${what} must hold a value for ${name}, there are ${listed(Object.keys(given))}`, sql);
  });
  for (const key of Object.keys(given)) {
    const isUsed = names.some((name) =>
      key === name || (key === name.slice(1) && !Object.hasOwn(given, name))
    );
    if (!isUsed) {
      throw misuse(verb, `${what} must hold nothing but ${listed(names)}, there is "${key}"`, sql);
    }
  }
  return values;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}

function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Texts whose placeholders are known; emptied when there are too many, as texts that are made anew each time never come back. */
const placeholders = new Map<string, Placeholders>();
const keptTexts = 2048;

function known(sql: string): Placeholders {
  let found = placeholders.get(sql);
  if (found === undefined) {
    found = findPlaceholders(sql);
    if (placeholders.size >= keptTexts) placeholders.clear();
    placeholders.set(sql, found);
  }
  return found;
}

/** A name that is quoted, for `sql`. */
class Identifier {
  readonly quoted: string;
  constructor(name: string) {
    this.quoted = `"${name.replaceAll('"', '""')}"`;
  }
}

/** Values that become a list of placeholders, for `sql`. */
class List {
  readonly values: readonly SqlParam[];
  constructor(values: readonly SqlParam[]) {
    this.values = values;
  }
}

/** A name that {@link SqlTag.id} has quoted. */
export interface SqlIdentifier {
  /** The name in quotes. */
  readonly quoted: string;
}

/** Values that {@link SqlTag.list} puts into parentheses. */
export interface SqlList {
  /** Each becomes a placeholder. */
  readonly values: readonly SqlParam[];
}

/** What may stand between the texts of {@link sql}: a value, another statement, a name, or a list. */
export type SqlPart = SqlParam | Statement<object> | SqlIdentifier | SqlList;

/** The type of {@link sql}. */
export interface SqlTag {
  /** Makes a statement. */
  <T extends object = Row>(texts: TemplateStringsArray, ...between: readonly SqlPart[]): Statement<T>;
  /** A name of a table or column, quoted. */
  id(name: string): SqlIdentifier;
  /** A list in parentheses, as `IN` takes it; each value is bound. */
  list(values: readonly SqlParam[]): SqlList;
}

/**
 * Makes a statement of a template: values are bound, never pasted; other statements of `sql` become part of the text. `T` is
 * the type of the rows.
 *
 * ```ts
 * import { sql } from "./mod.ts";
 *
 * const open = sql`done = ${false}`;
 * const statement = sql<{ id: number }>`SELECT id FROM tasks WHERE ${open} AND list IN ${sql.list([1, 2])}`;
 * console.assert(statement.sql === "SELECT id FROM tasks WHERE done = ? AND list IN (?, ?)");
 * ```
 *
 * @throws {EngineError} with code `MISUSE` when a value stands where none can be bound (inside quotes), or when the text has
 * placeholders of its own.
 */
export const sql: SqlTag = Object.assign(make, {
  id: (name: string) => new Identifier(name),
  list: (values: readonly SqlParam[]) => new List(values),
});

function make<T extends object = Row>(
  texts: TemplateStringsArray,
  ...between: readonly SqlPart[]
): Statement<T> {
  let text = texts[0]!;
  const params: SqlParam[] = [];
  for (const [i, part] of between.entries()) {
    if (part instanceof Identifier) text += part.quoted;
    else if (part instanceof List) {
      text += `(${part.values.map(() => "?").join(", ")})`;
      params.push(...part.values);
    } else if (isStatement(part)) {
      text += part.sql;
      params.push(...inOrder("sql", part.sql, part.params, null));
    } else {
      text += "?";
      params.push(part as SqlParam);
    }
    text += texts[i + 1]!;
  }
  const { names, numbered, count } = known(text);
  if (names.length > 0 || numbered !== params.length || count !== params.length) {
    const found = [...names, ...Array.from({ length: numbered }, () => "?")];
    const rule =
      "each value must stand where SQLite takes one, and the text must have no placeholders of its own";
    throw misuse("sql", `${rule}: there are ${params.length} values for ${listed(found)}`, text);
  }
  return { sql: text, params };
}

function isStatement(part: SqlPart): part is Statement<object> {
  return typeof part === "object" && part !== null && "sql" in part && "params" in part;
}
