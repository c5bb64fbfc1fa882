import type { WriteStatement } from "../../model/statement.ts";
import type { Row } from "../../model/value.ts";
import type { DocumentTable } from "./document_table.ts";

/**
 * Lets the assigned keys of an existing database go on where an earlier session ended, for stores that assign none.
 * Nothing is read before the first write that could need a key.
 */
export class ResumedKeys {
  readonly #readAll: (table: string) => Promise<Iterable<Row>>;
  readonly #resumed = new Map<DocumentTable, Promise<void>>();

  /** `readAll` answers every row of a table. */
  constructor(readAll: (table: string) => Promise<Iterable<Row>>) {
    this.#readAll = readAll;
  }

  /** Resolves when the keys that this statement leaves to the database can be assigned. */
  async ready(documents: DocumentTable, { kind }: WriteStatement): Promise<void> {
    if (!documents.table.autoKey || (kind !== "insert" && kind !== "upsert")) return;
    let resumed = this.#resumed.get(documents);
    if (resumed === undefined) this.#resumed.set(documents, resumed = this.#resume(documents));
    await resumed;
  }

  async #resume(documents: DocumentTable): Promise<void> {
    const { name, primaryKey } = documents.table;
    for (const row of await this.#readAll(name)) documents.continueAfter(Number(row[primaryKey]));
  }
}
