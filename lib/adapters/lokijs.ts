import type { Adapter, Observer, OpenContext, Session, Subscription } from "../model/adapter.ts";
import type { Table } from "../model/schema.ts";
import type { Filter, Query, WriteStatement } from "../model/statement.ts";
import { unqualified } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import { documentChanges } from "./shared/document_changes.ts";
import { compileDocumentQuery, compileProjection } from "./shared/document_query.ts";
import { DocumentTable } from "./shared/document_table.ts";
import {
  comparesNullable,
  decidesByFirstTable,
  filterValues,
  firstTableFilters,
} from "./shared/filter_values.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { orderTies } from "./shared/order_ties.ts";
import { watchJoin } from "./shared/watch_join.ts";

/** LokiJS: collections in memory with binary indexes and dynamic views. */
export const lokijs: Adapter = {
  id: "lokijs",
  title: "LokiJS",
  about: "Collections of documents in memory. Watched queries are dynamic views; what they hold " +
    "is read when they report a rebuild. Keys and unique columns have unique indexes, keys and the first column of " +
    "each index binary ones. Batches are one insert of many documents, or updates in a loop; joins look partners up by " +
    "their key. A table whose keys the database would assign is keyed by its unique column.",
  unfair:
    "It is no longer developed. Nothing is stored durably, and a batch that fails leaves the documents before the " +
    "failing one behind. Views report by a timer, so that a caller who never returns to the event loop sees one " +
    "emission; and they hand over live documents, which the adapter copies.",
  homepage: "https://github.com/techfort/LokiJS",
  idioms: {
    write: {
      how: "`insert`, `update` of the document that `by` has found, and `remove`.",
      link: "https://github.com/techfort/LokiJS#readme",
    },
    batch: {
      how: "`insert` of an array; updates and removals one by one.",
      link: "https://github.com/techfort/LokiJS#readme",
    },
    readPage: {
      how: "`chain` with `find` on indexed columns, `simplesort` and `limit`; rows that tie are ordered " +
        "by the adapter.",
      link: "https://github.com/techfort/LokiJS/wiki/Query-Examples",
      tried: "`compoundsort` with two terms sorts all that fits without an index, and `$or` runs each " +
        "branch over all documents.",
    },
    readKey: {
      how: "`by` on the unique index of the key.",
      link: "https://github.com/techfort/LokiJS/wiki/Indexing-and-Query-Performance",
    },
    join: {
      how: "`chain` for the sorted rows, then `by` for the partner of each row that is shown.",
      link: "https://github.com/techfort/LokiJS/wiki/Indexing-and-Query-Performance",
      tried: "Joining before the cut, as the library's own `eqJoin` does, costs several times the " +
        "processor time.",
    },
    watchRow: {
      how: "A dynamic view with a condition on the key, read when it reports a rebuild.",
      link: "https://github.com/techfort/LokiJS/wiki/LokiJS-Views",
    },
    watchList: {
      how: "A dynamic view with `applyFind` and `applySortCriteria`, read when it reports a rebuild.",
      link: "https://github.com/techfort/LokiJS/wiki/LokiJS-Views",
    },
    watchCount: {
      how: "`count` of a dynamic view when it reports a rebuild; a sum is added up from its `data`.",
      link: "https://github.com/techfort/LokiJS/wiki/LokiJS-Views",
    },
  },
  objection: "Its users mostly read a view when they draw, without an event. Views are evaluated for each " +
    "document that is written; a listener to `update` of one collection would serve watched keys " +
    "at less cost.",
  runsIn: ["browser", "node", "deno"],
  runtimes: ["deno", "node", "bun", "chromium", "firefox"],
  drivers: { lokijs: "1.5.12" },
  options: {},
  pageImports: () => ({ page: { lokijs: ["default"] } }),
  permissions: {},
  capabilities: () => ({
    liveQueries: "incremental",
    sql: false,
    joins: false,
    atomicBatch: false,
    interactiveTransaction: false,
    durability: "none",
    worksOn: "caller",
    columnTypes: ["real"],
  }),
  delay: () => ({ atMostMs: 1, isDefault: true }),
  counters: [],
  knownGaps: [],
  async open(context) {
    const { default: Loki }: { default: LokiClass } = await loadDriver(
      "lokijs",
      // @ts-ignore: resolved by drivers/lokijs/deno.json
      () => import("lokijs"),
    );
    return new LokiSession(Loki, context);
  },
};

// What is used of the library, so that the file is checked without it as well.
type Find = Record<string, unknown>;
type Document = Record<string, Value>;

interface LokiClass {
  new (name: string, options: { adapter: unknown; autosave: boolean }): Loki;
  readonly LokiMemoryAdapter: new () => unknown;
}

interface Loki {
  addCollection(name: string, options: { unique: string[]; indices: string[] }): Collection;
  close(callback: () => void): void;
}

interface Collection {
  insert(documents: Document | Document[]): unknown;
  update(document: Document): unknown;
  remove(document: Document): unknown;
  by(column: string, value: Value): Document | undefined;
  count(find?: Find): number;
  chain(): Chain;
  addDynamicView(name: string): DynamicView;
  removeDynamicView(name: string): void;
}

interface Chain {
  find(find: Find): Chain;
  simplesort(column: string, descending: boolean): Chain;
  limit(count: number): Chain;
  data(): Document[];
}

interface DynamicView {
  applyFind(find: Find): DynamicView;
  applySortCriteria(terms: [column: string, descending: boolean][]): DynamicView;
  on(event: "rebuild", listener: () => void): void;
  removeListener(event: "rebuild", listener: () => void): void;
  data(): Document[];
  count(): number;
}

class LokiSession implements Session {
  readonly #loki: Loki;
  readonly #stores = new Map<
    string,
    { readonly documents: DocumentTable; readonly collection: Collection }
  >();
  #viewCount = 0;

  constructor(library: LokiClass, { tables }: OpenContext) {
    this.#loki = new library("bench", { adapter: new library.LokiMemoryAdapter(), autosave: false });
    for (const table of tables) {
      const documents = new DocumentTable(table);
      const unique = table.columns.filter((column) => column.unique).map(({ name }) => name);
      const indexed = table.indexes.map((index) => index.columns[0]!.column);
      const collection = this.#loki.addCollection(table.name, {
        unique: Array.from(new Set([documents.keyColumn, ...unique])),
        indices: Array.from(new Set([documents.keyColumn, ...unique, ...indexed])),
      });
      this.#stores.set(table.name, { documents, collection });
    }
  }

  write(statement: WriteStatement, args: Args): void {
    this.batch(statement, [args]);
  }

  batch(statement: WriteStatement, rows: readonly Args[]): void {
    const { documents, collection } = this.#at(statement.table);
    const { keyColumn } = documents;
    const find = (column: string, value: Value) => value === null ? undefined : collection.by(column, value);
    const { inserted, updated, removed } = documentChanges(documents, statement, rows, find);
    for (const key of removed) collection.remove(collection.by(keyColumn, key)!);
    for (const [key, changes] of updated) {
      collection.update(Object.assign(collection.by(keyColumn, key)!, changes));
    }
    const [only] = inserted;
    if (only !== undefined) collection.insert(inserted.length === 1 ? only : inserted);
  }

  read(query: Query, args: Args): readonly Row[] {
    const { documents, collection } = this.#at(query.table);
    const { accepted, finish } = this.#plan(query, args);
    if (query.kind === "count" && accepted === undefined) {
      const finds = findsOf(query, args, documents);
      return [{ [query.as]: finds.length === 0 ? collection.count() : collection.count({ $and: finds }) }];
    }
    if (query.kind === "select" && query.where.length === 1) {
      const [only] = query.where;
      if (only?.kind === "equal" && only.column === documents.keyColumn) {
        const found = collection.by(documents.keyColumn, filterValues(query, args)[0]![0]!);
        return finish(found === undefined ? [] : [found]);
      }
    }
    let chain = collection.chain();
    for (const find of findsOf(query, args, documents)) chain = chain.find(find);
    const isSorted = query.kind === "select" && decidesByFirstTable(query);
    const [first, ...others] = isSorted ? sortOf(query.orderBy) : [];
    if (first !== undefined) chain = chain.simplesort(...first);
    if (isSorted && query.join === undefined && others.length === 0 && accepted === undefined) {
      const limit = compileDocumentQuery(query).limit(args);
      if (limit !== undefined) chain = chain.limit(limit);
    }
    return finish(chain.data());
  }

  watch(query: Query, args: Args, observer: Observer): Subscription | Promise<Subscription> {
    const { documents } = this.#at(query.table);
    const { accepted, finish } = this.#plan(query, args);
    if (query.kind === "select" && query.join !== undefined) {
      const { table, right } = query.join;
      return watchJoin(query, args, observer, {
        left: (deliver) =>
          this.#view(
            query.table,
            findsOf(query, args, documents),
            [],
            (view) => deliver(copies(view.data())),
          ),
        right: (keys, deliver) =>
          this.#view(
            table,
            [{ [unqualified(right)]: { $in: keys } }],
            [],
            (view) => deliver(copies(view.data())),
          ),
      });
    }
    const finds = findsOf(query, args, documents);
    if (query.kind === "count" && accepted === undefined) {
      const deliver = (view: DynamicView) => observer.next([{ [query.as]: view.count() }]);
      return { close: this.#view(query.table, finds, [], deliver) };
    }
    const sort = query.kind === "select" ? sortOf(query.orderBy) : [];
    return { close: this.#view(query.table, finds, sort, (view) => observer.next(finish(view.data()))) };
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#loki.close(resolve));
  }

  /** Delivers the view now and after each rebuild; answers what takes it away. */
  #view(
    table: string,
    finds: readonly Find[],
    sort: [column: string, descending: boolean][],
    deliver: (view: DynamicView) => void,
  ): () => void {
    const { collection } = this.#at(table);
    const name = `view${++this.#viewCount}`;
    const view = collection.addDynamicView(name);
    for (const find of finds) view.applyFind(find);
    if (sort.length > 0) view.applySortCriteria(sort);
    const listener = () => deliver(view);
    view.on("rebuild", listener);
    // A condition or an order makes the view report a rebuild by itself, a timer later. A delivery of ours before that
    // would make it an emission that no write has caused.
    if (finds.length === 0 && sort.length === 0) deliver(view);
    return () => {
      view.removeListener("rebuild", listener);
      collection.removeDynamicView(name);
    };
  }

  /** What remains to be done with the documents of a query, and the condition that the library does not keep whole. */
  #plan(query: Query, args: Args): {
    readonly accepted: ((document: Row) => boolean) | undefined;
    readonly finish: (documents: readonly Document[]) => readonly Row[];
  } {
    const { documents: { table } } = this.#at(query.table);
    const compiled = compileDocumentQuery(query);
    const isLoose = comparesNullable(query, table) || query.where.some(({ kind }) => kind === "before");
    const accepted = isLoose ? compiled.matcher(args) : undefined;
    const matching = (found: readonly Document[]) => accepted === undefined ? found : found.filter(accepted);
    if (query.kind === "count") {
      return { accepted, finish: (found) => [{ [query.as]: matching(found).length }] };
    }
    if (query.kind === "sum") return { accepted, finish: (found) => compiled.result(matching(found), args) };
    const { join } = query;
    if (join !== undefined) {
      const partners = this.#at(join.table).collection;
      const find = (key: Value) => key === null ? undefined : partners.by(unqualified(join.right), key);
      return { accepted, finish: (found) => compiled.result(matching(found), args, find) };
    }
    const project = compileProjection(query.columns);
    const limit = compiled.limit(args);
    return { accepted, finish: (found) => orderTies(matching(found), query.orderBy, limit).map(project) };
  }

  #at(table: string): { readonly documents: DocumentTable; readonly collection: Collection } {
    const store = this.#stores.get(table);
    if (store === undefined) throw new RangeError(`Cannot find collection "${table}"`);
    return store;
  }
}

/** The conditions of a query as the library takes them. They hold together, and the first may use an index. */
function findsOf(query: Query, args: Args, { table, keyColumn }: DocumentTable): Find[] {
  return firstTableFilters(query, args).flatMap(({ filter, values }) =>
    findsFor(filter, values, table, keyColumn)
  );
}

function findsFor(filter: Filter, values: readonly Value[], table: Table, keyColumn: string): Find[] {
  // Nothing compares with NULL.
  if (values.includes(null)) return [{ [keyColumn]: { $in: [] } }];
  switch (filter.kind) {
    case "equal":
      return [{ [unqualified(filter.column)]: { $eq: values[0] } }];
    case "range": {
      const column = unqualified(filter.column);
      const [from, below] = [values[0], values[values.length - 1]];
      if (filter.below === undefined) return [{ [column]: { $gte: from } }];
      if (filter.from === undefined) return [{ [column]: { $lt: below } }];
      const isInteger = table.columns.some(({ name, type }) => name === column && type === "integer");
      // Both bounds of the library's range belong to it.
      if (isInteger) return [{ [column]: { $between: [from, Number(below) - 1] } }];
      return [{ [column]: { $gte: from } }, { [column]: { $lt: below } }];
    }
    case "before":
      // The index finds the beginning. What ties with it is left to the adapter: the library runs each branch of $or
      // over all documents.
      return [{ [unqualified(filter.columns[0]!)]: { $lte: values[0] } }];
  }
}

function sortOf(orderBy: readonly { column: string; descending: boolean }[]): [string, boolean][] {
  return orderBy.map(({ column, descending }) => [unqualified(column), descending]);
}

/** Copies, as the library's documents change in place. */
function copies(documents: readonly Document[]): Row[] {
  return documents.map((document) => ({ ...document }));
}
