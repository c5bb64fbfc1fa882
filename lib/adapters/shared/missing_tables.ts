import type { OpenContext } from "../../model/adapter.ts";
import { createTableSql, type Dialect } from "../../model/sql.ts";

/** What a database has to hold, and whether it holds it already. */
export type Contents = Pick<OpenContext, "database" | "tables">;

/** The statements that create tables and indexes, in order; none for an existing database. */
export function missingTablesSql({ database, tables }: Contents, dialect: Dialect): string[] {
  return database === "existing" ? [] : tables.flatMap((table) => createTableSql(table, dialect));
}
