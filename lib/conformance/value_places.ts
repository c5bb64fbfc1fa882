/** Where values are put, so that one trial does for all kinds of them. */
import type { DeleteStatement, Query, WriteStatement } from "../model/statement.ts";
import type { Row, Value } from "../model/value.ts";
import * as db from "./fixtures.ts";

/** A column that holds the values, in rows that another column tells apart. */
export interface Place {
  readonly key: string;
  readonly column: string;
  /** Name of the row's `index`-th key. */
  readonly keyOf: (index: number) => Value;
  /** Arguments of {@link add}. */
  readonly argsOf: (key: Value, value: Value) => readonly Value[];
  readonly add: WriteStatement;
  /** Arguments: value, key. */
  readonly set: WriteStatement;
  /** Argument: key. */
  readonly remove: DeleteStatement;
  /** Argument: key. Shows key and value at least. */
  readonly byKey: Query;
  /** Argument: value. Shows keys. */
  readonly byValue: Query;
}

/** See {@link Place}. */
export const TEXT_PLACE: Place = {
  key: "label",
  column: "body",
  keyOf: (index) => `k${String(index).padStart(2, "0")}`,
  argsOf: (key, value) => [key, value],
  add: db.addNote,
  set: db.setNote,
  remove: db.removeNote,
  byKey: db.noteByLabel,
  byValue: db.notesByBody,
};
/** See {@link Place}. */
export const INTEGER_PLACE: Place = {
  key: "id",
  column: "score",
  // No sample: samples become keys themselves.
  keyOf: (index) => 501 + index,
  argsOf: (key, value) => [key, "p", null, value],
  add: db.addPerson,
  set: db.movePerson,
  remove: db.removePerson,
  byKey: db.personById,
  byValue: db.peopleByScore,
};
/** See {@link Place}. */
export const REAL_PLACE: Place = {
  key: "id",
  column: "amount",
  keyOf: (index) => index + 1,
  argsOf: (key, value) => [key, value],
  add: db.addMeasure,
  set: db.setMeasure,
  remove: db.removeMeasure,
  byKey: db.measureById,
  byValue: db.measuresByAmount,
};
/** See {@link Place}. */
export const BLOB_PLACE: Place = {
  key: "id",
  column: "content",
  keyOf: (index) => index + 1,
  argsOf: (key, value) => [key, value],
  add: db.addFile,
  set: db.setFile,
  remove: db.removeFile,
  byKey: db.fileById,
  byValue: db.filesByContent,
};

/** Statements that use a value as the key of a row. */
export interface KeyPlace {
  readonly add: WriteStatement;
  readonly argsOf: (key: Value) => readonly Value[];
  readonly set: WriteStatement;
  readonly setArgsOf: (key: Value) => readonly Value[];
  readonly remove: DeleteStatement;
  readonly byKey: Query;
  readonly rowOf: (key: Value, isChanged: boolean) => Row;
}

/** See {@link KeyPlace}. */
export const TEXT_KEY: KeyPlace = {
  add: db.mergeNote,
  argsOf: (key) => [key, "as a key"],
  set: db.setNote,
  setArgsOf: (key) => ["changed", key],
  remove: db.removeNote,
  byKey: db.noteByLabel,
  rowOf: (key, isChanged) => ({ label: key, body: isChanged ? "changed" : "as a key" }),
};
/** See {@link KeyPlace}. */
export const INTEGER_KEY: KeyPlace = {
  add: db.addPerson,
  argsOf: (key) => [key, "as a key", null, 0],
  set: db.renamePerson,
  setArgsOf: (key) => ["changed", key],
  remove: db.removePerson,
  byKey: db.personById,
  rowOf: (key, isChanged) => ({ id: key, name: isChanged ? "changed" : "as a key", city: null, score: 0 }),
};
