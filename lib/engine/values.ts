/**
 * The values that go into statements and come out of them.
 *
 * @module
 */

import { misuse, type Verb } from "./errors.ts";

/** A value as SQLite gives it back: integers outside the safe range arrive as bigint, all other numbers as number. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** A value that can be bound: as {@link SqlValue}, and booleans, stored as 1 and 0. Safe integers bind as INTEGER. */
export type SqlParam = SqlValue | boolean;

/** One row of a result; keys are the column names in the query's order. Shared between subscribers: do not change it. */
export type Row = Readonly<Record<string, SqlValue>>;

/** A result: its rows in the query's order. */
export type Rows = readonly Row[];

const int64Min = -(2n ** 63n);
const int64Max = 2n ** 63n - 1n;

/** Refuses what SQLite cannot store, naming the position. */
export function checkParams(verb: Verb, sql: string, params: readonly SqlParam[]): void {
  if (!Array.isArray(params)) throw misuse(verb, `params must be an array, got ${typeof params}`, sql);
  for (let i = 0; i < params.length; i++) {
    const value = params[i];
    switch (typeof value) {
      case "number":
      case "string":
      case "boolean":
        continue;
      case "bigint":
        if (value >= int64Min && value <= int64Max) continue;
        throw misuse(verb, `param ${i + 1} must fit into 64 bits, got ${value}`, sql);
      default:
        if (value === null || value instanceof Uint8Array) continue;
        throw misuse(
          verb,
          `param ${i + 1} must be null, number, bigint, string, boolean or Uint8Array, got ${
            describe(value)
          }`,
          sql,
        );
    }
  }
}

function describe(value: unknown): string {
  return typeof value === "object" ? value!.constructor?.name ?? "object" : typeof value;
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
  return params.map((value) => value instanceof Uint8Array ? value.slice() : value);
}

/** What a value is bound as: safe integers as INTEGER (a plain JS number would be bound as REAL), booleans as 1 and 0. */
export function toBindable(value: SqlParam): SqlValue {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  return value;
}
