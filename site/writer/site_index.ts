/**
 * What a site remembers of the runs that it shows, so that only new and changed runs are read.
 *
 * One line per run: its folder, a mark of its files, its name and its files in the site, and what lists and history need.
 * A line is used only when its digest is right, the files of the run are the very same (size, times, inode), and its
 * files in the site are still there. The whole index is used only when it was written by the same code. Everything else
 * is read anew.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { RunFiles, RunLine, RunPoints } from "../pages/mod.ts";

/** What is remembered of a run. */
export interface SiteEntry {
  /** Name of the run folder. */
  readonly folder: string;
  /** Mark of its files when it was read. */
  readonly mark: string;
  /** Its name in addresses and files of the site. */
  readonly name: string;
  /** Sizes of its files in bytes, 0 for one that it does not need. */
  readonly sizes: Readonly<Record<keyof RunFiles, number>>;
  /** JSON of {@link SiteContent}, parsed only while it is needed. */
  readonly json: string;
}

/** What lists and history show of a run. */
export interface SiteContent {
  /** For the list of runs. */
  readonly line: RunLine;
  /** For the history, the devices and the runtimes. */
  readonly points: RunPoints;
}

const INDEX_FILE = "index.tsv.gz";

/** Code that files of runs and remembered numbers come from. */
const CODE = [
  "./",
  "../pages/",
  "../../lib/report/",
  "../../lib/metrics/",
  "../../lib/stats/",
  "../../lib/model/",
  "../../lib/record/",
];

const SEPARATOR = "\t";
const LINES_AT_ONCE = 100;

/** Reads an index; an index that is missing, of other code, or damaged gives fewer entries, never wrong ones. */
function readSiteIndex(file: string, code: string): Map<string, SiteEntry> {
  const entries = new Map<string, SiteEntry>();
  let text: string;
  try {
    text = new TextDecoder().decode(gunzipSync(Deno.readFileSync(file)));
  } catch {
    return entries;
  }
  let start = text.indexOf("\n");
  if (start < 0 || text.slice(0, start) !== headLine(code)) return entries;
  while (true) {
    const end = text.indexOf("\n", start + 1);
    if (end < 0) return entries;
    const entry = parseLine(text.slice(start + 1, end));
    if (entry !== undefined) entries.set(entry.folder, entry);
    start = end;
  }
}

/** Writes an index in the place of the old one. Once an entry is new, all are packed as they come. */
export class SiteIndexWriter {
  readonly #file: string;
  /** Members of gzip that follow each other are one file. */
  readonly #members: Uint8Array[] = [];
  #waiting: SiteEntry[] = [];
  #isChanged = false;

  constructor(file: string, code: string) {
    this.#file = file;
    this.#members.push(packed([headLine(code)]));
  }

  /** Adds an entry; one that `isKnown` stands in the old index, and waits until something is new. */
  add(entry: SiteEntry, isKnown: boolean): void {
    this.#waiting.push(entry);
    this.#isChanged ||= !isKnown;
    if (this.#isChanged && this.#waiting.length >= LINES_AT_ONCE) this.#pack();
  }

  /** Writes the index, unless the old one says the same: nothing was new, and `isSmaller` tells of nothing that is gone. */
  finish(isSmaller: boolean): void {
    if (!isSmaller && !this.#isChanged) return;
    this.#pack();
    const temporary = `${this.#file}.new`;
    using out = Deno.openSync(temporary, { write: true, create: true, truncate: true });
    for (const member of this.#members) {
      for (let written = 0; written < member.length;) written += out.writeSync(member.subarray(written));
    }
    Deno.renameSync(temporary, this.#file);
  }

  #pack(): void {
    for (let start = 0; start < this.#waiting.length; start += LINES_AT_ONCE) {
      this.#members.push(packed(this.#waiting.slice(start, start + LINES_AT_ONCE).map(formatLine)));
    }
    this.#waiting = [];
  }
}

/** Mark of a run's files: changes whenever one of them is written, replaced or moved. */
export function runMark(folder: string, fileNames: readonly string[]): string {
  return fileNames.map((name) => {
    const { size, mtime, ctime, ino } = Deno.statSync(join(folder, name));
    return [size, mtime?.getTime(), ctime?.getTime(), ino].join("-");
  }).join("_");
}

/** Where a site has its index, and what it knows. */
export interface OpenSiteIndex {
  /** Its file. */
  readonly file: string;
  /** Digest of the present code, which an index must have been written by. */
  readonly code: string;
  /** Entries by run folder. */
  readonly known: ReadonlyMap<string, SiteEntry>;
}

/** Reads the index of the site below `out`; a site without one knows nothing. */
export function openSiteIndex(out: string): OpenSiteIndex {
  const file = join(out, "data", INDEX_FILE);
  const code = codeDigest(CODE.map((folder) => new URL(folder, import.meta.url)));
  return { file, code, known: readSiteIndex(file, code) };
}

/** Digest of the code that makes files of runs and entries: what other code wrote is not used. */
export function codeDigest(folders: readonly URL[]): string {
  const hash = createHash("sha256");
  for (const folder of folders) {
    const names = [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile).map(({ name }) => name).sort();
    for (const name of names) hash.update(name).update(Deno.readFileSync(new URL(name, folder)));
  }
  return hash.digest("hex").slice(0, 32);
}

function packed(lines: readonly string[]): Uint8Array {
  return gzipSync(lines.map((line) => `${line}\n`).join(""), { level: 1 });
}

function headLine(code: string): string {
  return `watchbench-site-index 4 ${code}`;
}

function formatLine({ folder, mark, name, sizes, json }: SiteEntry): string {
  const { record, timelines } = sizes;
  const body = [JSON.stringify(folder), mark, name, record, timelines, json]
    .join(SEPARATOR);
  return `${lineDigest(body)}${SEPARATOR}${body}`;
}

function parseLine(line: string): SiteEntry | undefined {
  const split = line.indexOf(SEPARATOR);
  const body = line.slice(split + 1);
  if (split < 0 || line.slice(0, split) !== lineDigest(body)) return undefined;
  const [folder, mark, name, record, timelines, json] = body.split(SEPARATOR) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const sizes = { record: Number(record), timelines: Number(timelines) };
  return { folder: JSON.parse(folder) as string, mark, name, sizes, json };
}

function lineDigest(body: string): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 16);
}
