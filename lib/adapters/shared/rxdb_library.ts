/** What is used of RxDB, so that its adapter is checked without it as well. */
import type { Value } from "../../model/value.ts";

/** Conditions of a query. */
export type Selector = Record<string, unknown>;
/** What a document holds. */
export type Stored = Record<string, Value>;

/** The module. */
export interface Library {
  createRxDatabase(options: object): Promise<Database>;
}

/** Collections by name. */
export interface Database {
  addCollections(schemas: Record<string, { schema: object }>): Promise<Record<string, Collection>>;
  close(): Promise<unknown>;
}

/** A query as the library takes it. */
export interface MangoQuery {
  readonly selector: Selector;
  readonly sort?: readonly Record<string, "asc" | "desc">[];
  readonly skip?: number;
  readonly limit?: number;
}

/** Documents of one schema. */
export interface Collection {
  insert(document: Stored): Promise<unknown>;
  bulkInsert(documents: Stored[]): Promise<BulkResult>;
  bulkRemove(keys: string[]): Promise<BulkResult>;
  find(query: MangoQuery): LiveQuery<Found>;
  findOne(key: string): LiveQuery<LiveDocument | null> & {
    incrementalPatch(changes: Stored): Promise<unknown>;
    incrementalModify(change: (document: Stored) => Stored): Promise<unknown>;
    remove(): Promise<unknown>;
  };
  findByIds(keys: string[]): LiveQuery<Found>;
  count(query: MangoQuery): LiveQuery<number>;
}

/** What a bulk call has not written. */
export interface BulkResult {
  readonly error: readonly { readonly documentId: string; readonly status: number }[];
}

/** A query that can be asked and observed. */
export interface LiveQuery<T> {
  exec(): Promise<T>;
  readonly $: {
    subscribe(observer: { next(result: T): void; error(error: unknown): void }): { unsubscribe(): void };
  };
}

/** A document as it was when it was read. */
export interface Document {
  toJSON(): Stored;
  incrementalPatch(changes: Stored): Promise<unknown>;
}

/** A document that shows its changes; a deleted one says so, and may come back. */
export type LiveDocument = Document & Pick<LiveQuery<LiveDocument>, "$"> & { readonly deleted: boolean };

/** What a query of documents gives. */
export type Found = Document[] | Map<string, Document>;
