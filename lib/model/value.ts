/** A value that a row holds or a parameter carries. Booleans are stored as 0 and 1. */
export type Value = null | number | bigint | string | Uint8Array;

/** One row of a result: column name to value, in the query's column order. Never changed after delivery. */
export type Row = Readonly<Record<string, Value>>;

/** One row of a result without names: its values in the query's column order. Never changed after delivery. */
export type RawRow = readonly Value[];

/** Arguments of a statement, one per name in its `params` and in that order. */
export type Args = readonly Value[];

/** What a session may answer: synchronous libraries answer at once, the others with a promise. */
export type Awaitable<T> = T | Promise<T>;
