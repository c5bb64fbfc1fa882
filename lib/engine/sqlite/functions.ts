/**
 * Functions of the user's that SQL can call: those of one module, which every thread loads for itself, so that a statement means
 * the same in every connection.
 *
 * What a function throws must not leave it: in Deno 2.9.6 an exception in a function sends `all()` round for ever. So a failure
 * is kept here, the binding is handed a value that it refuses, and `takeFunctionFailure` gives the reason to whoever turns
 * SQLite's error into the engine's.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { keepFunctionFailure, misuse, shapeOf } from "../errors.ts";
import { describe, type SqlParam, type SqlValue, toBindable } from "../values.ts";

/** Gives a value for values. Integers that a number cannot hold come as bigint; nothing (undefined) is NULL. */
export type SqlFunction = (...args: SqlValue[]) => SqlParam | undefined | void;

/** A function that is told more about. */
export interface SqlFunctionOptions {
  /** Gives the value for its arguments. Not `call`: every function has one, so the types of its arguments could not be told. */
  readonly compute: SqlFunction;
  /** Always gives the same for the same arguments; what indexes and generated columns use must. Default false. */
  readonly deterministic?: boolean;
  /** Takes any number of arguments. Otherwise it takes as many as its text names, without rest and defaults. Default false. */
  readonly varargs?: boolean;
}

/** A function of many rows, as SUM is. */
export interface SqlAggregate<State = unknown> {
  /** The state before the first row, a new one each time. */
  readonly start: () => State;
  /** The state with one more row. */
  step(state: State, ...args: SqlValue[]): State;
  /** What the state comes to; called once, also for no rows. */
  result(state: State): SqlParam | undefined | void;
  /** As of a function; the state is not counted. Default false. */
  readonly varargs?: boolean;
}

/** Functions by name; the default export of a module of functions. */
export type SqlFunctions = Readonly<
  // deno-lint-ignore no-explicit-any -- the state is the aggregate's own affair
  Record<string, SqlFunction | SqlFunctionOptions | SqlAggregate<any>>
>;

/** What was loaded in this thread, by the address of its module. */
const loaded = new Map<string, SqlFunctions>();

/** Begins the names of the engine's own functions. */
const ownPrefix = "watchlite_";

/** What the binding takes from no function. */
const refused = Promise.resolve();

/**
 * Loads a module of functions, by the address of its file, into this thread; null is none.
 *
 * @throws {EngineError} with code `MISUSE` when it exports something else, otherwise with the runtime's reason why it cannot be had.
 */
export async function loadFunctions(url: string | null): Promise<void> {
  if (url === null || loaded.has(url)) return;
  // A package whose imports begin with nothing known cannot be published without a warning.
  const { default: exported } = await import(`file:///${url.slice("file:///".length)}`) as {
    readonly default?: unknown;
  };
  if (typeof exported !== "object" || exported === null) {
    throw misuse(
      "open",
      `the default export of "${url}" must be an object of functions, got ${describe(exported)}`,
    );
  }
  for (const [name, each] of Object.entries(exported)) checkFunction(name, each);
  loaded.set(url, exported as SqlFunctions);
}

/** Makes the functions of a module that was loaded known to a connection; null is none. */
export function defineFunctions(db: DatabaseSync, url: string | null): void {
  if (url === null) return;
  const builtin = db.prepare(
    "SELECT 1 FROM pragma_function_list WHERE name = ? COLLATE NOCASE AND builtin LIMIT 1",
  );
  for (const [name, each] of Object.entries(loaded.get(url)!)) {
    // The engine's own statements, and what it knows about others', rest on these; and it has functions of its own.
    if (builtin.get(name) !== undefined || name.toLowerCase().startsWith(ownPrefix)) {
      throw misuse(
        "open",
        `a function must have a name that is not taken by SQLite or the engine, got "${name}"`,
      );
    }
    if (typeof each === "function") define(db, name, { compute: each });
    else if ("compute" in each) define(db, name, each);
    else defineAggregate(db, name, each);
  }
}

function define(
  db: DatabaseSync,
  name: string,
  { compute, deterministic = false, varargs = false }: SqlFunctionOptions,
): void {
  const guarded = guard(name, (args: unknown[]) => toStorable(compute(...args.map(toNarrow)), name));
  db.function(name, { deterministic, varargs, useBigIntArguments: true }, taking(compute.length, guarded));
}

function defineAggregate(db: DatabaseSync, name: string, aggregate: SqlAggregate): void {
  const { varargs = false } = aggregate;
  const begin = guard(name, () => aggregate.start());
  const step = guard(
    name,
    ([state, ...args]: unknown[]) =>
      state === refused ? refused : aggregate.step(state, ...args.map(toNarrow)),
  );
  const result = guard(
    name,
    ([state]: unknown[]) => state === refused ? refused : toStorable(aggregate.result(state), name),
  );
  const made = {
    varargs,
    useBigIntArguments: true,
    start: begin,
    step: taking(aggregate.step.length, step),
    result: taking(1, result),
  };
  (db as unknown as { aggregate(name: string, options: typeof made): void }).aggregate(name, made);
}

/** The same function, with a length: the binding asks it for the number of arguments. */
function taking<F extends (...args: never[]) => unknown>(length: number, run: F): F {
  return Object.defineProperty(run, "length", { value: length });
}

// deno-lint-ignore no-explicit-any -- arguments and results are what the binding gives and takes
function guard(name: string, run: (args: any[]) => any): (...args: any[]) => any {
  return (...args) => {
    try {
      return run(args);
    } catch (error) {
      const { reason } = shapeOf(error, "sql", null);
      keepFunctionFailure(`the function ${name}() has thrown: ${reason}`);
      return refused;
    }
  };
}

function toNarrow(value: unknown): SqlValue {
  if (typeof value !== "bigint") return value as SqlValue;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const limit = 2n ** 63n;

/** @throws {TypeError} when SQLite cannot store it, or it would not be read back as it is. */
function toStorable(value: unknown, name: string): SqlValue {
  switch (typeof value) {
    case "undefined":
      return null;
    case "boolean":
    case "number":
      // As of a param: whole numbers are INTEGER.
      return toBindable(value);
    case "bigint":
      if (value >= -limit && value < limit) return value;
      throw new TypeError(`its result must fit into 64 bits, got ${value}`);
    case "string":
      if (!value.includes("\0")) return value;
      throw new TypeError("its result must not hold the character U+0000");
    case "object":
      if (value === null || value instanceof Uint8Array) return value;
  }
  throw new TypeError(`the result of ${name}() must be a value of SQL, got ${describe(value)}`);
}

function checkFunction(name: string, each: unknown): void {
  const isCallable = typeof each === "function" ||
    (typeof each === "object" && each !== null &&
      (isFunction(each, "compute") ||
        (isFunction(each, "start") && isFunction(each, "step") && isFunction(each, "result"))));
  if (name !== "" && isCallable) return;
  throw misuse(
    "open",
    `"${name}" must be a function, or an object with compute, or with start, step and result, got ${
      describe(each)
    }`,
  );
}

function isFunction(value: object, key: string): boolean {
  return typeof (value as Record<string, unknown>)[key] === "function";
}
