/** `query`: SQL over an archive. */
import { Command, Option } from "commander";
import { markdownTable } from "markdown-table";
import { EXIT } from "../../lib/cli/exit_code.ts";
import { reportFailure } from "../../lib/cli/failure.ts";
import { parseCommand } from "../../lib/cli/parse_command.ts";
import { messageOf, UsageError } from "../../lib/model/mod.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import { addChanges } from "./series.ts";
import { brokenArchive, isFileFailure, openArchive } from "./open_archive.ts";
import { quoted } from "./parquet_sql.ts";

const HELP = `
Views: metrics (one number of one block, with everything that tells what it is), medians (over the blocks of a run),
verdicts, machines, changes (of level, by E-Divisive). Tables: runs, cells, blocks, values, sketches.

Examples:
  $ deno task query archive "SELECT * FROM machines"
  $ deno task query archive "SELECT started_at, adapter, value FROM medians
      WHERE workload = 'keyed-pk' AND metric = 'done_ns' AND scale = 'standard' ORDER BY started_at"
  $ deno task query archive --csv "SELECT * FROM verdicts WHERE verdict <> 'converged'"
  $ deno task query archive --parquet slow.parquet "SELECT * FROM metrics WHERE value > 1e9"

More of them: docs/ARCHIVE.md.
Exit codes: 0 fine, 2 usage, and SQL that cannot be run.`;

const FORMATS = ["csv", "json", "parquet"] as const;

/** Reads the arguments, asks and prints; resolves to the exit code. */
export async function query(args: readonly string[]): Promise<number> {
  const command = new Command("query")
    .description("Asks an archive in SQL.")
    .argument("<archive>", "folder of the archive")
    .argument("<sql>", "one statement of DuckDB's SQL")
    .addOption(new Option("--csv", "print CSV").conflicts(["json", "parquet"]))
    .addOption(new Option("--json", "print an array of rows").conflicts(["csv", "parquet"]))
    .addOption(new Option("--parquet <file>", "write the result there").conflicts(["csv", "json"]))
    .allowExcessArguments(false)
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return EXIT.fine;
  const [folder, sql] = command.args as [string, string];
  const options = command.opts<Partial<Record<typeof FORMATS[number], string | boolean>>>();
  const connection = await openArchive(folder);
  try {
    // They are computed, which takes a while over many runs: for who asks for them.
    if (/\bchanges\b/i.test(sql)) await addChanges(connection);
    if (typeof options.parquet === "string") {
      await connection.run(`COPY (${sql}) TO ${quoted(options.parquet)} (FORMAT parquet)`);
      console.log(`Wrote ${options.parquet}`);
      return EXIT.fine;
    }
    const reader = await connection.runAndReadAll(sql);
    const columns = reader.deduplicatedColumnNames();
    const rows = reader.getRowObjectsJson();
    const texts = rows.map((row) => columns.map((column) => textOf(row[column])));
    if (options.json) console.log(JSON.stringify(rows));
    else if (options.csv) {
      console.log([columns, ...texts].map((row) => row.map(csvField).join(",")).join("\n"));
    } else {
      console.log(markdownTable([columns, ...texts].map((row) => row.map((text) => safeText(text, 200)))));
      console.log(`${rows.length} ${rows.length === 1 ? "row" : "rows"}`);
    }
    return EXIT.fine;
  } catch (error) {
    if (isFileFailure(error)) throw brokenArchive("read", folder, error);
    throw new UsageError(`Cannot run the query as DuckDB must understand it: ${messageOf(error)}`);
  } finally {
    connection.closeSync();
  }
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** RFC 4180; a text that a spreadsheet would take for a formula is told to be text. */
function csvField(text: string): string {
  const safe = /^[=+@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

if (import.meta.main) {
  try {
    Deno.exit(await query(Deno.args));
  } catch (error) {
    Deno.exit(reportFailure("query", error));
  }
}
