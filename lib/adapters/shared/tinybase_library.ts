/** What is used of TinyBase, so that its adapter is checked without it as well. */
import type { Value } from "../../model/value.ts";

/** What a cell may hold. */
export type Cell = Exclude<Value, bigint | Uint8Array>;
/** Reads a cell of the row that a query looks at, or of one that is joined to it. */
export type GetTableCell = (tableOrCell: string, cell?: string) => unknown;

/** The module. */
export interface TinyBase {
  createStore(): Store;
  createQueries(store: Store): Queries;
  createIndexes(store: Store): Indexes;
}

/** Tables of rows by id. */
export interface Store {
  hasRow(table: string, row: string): boolean;
  getRow(table: string, row: string): object;
  getRowIds(table: string): string[];
  getRowCount(table: string): number;
  setRow(table: string, row: string, cells: Record<string, Cell>): unknown;
  setPartialRow(table: string, row: string, cells: Record<string, Cell>): unknown;
  delRow(table: string, row: string): unknown;
  transaction(actions: () => void): void;
  startTransaction(): unknown;
  finishTransaction(doRollback: () => boolean): unknown;
  addRowListener(table: string, row: string, listener: () => void): string;
  addRowCountListener(table: string, listener: () => void): string;
  addDidFinishTransactionListener(listener: () => void): string;
  delListener(listener: string): unknown;
}

/** Query definitions, whose results are kept current. */
export interface Queries {
  setQueryDefinition(
    query: string,
    table: string,
    define: (keywords: {
      select: {
        (cell: string): { as(name: string): void };
        (table: string, cell: string): { as(name: string): void };
        (compute: (getCell: GetTableCell) => Cell): { as(name: string): void };
      };
      join: (table: string, on: (getCell: (cell: string) => unknown) => string) => { as(name: string): void };
      where: { (cell: string, equals: Cell): void; (condition: (getCell: GetTableCell) => boolean): void };
      group: (cell: string, aggregate: "sum") => { as(name: string): void };
    }) => void,
  ): unknown;
  delQueryDefinition(query: string): unknown;
  getResultRow(query: string, row: string): object;
  getResultRowCount(query: string): number;
  getResultRowIds(query: string): string[];
  getResultSortedRowIds(
    query: string,
    cell?: string,
    descending?: boolean,
    offset?: number,
    limit?: number,
  ): string[];
  addResultTableListener(query: string, listener: () => void): string;
  addResultRowCountListener(query: string, listener: () => void): string;
  addResultRowListener(
    query: string,
    row: null,
    listener: (queries: unknown, query: string, row: string) => void,
  ): string;
  addResultSortedRowIdsListener(
    query: string,
    cell: string,
    descending: boolean,
    offset: number,
    limit: number | undefined,
    listener: () => void,
  ): string;
  delListener(listener: string): unknown;
  destroy(): void;
}

/** Rows by the value of one cell, sorted by another one. */
export interface Indexes {
  setIndexDefinition(
    index: string,
    table: string,
    slice: string | (() => string),
    sortKey?: string,
  ): unknown;
  getSliceRowIds(index: string, slice: string): string[];
  addSliceRowIdsListener(index: string, slice: string, listener: () => void): string;
  delListener(listener: string): unknown;
  destroy(): void;
}
