/** Tables as collections of RxDB: schemas, keys, and queries in its language. */
import type { Column, Table } from "../../model/schema.ts";
import { type Filter, type Query, type SelectQuery, unqualified } from "../../model/statement.ts";
import type { Args, Row, Value } from "../../model/value.ts";
import { compileDocumentQuery } from "./document_query.ts";
import { DocumentTable } from "./document_table.ts";
import { decidesByFirstTable, filterValues, firstTableFilters } from "./filter_values.ts";
import type { Document, Found, MangoQuery, Selector, Stored } from "./rxdb_library.ts";

/** One table as a collection: its schema, and its rows as documents whose primary key is a string. */
export class Store {
  readonly name: string;
  readonly documents: DocumentTable;
  readonly keyColumn: string;
  readonly schema: object;
  readonly #isIntegerKey: boolean;

  constructor(table: Table) {
    this.name = table.name;
    this.documents = new DocumentTable(table);
    this.keyColumn = this.documents.keyColumn;
    this.#isIntegerKey = table.columns.some(({ name, type }) =>
      name === this.keyColumn && type === "integer"
    );
    this.schema = schemaOf(this.documents);
  }

  /** Integers become strings of one length that sort as the integers do. */
  encodeKey(given: Value): string {
    const key = typeof given === "bigint" ? Number(given) : given;
    if (typeof key === "number" && !Number.isSafeInteger(key)) {
      throw new RangeError(`Cannot take key ${given} as a document's key must be a safe integer`);
    }
    if (typeof key !== "number") return String(key);
    const digits = key < 0 ? Number.MAX_SAFE_INTEGER + key : key;
    return (key < 0 ? "-" : "0") + String(digits).padStart(KEY_DIGITS, "0");
  }

  /** Some or all columns of a row, as the collection stores them. */
  encode(row: Row): Stored {
    return this.keyColumn in row
      ? { ...row, [this.keyColumn]: this.encodeKey(row[this.keyColumn]!) }
      : { ...row };
  }

  decode(document: Document): Row {
    const row = document.toJSON();
    const key = row[this.keyColumn];
    if (!this.#isIntegerKey || typeof key !== "string") return row;
    const digits = Number(key.slice(1));
    return { ...row, [this.keyColumn]: key.startsWith("-") ? digits - Number.MAX_SAFE_INTEGER : digits };
  }

  decodeAll(found: Found): Row[] {
    return Array.from(found.values(), (document) => this.decode(document));
  }

  /** The primary key, where a query asks for one document by it and for nothing else, a limit included: it may be 0. */
  keyOf(query: Query, args: Args): string | undefined {
    const [filter] = query.where;
    if (query.kind !== "select" || query.join !== undefined || query.where.length !== 1) return undefined;
    if (query.limit !== undefined) return undefined;
    if (filter?.kind !== "equal" || filter.column !== this.keyColumn) return undefined;
    return this.encodeKey(filterValues(query, args)[0]![0]!);
  }

  mango(query: SelectQuery, args: Args, limit: number | undefined): MangoQuery {
    const selector = this.selector(query, args);
    if (!decidesByFirstTable(query)) return { selector };
    return {
      selector,
      sort: query.orderBy.map(({ column, descending }) => ({
        [unqualified(column)]: descending ? "desc" : "asc",
      })),
      ...(query.offset === undefined ? {} : { skip: compileDocumentQuery(query).offset(args) }),
      // A limit of 0 is none for the library: what it finds too many is cut off.
      ...(limit === undefined ? {} : { limit: Math.max(1, this.mostRows(query, args, limit)) }),
    };
  }

  /** How many rows a result has at most, when the first `limit` in order decide it. */
  mostRows(query: SelectQuery, args: Args, limit: number): number {
    return limit - compileDocumentQuery(query).offset(args);
  }

  selector(query: Query, args: Args): Selector {
    const conditions = firstTableFilters(query, args).flatMap(({ filter, values }) =>
      this.#conditions(filter, values)
    );
    return conditions.length === 1 ? conditions[0]! : conditions.length === 0 ? {} : { $and: conditions };
  }

  #conditions(filter: Filter, values: readonly Value[]): Selector[] {
    // Nothing compares with NULL.
    if (values.includes(null)) return [{ [this.keyColumn]: { $in: [] } }];
    const columns = (filter.kind === "before" ? filter.columns : [filter.column]).map(unqualified);
    const encoded = values.map((value, index) =>
      columns[filter.kind === "before" ? index : 0] === this.keyColumn ? this.encodeKey(value) : value
    );
    switch (filter.kind) {
      case "equal":
        return [{ [columns[0]!]: { $eq: encoded[0] } }];
      case "range": {
        const bounds: Selector = {};
        if (filter.from !== undefined) bounds["$gte"] = encoded[0];
        if (filter.below !== undefined) bounds["$lt"] = encoded[encoded.length - 1];
        return [{ [columns[0]!]: bounds }];
      }
      case "before": {
        const branches = columns.map((column, last): Selector => ({
          ...Object.fromEntries(
            columns.slice(0, last).map((before, index) => [before, { $eq: encoded[index] }]),
          ),
          [column]: { $lt: encoded[last] },
        }));
        // The second condition says nothing new, but tells the library which part of an index to read, as its
        // documentation advises for $or.
        return [{ $or: branches }, { [columns[0]!]: { $lte: encoded[0] } }];
      }
    }
  }
}

const KEY_DIGITS = 16;
/** Keys and indexed text; the library refuses longer keys. */
const TEXT_MAX_LENGTH = 100;
/** The library pads indexed integers to the width of their bounds; with wider ones they lose precision. */
const INTEGER_BOUND = 2 ** 52;

/** The collection's schema. The library has no index on columns that may be NULL. */
function schemaOf({ table, keyColumn }: DocumentTable): object {
  const required = table.columns.filter(({ name, nullable }) => !nullable || name === keyColumn)
    .map(({ name }) => name);
  const indexes = [
    ...table.columns.filter(({ unique, name }) => unique && name !== keyColumn).map(({ name }) => [name]),
    ...table.indexes.map((index) => index.columns.map(({ column }) => column)),
  ].filter((names) => names.every((name) => required.includes(name)));
  const indexed = new Set(indexes.flat());
  const property = ({ name, type, nullable }: Column): object => {
    if (name === keyColumn) return { type: "string", maxLength: TEXT_MAX_LENGTH };
    const jsonType = type === "text" ? "string" : type === "real" ? "number" : "integer";
    if (!indexed.has(name)) return { type: nullable ? [jsonType, "null"] : jsonType };
    if (type === "text") return { type: "string", maxLength: TEXT_MAX_LENGTH };
    return { type: "integer", minimum: -INTEGER_BOUND, maximum: INTEGER_BOUND, multipleOf: 1 };
  };
  return {
    version: 0,
    primaryKey: keyColumn,
    type: "object",
    properties: Object.fromEntries(table.columns.map((column) => [column.name, property(column)])),
    required,
    indexes,
  };
}
