/** Rows of some runs on their way into an archive: JSON lines in the folder of a draft, a file for each table and partition. */
import { join } from "node:path";
import type { RunRecord } from "../../lib/model/mod.ts";
import { rowsOf, TABLE_NAMES, type TableName } from "./rows.ts";

/** A file of rows; each line says by `at` which of the runs that are added it belongs to. */
export interface DraftFile {
  readonly table: TableName;
  /** Below the table's folder in the archive: month and machine. */
  readonly partition: string;
  readonly path: string;
  /** Characters of its longest line. */
  readonly longestLine: number;
}

/** So many characters are held before they are written. */
const MOST_HELD = 16_000_000;

/** Takes runs and writes their rows. Files are in the order in which runs came. */
export class DraftChunk {
  readonly #folder: string;
  readonly #name: string;
  readonly #files: DraftFile[] = [];
  #held = new Map<
    string,
    { readonly table: TableName; readonly partition: string; readonly lines: string[] }
  >();
  #heldLength = 0;

  /** `name` tells its files from those of other chunks in the folder. */
  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  take(at: number, run: RunRecord): void {
    const partition = partitionOf(run);
    const rows = rowsOf(run);
    for (const table of TABLE_NAMES) {
      if (rows[table].length === 0) continue;
      const key = `${table} ${partition}`;
      let own = this.#held.get(key);
      if (own === undefined) this.#held.set(key, own = { table, partition, lines: [] });
      for (const row of rows[table]) {
        const line = JSON.stringify({ at, ...row });
        own.lines.push(line);
        this.#heldLength += line.length;
      }
    }
    if (this.#heldLength >= MOST_HELD) this.#write();
  }

  /** Writes what is left. Returns all files. */
  finish(): readonly DraftFile[] {
    this.#write();
    return this.#files;
  }

  #write(): void {
    for (const { table, partition, lines } of this.#held.values()) {
      const path = join(this.#folder, `${this.#name}-${this.#files.length}.jsonl`);
      Deno.writeTextFileSync(path, `${lines.join("\n")}\n`);
      const longestLine = lines.reduce((longest, { length }) => Math.max(longest, length), 0);
      this.#files.push({ table, partition, path, longestLine });
    }
    this.#held = new Map();
    this.#heldLength = 0;
  }
}

function partitionOf({ startedAt, environment: { machineId } }: RunRecord): string {
  return join(`month=${startedAt.slice(0, 7)}`, `machine=${machineId.replaceAll(/[^A-Za-z0-9_-]/g, "_")}`);
}
