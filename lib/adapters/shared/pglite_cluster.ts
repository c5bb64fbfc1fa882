/**
 * The files that Postgres sets up for an empty database, kept for a process that opens many of them: setting up takes PGlite
 * seconds, opening what is there a tenth of that. A bench opens a few databases in a process and never meets the copy.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** So many empty databases of a process are set up by Postgres itself. */
const SET_UP_COUNT = 8;

/** What an empty data directory holds. */
interface Files {
  /** Below the data directory, parents first. */
  readonly folders: readonly string[];
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/** Data directories of empty databases. */
export class EmptyClusters {
  #count = 0;
  #files: Files | undefined;

  /**
   * Called before an empty database is opened in `dataDirectory`, which need not exist. From the ninth on its files are
   * those of an earlier one; `setUp` opens a database there and closes it, once.
   */
  async prepare(dataDirectory: string, setUp: () => Promise<void>): Promise<void> {
    this.#count += 1;
    if (this.#count <= SET_UP_COUNT) return;
    if (this.#files === undefined) {
      await setUp();
      this.#files = readFiles(dataDirectory);
      return;
    }
    for (const folder of this.#files.folders) {
      mkdirSync(join(dataDirectory, folder), { recursive: true, mode: 0o700 });
    }
    for (const [path, content] of this.#files.contents) {
      writeFileSync(join(dataDirectory, path), content, { mode: 0o600 });
    }
  }
}

function readFiles(root: string): Files {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) => ({
    path: join(entry.parentPath, entry.name).slice(root.length + 1),
    isFolder: entry.isDirectory(),
  }));
  const folders = entries.filter(({ isFolder }) => isFolder).map(({ path }) => path);
  return {
    folders: [".", ...folders.toSorted((a, b) => a.length - b.length)],
    contents: new Map(
      entries.filter(({ isFolder }) => !isFolder).map(({ path }) => [path, readFileSync(join(root, path))]),
    ),
  };
}
