/**
 * What the engine must know about tables and indexes beyond the authorizer's names. Kept until the schema changes.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import type { AccessRecorder } from "./access.ts";

/** One table (or view), as far as dependencies are concerned. */
export interface TableFacts {
  readonly kind: "table" | "view" | "virtual" | "unknown";
  /** Columns whose change may move, replace or delete other rows: keys, unique columns, the rowid. */
  readonly keyColumns: ReadonlySet<string>;
  readonly hasGeneratedColumns: boolean;
  /** Refers to itself by a foreign key, so one change may cascade within the table. */
  readonly refersToItself: boolean;
  /** Some table refers to it by a foreign key. */
  readonly isReferenced: boolean;
  readonly isWithoutRowid: boolean;
  /** Name of the index of its primary key, or null. */
  readonly primaryIndex: string | null;
  readonly columnNames: readonly string[];
  /** Name of the column that is the rowid, or null. */
  readonly rowidColumn: string | null;
}

/** One index and the table it belongs to. */
export interface IndexFacts {
  readonly table: string;
  /** Its columns in order with their collation; null when it indexes an expression. */
  readonly columns: readonly { readonly name: string; readonly collation: string }[] | null;
}

/** Where SQLite keeps the highest rowids of tables with AUTOINCREMENT; it writes there without telling anybody. */
export const sequenceTable = "sqlite_sequence";

interface ColumnRow {
  readonly name: string;
  readonly hidden: number;
  readonly pk: number;
  readonly type: string;
}

/** Facts of the main schema of one connection. */
export class Schema {
  readonly #db: DatabaseSync;
  readonly #recorder: AccessRecorder;
  #tables = new Map<string, TableFacts>();
  readonly #indexes = new Map<string, IndexFacts>();
  #roots: Map<number, { readonly table: string; readonly index: string | null }> | null = null;

  constructor(db: DatabaseSync, recorder: AccessRecorder) {
    this.#db = db;
    this.#recorder = recorder;
  }

  /** To be called when the schema has changed. */
  clear(): void {
    this.#tables.clear();
    this.#indexes.clear();
    this.#roots = null;
  }

  /** Facts of one table by the name that the authorizer uses. */
  table(name: string): TableFacts {
    let facts = this.#tables.get(name);
    if (facts === undefined) {
      facts = this.#recorder.ignore(() => this.#readTable(name));
      this.#tables.set(name, facts);
    }
    return facts;
  }

  /** True when SQLite keeps the highest rowids of tables in a table of its own (AUTOINCREMENT). */
  get hasSequence(): boolean {
    return this.table(sequenceTable).kind === "table";
  }

  /** The table or index that begins at a root page of the main database file. */
  root(page: number): { readonly table: string; readonly index: string | null } | undefined {
    this.#roots ??= this.#recorder.ignore(() => {
      const roots = new Map<number, { table: string; index: string | null }>();
      const rows = this.#all(
        "SELECT type, name, tbl_name, rootpage FROM main.sqlite_schema WHERE rootpage > 0",
      );
      for (const row of rows as { type: string; name: string; tbl_name: string; rootpage: number }[]) {
        roots.set(row.rootpage, { table: row.tbl_name, index: row.type === "index" ? row.name : null });
      }
      return roots;
    });
    return this.#roots.get(page);
  }

  /** Facts of one index. */
  index(name: string, table: string): IndexFacts {
    let facts = this.#indexes.get(name);
    if (facts === undefined) this.#indexes.set(name, facts = this.#readIndex(name, table));
    return facts;
  }

  #readIndex(name: string, table: string): IndexFacts {
    return this.#recorder.ignore(() => {
      const rows = this.#all("SELECT cid, name, coll, key FROM pragma_index_xinfo(?, 'main')", name) as {
        cid: number;
        name: string | null;
        coll: string;
        key: number;
      }[];
      if (rows.some((row) => row.cid === -2)) return { table, columns: null };
      const columns = rows.filter((row) => row.name !== null)
        .map((row) => ({ name: row.name!, collation: row.coll }));
      return { table, columns };
    });
  }

  #all(sql: string, ...params: string[]): unknown[] {
    return this.#db.prepare(sql).all(...params);
  }

  #readTable(name: string): TableFacts {
    const listed = this.#all(
      "SELECT type, wr FROM pragma_table_list WHERE schema = 'main' AND name = ?",
      name,
    ) as {
      type: string;
      wr: number;
    }[];
    const columns = this.#all(
      "SELECT name, type, hidden, pk FROM pragma_table_xinfo(?, 'main')",
      name,
    ) as ColumnRow[];
    const keys = new Set<string>(["ROWID"]);
    const primary = columns.filter((column) => column.pk > 0);
    for (const column of primary) keys.add(column.name);
    const unique = this.#all(`SELECT name FROM pragma_index_list(?, 'main') WHERE "unique" = 1`, name) as {
      name: string;
    }[];
    let opaqueIndex = false;
    for (const index of unique) {
      const rows = this.#all(
        "SELECT cid, name FROM pragma_index_xinfo(?, 'main') WHERE key = 1",
        index.name,
      ) as {
        cid: number;
        name: string | null;
      }[];
      for (const row of rows) {
        if (row.name !== null) keys.add(row.name);
        else if (row.cid === -2) opaqueIndex = true;
      }
    }
    // Which rows a partial or expression index compares may depend on any column: then every column is a key.
    if (opaqueIndex || this.#hasPartialUnique(name)) { for (const column of columns) keys.add(column.name); }
    const type = listed[0]?.type;
    const isWithoutRowid = listed[0]?.wr === 1;
    const rowid = primary.length === 1 && !isWithoutRowid && primary[0]!.type.toUpperCase() === "INTEGER";
    return {
      kind: type === "table" || type === "view" || type === "virtual" ? type : "unknown",
      keyColumns: keys,
      hasGeneratedColumns: columns.some((column) => column.hidden > 1),
      refersToItself: this.#all(
        `SELECT 1 FROM pragma_foreign_key_list(?, 'main') WHERE "table" = ? COLLATE NOCASE`,
        name,
        name,
      ).length > 0,
      isReferenced: this.#all(
        "SELECT 1 FROM main.sqlite_schema AS s, pragma_foreign_key_list(s.name, 'main') AS f " +
          `WHERE s.type = 'table' AND f."table" = ? COLLATE NOCASE LIMIT 1`,
        name,
      ).length > 0,
      isWithoutRowid,
      primaryIndex: (this.#all("SELECT name FROM pragma_index_list(?, 'main') WHERE origin = 'pk'", name) as {
        name: string;
      }[])[0]?.name ?? null,
      columnNames: columns.map((column) => column.name),
      rowidColumn: rowid ? primary[0]!.name : null,
    };
  }

  #hasPartialUnique(name: string): boolean {
    return this.#all(
      `SELECT 1 FROM pragma_index_list(?, 'main') WHERE "unique" = 1 AND partial = 1`,
      name,
    ).length > 0;
  }
}
