/** All runs of a results folder as pages: the list, one page that shows any run, the history, the devices. */
import { join } from "node:path";
import { IMPORTED_FOLDER, loadImported } from "../import/mod.ts";
import { messageOf, UsageError } from "../model/mod.ts";
import { replaceFile } from "../record/mod.ts";
import { BLOCKS_FILE, HEADER_FILE } from "../record/load_run.ts";
import {
  deflated,
  DevicesBuilder,
  devicesPage,
  HistoryBuilder,
  historyPage,
  importedHistory,
  indexPage,
  type IndexView,
  readAssets,
  RUN_PAGE,
  runFiles,
  runHref,
  type RunLine,
  runsPage,
  sharedAssets,
  type SiteLink,
} from "../report/html/mod.ts";
import { safeText } from "../report/safe_text.ts";
import { prepareRuns, type RunOrder, type RunsSite } from "./run_files.ts";
import {
  codeDigest,
  readSiteIndex,
  runMark,
  type SiteContent,
  type SiteEntry,
  SiteIndexWriter,
} from "./site_index.ts";

/** What became of the runs of a results folder. */
export interface SiteOutcome {
  /** Runs that are shown. */
  readonly runCount: number;
  /** Runs that had to be read, the others being unchanged. */
  readonly readCount: number;
  /** What is no readable run, and why. */
  readonly strays: readonly Stray[];
  /** Runs among the strays that are damaged, not only something else. */
  readonly unreadableCount: number;
  /** Addresses of the runs' pages by run folder, seen from the top of the site. */
  readonly hrefs: ReadonlyMap<string, string>;
}

type Stray = IndexView["strays"][number];

/** Pages that every site has. */
export const SITE_LINKS: readonly SiteLink[] = [
  { text: "Runs", path: "index.html" },
  { text: "History", path: "history.html" },
  { text: "Devices", path: "devices.html" },
];

/** How names of run folders begin. */
const RUN_NAME = /^\d{4}-\d\d-\d\dT/;

const INDEX_FILE = "index.tsv.gz";

/** Code that files of runs and remembered numbers come from. */
const CODE = [
  "./",
  "../report/html/",
  "../report/",
  "../metrics/",
  "../stats/",
  "../model/",
  "../record/",
];

/**
 * Writes the site below `out`. `links` is the navigation of every page; whoever lists more than {@link SITE_LINKS} writes
 * those pages. Rejects with a UsageError when a folder cannot be read or written.
 */
export async function writeSite(
  results: string,
  out: string,
  links: readonly SiteLink[] = SITE_LINKS,
): Promise<SiteOutcome> {
  try {
    return await write(results, out, links);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `Cannot write the pages as "${out}" must be a writable folder: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

async function write(results: string, out: string, links: readonly SiteLink[]): Promise<SiteOutcome> {
  for (const folder of ["assets", "data"]) Deno.mkdirSync(join(out, folder), { recursive: true });
  const code = codeDigest(CODE.map((folder) => new URL(folder, import.meta.url)));
  const indexFile = join(out, "data", INDEX_FILE);
  const known = readSiteIndex(indexFile, code);
  const site: RunsSite = { results, out };
  const history = new HistoryBuilder();
  const devices = new DevicesBuilder();
  const index = new SiteIndexWriter(indexFile, code);
  const lines: RunLine[] = [];
  const strays: Stray[] = [];
  const current = new Map<string, SiteEntry["sizes"]>();
  const hrefs = new Map<string, string>();
  let [readCount, unreadableCount] = [0, 0];
  for await (const one of prepareRuns(site, findRuns(site, known))) {
    if ("stray" in one) {
      strays.push(one.stray);
      continue;
    }
    if ("fault" in one) {
      unreadableCount++;
      strays.push({ path: safeText(one.folder), reason: safeText(one.fault) });
      continue;
    }
    const { entry } = one;
    const isKnown = known.get(entry.folder) === entry;
    readCount += Number(!isKnown);
    const { line, points } = JSON.parse(entry.json) as SiteContent;
    lines.push(line);
    history.addRun(line, points);
    devices.addRun(line, points);
    index.add(entry, isKnown);
    current.set(entry.name, entry.sizes);
    hrefs.set(entry.folder, runHref(entry.name));
  }
  lines.reverse().sort((a, b) => compareText(b.startedAt, a.startedAt));
  const imported = loadImported(results);
  strays.push(
    ...imported.strays.map(({ path, reason }) => ({ path: safeText(path), reason: safeText(reason) })),
  );
  for (const results of imported.results) {
    const { lanes, metrics } = importedHistory(results);
    const run = { label: safeText(results.label, 120), href: "", startedAt: results.startedAt, commit: "" };
    history.addImported(run, `${IMPORTED_FOLDER} from ${results.source}`, lanes, metrics);
  }

  const { css, js, historyJs } = readAssets();
  replaceFile(join(out, "assets", "report.css"), css);
  replaceFile(join(out, "assets", "report.js"), js);
  replaceFile(join(out, "assets", "history.js"), historyJs);
  replaceFile(join(out, RUN_PAGE), runsPage(sharedAssets(0), links));
  replaceFile(
    join(out, "index.html"),
    indexPage({ page: "index", runs: lines, strays }, sharedAssets(0), links),
  );
  const laneFile = (lane: number): string => `data/lane-${lane}.js`;
  replaceFile(
    join(out, "history.html"),
    historyPage(history.view(laneFile), sharedAssets(0, "history.js"), links),
  );
  let laneCount = 0;
  for (const lane of history.lanes()) {
    Deno.writeTextFileSync(
      join(out, laneFile(laneCount++)),
      `watchbenchLane("${deflated(JSON.stringify(lane), 1)}");\n`,
    );
  }
  replaceFile(join(out, "devices.html"), devicesPage(devices.view(), sharedAssets(0), links));
  index.finish(lines.length !== known.size);
  removeStale(out, current, known, laneCount);
  return { runCount: lines.length, readCount, strays, unreadableCount, hrefs };
}

/** What a name in the results folder turned out to be. */
type Found = { readonly entry: SiteEntry } | { readonly order: RunOrder } | { readonly stray: Stray };

function* findRuns({ results, out }: RunsSite, known: ReadonlyMap<string, SiteEntry>): Generator<Found> {
  const names = new Set<string>();
  for (const name of namesIn(results)) {
    const folder = join(results, name);
    const mark = markOf(folder);
    if (mark === undefined) {
      // What stands beside the runs is nobody's fault; a folder that is named as a run and is none should be seen.
      if (isFolder(folder) && RUN_NAME.test(name)) {
        yield { stray: { path: safeText(name), reason: `it has no ${HEADER_FILE}` } };
      }
      continue;
    }
    const ownName = freeName(name, names);
    const entry = known.get(name);
    const isCurrent = entry !== undefined && entry.mark === mark && entry.name === ownName &&
      hasFiles(out, entry);
    yield isCurrent ? { entry } : { order: { folder: name, mark, name: ownName } };
  }
}

function markOf(folder: string): string | undefined {
  try {
    return runMark(folder, [HEADER_FILE, BLOCKS_FILE]);
  } catch {
    // A run without blocks is damaged, not something else: loading it gives the reason.
    return isSize(join(folder, HEADER_FILE), undefined) ? "" : undefined;
  }
}

function isSize(file: string, size: number | undefined): boolean {
  try {
    const stat = Deno.statSync(file);
    return stat.isFile && (size === undefined || stat.size === size);
  } catch {
    return false;
  }
}

function hasFiles(out: string, { name, sizes }: SiteEntry): boolean {
  const files = runFiles(name);
  return fileKinds(files).every((one) => sizes[one] === 0 || isSize(join(out, files[one]), sizes[one]));
}

function fileKinds<T extends object>(files: T): (keyof T)[] {
  return Object.keys(files) as (keyof T)[];
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function namesIn(results: string): string[] {
  try {
    return Array.from(Deno.readDirSync(results), ({ name }) => name).sort();
  } catch (error) {
    throw new UsageError(
      `Cannot report runs as "${results}" must be a readable folder: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** A file name that is also an address, and that no other run has. */
function freeName(runName: string, taken: Set<string>): string {
  const plain = runName.replace(/[^\w.-]/g, "_").slice(0, 120);
  let name = plain;
  for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${plain}-${count}`;
  taken.add(name.toLowerCase());
  return name;
}

/** Removes files of runs that are gone or need them no more, and lanes beyond the last; nothing that this site did not write. */
function removeStale(
  out: string,
  current: ReadonlyMap<string, SiteEntry["sizes"]>,
  known: ReadonlyMap<string, SiteEntry>,
  laneCount: number,
): void {
  for (const { name, sizes } of known.values()) {
    const files = runFiles(name);
    for (const one of fileKinds(files)) {
      if (sizes[one] > 0 && (current.get(name)?.[one] ?? 0) === 0) remove(join(out, files[one]));
    }
  }
  for (let lane = laneCount; remove(join(out, `data/lane-${lane}.js`)); lane++);
}

function remove(file: string): boolean {
  try {
    Deno.removeSync(file);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
