/**
 * The values that go into statements and come out of them.
 *
 * @module
 */

import { type EngineError, misuse, type Verb } from "./errors.ts";

/** A value as SQLite gives it back: integers outside the safe range arrive as bigint, all other numbers as number. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/**
 * A value that can be bound: as {@link SqlValue}, and booleans, stored as 1 and 0. Safe integers bind as INTEGER, NaN as NULL.
 * Strings must not hold U+0000; halves of surrogate pairs are stored as U+FFFD.
 */
export type SqlParam = SqlValue | boolean;

/** One row of a result; keys are the column names in the query's order. Shared between subscribers: do not change it. */
export type Row = Readonly<Record<string, SqlValue>>;

/** One row of a result as a list of its values, in the query's order of columns. */
export type RowArray = readonly SqlValue[];

/** A result: its rows in the query's order. */
export type Rows<T extends object = Row> = readonly T[];

const int64Min = -(2n ** 63n);
const int64Max = 2n ** 63n - 1n;

/** Refuses SQL that is not text. */
export function checkSql(verb: Verb, sql: string): void {
  if (typeof sql !== "string") throw misuse(verb, `the SQL must be a string, got ${describe(sql)}`);
}

/**
 * Refuses SQL that is not text, and params that cannot be stored and given back as they are, naming the position.
 *
 * @throws {EngineError} with code `MISUSE`.
 */
export function checkParams(verb: Verb, sql: string, params: readonly SqlParam[]): void {
  checkSql(verb, sql);
  checkTypes(verb, sql, params, null);
  for (let i = 0; i < params.length; i++) {
    const value = params[i];
    if (typeof value === "string" && value.includes("\0")) throw textRefused(verb, sql, i, null);
  }
}

/** Refuses what SQLite cannot store; `row` is the row's number in a batch, from 1, or null. */
export function checkTypes(verb: Verb, sql: string, params: readonly SqlParam[], row: number | null): void {
  if (!Array.isArray(params)) {
    throw misuse(
      verb,
      `${row === null ? "params" : `row ${row}`} must be an array, got ${describe(params)}`,
      sql,
    );
  }
  for (let i = 0; i < params.length; i++) {
    const value = params[i];
    switch (typeof value) {
      case "number":
      case "string":
      case "boolean":
        continue;
      case "bigint":
        if (value >= int64Min && value <= int64Max) continue;
        throw misuse(verb, `${position(i, row)} must fit into 64 bits, got ${value}`, sql);
      default:
        if (value === null || value instanceof Uint8Array) continue;
        throw misuse(
          verb,
          `${position(i, row)} must be null, number, bigint, string, boolean or Uint8Array, got ${
            describe(value)
          }`,
          sql,
        );
    }
  }
}

/**
 * The error of a string that holds U+0000. SQLite stores it whole, but `node:sqlite` in Deno 2.9.6 reads a text only up to
 * there, and what is lost like that is lost in silence.
 */
export function textRefused(verb: Verb, sql: string | null, index: number, row: number | null): EngineError {
  return misuse(
    verb,
    `${
      position(index, row)
    } must not hold the character U+0000, as the runtime reads a text only up to there: ` +
      "bind a Uint8Array instead",
    sql,
  );
}

function position(index: number, row: number | null): string {
  return row === null ? `param ${index + 1}` : `param ${index + 1} of row ${row}`;
}

/** A word for what was given instead. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? value.constructor?.name ?? "object" : typeof value;
}

/**
 * A string equal for two queries exactly when their SQL and their params are equal by value and type.
 * The map of live queries is keyed by it, so equality never rests on a hash.
 */
export function queryKey(sql: string, params: readonly SqlParam[]): string {
  let key = `${sql.length}:${sql}`;
  for (const value of params) {
    if (value === null) key += "|n";
    else if (typeof value === "string") key += `|s${value.length}:${value}`;
    else if (typeof value === "bigint") {
      key += Number.isSafeInteger(Number(value)) ? `|d${value}` : `|i${value}`;
    } else if (typeof value === "boolean") key += value ? "|d1" : "|d0";
    else if (typeof value === "number") key += `|d${Object.is(value, -0) ? 0 : value}`;
    else {key += `|b${value.length}:${
        Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")
      }`;}
  }
  return key;
}

/** A copy that later changes by the caller cannot reach. */
export function copyParams(params: readonly SqlParam[]): SqlParam[] {
  // Not `slice`: that of Node's Buffer shows the same memory.
  return params.map((value) => value instanceof Uint8Array ? new Uint8Array(value) : value);
}

/** What a value is bound as: safe integers as INTEGER (a plain JS number would be bound as REAL), booleans as 1 and 0. */
export function toBindable(value: SqlParam): SqlValue {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  return value;
}
