import { sqlStatement } from "../model/statement.ts";
import type { RemoteSession } from "../runner/remote_session.ts";

const dialect = sqlStatement({
  tables: ["people"],
  columns: ["is_sqlite"],
  sqlite: "SELECT 1 AS is_sqlite",
  postgres: "SELECT 0 AS is_sqlite",
});

/** Whether an adapter with SQL takes SQLite's dialect; otherwise it takes that of Postgres. */
export async function isSqlite(session: RemoteSession): Promise<boolean> {
  const [row] = await session.read(dialect, []);
  return Number(row?.["is_sqlite"]) === 1;
}
