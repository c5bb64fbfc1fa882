/** Whether every table holds what it must when a session is over, rows included that no live query ever showed. */
import { type Finding, type Query, select, type Table } from "../model/mod.ts";
import { describeTable, type Truth } from "../oracle/mod.ts";
import { type Digester, setDigest } from "../protocol/digester.ts";
import type { Player } from "../protocol/player.ts";

/** Keys per read, so that neither side holds more rows than this of a large table. */
const KEYS_PER_READ = 50_000;

/** What is compared with what. */
export interface TableCheck {
  readonly tables: readonly Table[];
  readonly player: Player;
  readonly truth: Truth;
  /** The child's own. */
  readonly digester: Digester;
}

/**
 * Reads every table in pieces of keys and compares digests; of keys that the database assigned itself only the other
 * columns count. At most one finding per table.
 */
export async function checkTables(check: TableCheck): Promise<Omit<Finding, "phase" | "iteration">[]> {
  const findings: Omit<Finding, "phase" | "iteration">[] = [];
  for (const table of check.tables) {
    const finding = await checkTable(table, check);
    if (finding !== undefined) findings.push(finding);
  }
  return findings;
}

async function checkTable(
  table: Table,
  { player, truth, digester }: TableCheck,
): Promise<Omit<Finding, "phase" | "iteration"> | undefined> {
  const columns = table.columns.map(({ name }) => name)
    .filter((name) => !table.autoKey || name !== table.primaryKey);
  for (const query of pieces(table, columns, truth)) {
    const answer = await player.readTable({ query });
    const expected = truth.read(query, []);
    const digests = Float64Array.from(expected, (row) => digester.row(row, columns));
    if (answer.rowCount === expected.length && answer.digest === setDigest(digests)) continue;
    return {
      verdict: "misread",
      query: query.sql,
      detail: describeTable(table.name, answer, expected, columns),
    };
  }
  return undefined;
}

/** Queries that together show every row of a table once, those with keys that it should not have included. */
function pieces(table: Table, columns: readonly string[], truth: Truth): Query[] {
  const span = table.autoKey ? undefined : truth.keySpan(table.name);
  const query = (from: number | undefined, below: number | undefined): Query =>
    select({
      table: table.name,
      columns,
      where: from === undefined && below === undefined ? [] : [{
        kind: "range",
        column: table.primaryKey,
        ...(from === undefined ? {} : { from: { value: from } }),
        ...(below === undefined ? {} : { below: { value: below } }),
      }],
      orderBy: [],
    });
  if (span === undefined || span.highest - span.lowest < KEYS_PER_READ) return [query(undefined, undefined)];
  const bounds: number[] = [];
  for (let key = span.lowest + KEYS_PER_READ; key <= span.highest; key += KEYS_PER_READ) bounds.push(key);
  return [undefined, ...bounds].map((from, index) => query(from, bounds[index]));
}
