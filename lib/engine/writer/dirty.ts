/**
 * What a statement, and then a commit, makes dirty.
 *
 * comes in: the access that the authorizer told, facts of the schema; goes out: interned {@link DirtySet}s.
 *
 * @module
 */

import type { DirtySet } from "../protocol.ts";
import { addColumns, type TableColumns } from "../sqlite/access.ts";
import type { Prepared } from "../sqlite/statements.ts";
import { type Schema, sequenceTable } from "../sqlite/schema.ts";

/** The dirty set of a statement that cannot change anything. */
export const nothing = 0;
const capacity = 1000;

/** Gives equal dirty sets one number, so that a commit names its set by number after the first time. */
export class DirtySets {
  readonly #schema: Schema;
  readonly #isTempSeen: boolean;
  #byKey = new Map<string, number>();
  #sets: DirtySet[] = [];
  #unions = new Map<string, number>();

  /** `isTempSeen`: live queries see temporary tables, as they are asked with the connection that writes. */
  constructor(schema: Schema, isTempSeen: boolean) {
    this.#schema = schema;
    this.#isTempSeen = isTempSeen;
    this.#intern({ everything: false, schema: false, tables: [] });
  }

  /** The number of the set that dirties everything, the schema included. */
  get everything(): number {
    return this.#intern({ everything: true, schema: true, tables: [] });
  }

  /** The number of the set that dirties every row of an unchanged schema. */
  get allRows(): number {
    return this.#intern({ everything: true, schema: false, tables: [] });
  }

  /** The set with this number. */
  get(id: number): DirtySet {
    return this.#sets[id]!;
  }

  /** True when no more sets should be kept: the caller then starts anew between two commits. */
  get isFull(): boolean {
    return this.#sets.length >= capacity;
  }

  /** The number of the statement's dirty set. */
  ofStatement(prepared: Prepared): number {
    const { access } = prepared;
    // `everything` is a pragma, VACUUM or another database: reading pragmas through execute() is rare, and treated alike.
    if (access.schemaChange || access.everything) return this.everything;
    if (access.writesTemp && this.#isTempSeen) return this.allRows;
    const tables: TableColumns = new Map();
    for (const [table, columns] of access.writes) {
      const facts = this.#schema.table(table);
      if (facts.kind === "virtual" || facts.kind === "unknown") {
        return this.allRows;
      }
      const precise = columns !== null && !facts.hasGeneratedColumns &&
        ![...columns].some((column) => facts.keyColumns.has(column));
      addColumns(tables, table, precise ? columns : null);
    }
    if (access.inserts && this.#schema.hasSequence) addColumns(tables, sequenceTable, null);
    return this.#intern(toDirtySet(tables));
  }

  /** The number of the set of a statement that has changed no row: an insert may still have counted on. */
  ofNoRows({ access }: Prepared): number {
    if (!access.inserts || !this.#schema.hasSequence) return nothing;
    return this.#intern(toDirtySet(new Map([[sequenceTable, null]])));
  }

  /** The number of the union of several sets. */
  union(ids: ReadonlySet<number>): number {
    if (ids.size === 0) return nothing;
    const list = [...ids];
    if (list.length === 1) return list[0]!;
    const key = list.sort((a, b) => a - b).join();
    let id = this.#unions.get(key);
    if (id === undefined) {
      const tables: TableColumns = new Map();
      let everything = false;
      let schema = false;
      for (const each of list) {
        const set = this.#sets[each]!;
        everything ||= set.everything;
        schema ||= set.schema;
        for (const [table, columns] of set.tables) addColumns(tables, table, columns);
      }
      id = this.#intern(everything ? { everything, schema, tables: [] } : toDirtySet(tables));
      this.#unions.set(key, id);
    }
    return id;
  }

  #intern(set: DirtySet): number {
    const key = JSON.stringify(set);
    let id = this.#byKey.get(key);
    if (id === undefined) {
      id = this.#sets.length;
      this.#sets.push(set);
      this.#byKey.set(key, id);
    }
    return id;
  }
}

function toDirtySet(tables: TableColumns): DirtySet {
  const list = [...tables].map(([table, columns]) =>
    [table, columns === null ? null : [...columns].sort()] as const
  );
  return { everything: false, schema: false, tables: list.sort((a, b) => a[0] < b[0] ? -1 : 1) };
}
