/** All runs of a results folder as pages: "Which database?", lists, one page that shows any run, history, devices, runtimes. */
import { join } from "node:path";
import { messageOf, UsageError } from "../../lib/model/mod.ts";
import { loadRun, replaceFile, type Stray } from "../../lib/record/mod.ts";
import {
  type ArchivedRun,
  CHOICE_PAGE,
  choicePage,
  type ChoiceView,
  choiceView,
  chooseRun,
  deflated,
  DevicesBuilder,
  devicesPage,
  EMPTY_CHOICE,
  HistoryBuilder,
  historyPage,
  indexPage,
  LIST_PAGE,
  type PageSocial,
  readAssets,
  RUN_FILE_KINDS,
  RUN_PAGE,
  runFiles,
  runHref,
  type RunLine,
  runsPage,
  RuntimesBuilder,
  runtimesPage,
  sharedAssets,
  type SiteLink,
} from "../pages/mod.ts";
import { addImportedResults } from "./add_imported_results.ts";
import { openSiteIndex, type SiteEntry, SiteIndexWriter } from "./site_index.ts";
import { readStoredRuns } from "./stored_runs.ts";

/** What became of the runs of a results folder. */
export interface SiteOutcome {
  /** Runs that are shown. */
  readonly runCount: number;
  /** Runs that had to be read, the others being unchanged. */
  readonly readCount: number;
  /** Runs of an archive that the history shows besides. */
  readonly archivedCount: number;
  /** What is no readable run, and why. */
  readonly strays: readonly Stray[];
  /** Runs among the strays that are damaged, not only something else. */
  readonly unreadableCount: number;
  /** Addresses of the runs' pages by run folder, seen from the top of the site. */
  readonly hrefs: ReadonlyMap<string, string>;
  /** As the list of runs shows them, the newest first. */
  readonly lines: readonly RunLine[];
}

/** Pages that every site has. */
export const SITE_LINKS: readonly SiteLink[] = [
  { text: "Which database?", path: CHOICE_PAGE },
  { text: "Runs", path: LIST_PAGE },
  { text: "History", path: "history.html" },
  { text: "Devices", path: "devices.html" },
  { text: "Runtimes", path: "runtimes.html" },
];

/**
 * Writes the site below `out`. `links` is the navigation of every page; whoever lists more than {@link SITE_LINKS} writes
 * those pages. `socialOf` says what other programs are told of the first page, where its address is known. Runs of `archived` that
 * are not below `results` are in the history alone. Rejects with a UsageError when a folder cannot be read or written.
 */
export async function writeSite(
  results: string,
  out: string,
  links: readonly SiteLink[] = SITE_LINKS,
  socialOf?: (view: ChoiceView) => PageSocial | Promise<PageSocial>,
  archived?: AsyncIterable<ArchivedRun>,
): Promise<SiteOutcome> {
  try {
    return await write(results, out, links, socialOf, archived);
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

async function write(
  results: string,
  out: string,
  links: readonly SiteLink[],
  socialOf: ((view: ChoiceView) => PageSocial | Promise<PageSocial>) | undefined,
  archived: AsyncIterable<ArchivedRun> | undefined,
): Promise<SiteOutcome> {
  for (const folder of ["assets", "data"]) Deno.mkdirSync(join(out, folder), { recursive: true });
  const { file: indexFile, code, known } = openSiteIndex(out);
  const history = new HistoryBuilder();
  const devices = new DevicesBuilder();
  const runtimes = new RuntimesBuilder();
  const index = new SiteIndexWriter(indexFile, code);
  const lines: RunLine[] = [];
  const strays: Stray[] = [];
  const current = new Map<string, SiteEntry["sizes"]>();
  const hrefs = new Map<string, string>();
  const folders = new Map<RunLine, string>();
  let [readCount, unreadableCount] = [0, 0];
  for await (const one of readStoredRuns({ results, out }, known)) {
    if ("stray" in one) {
      unreadableCount += Number(one.isDamaged);
      strays.push(one.stray);
      continue;
    }
    const { entry, isKnown, content: { line, points } } = one;
    readCount += Number(!isKnown);
    lines.push(line);
    folders.set(line, entry.folder);
    history.addRun(line, points);
    devices.addRun(line, points);
    runtimes.addRun(line, points);
    index.add(entry, isKnown);
    current.set(entry.name, entry.sizes);
    hrefs.set(entry.folder, runHref(entry.name));
  }
  const archivedCount = archived === undefined ? 0 : await addArchived(history, archived, lines);
  lines.reverse().sort((a, b) => compareText(b.startedAt, a.startedAt));
  strays.push(...addImportedResults(results, history));

  const chosen = chooseRun(lines);
  const choice = chosen === undefined
    ? EMPTY_CHOICE
    : choiceView(loadRun(join(results, folders.get(chosen)!)), chosen.href);
  const social = await socialOf?.(choice);

  const { css, js, choiceJs, historyJs } = readAssets();
  replaceFile(join(out, "assets", "report.css"), css);
  replaceFile(join(out, "assets", "report.js"), js);
  replaceFile(join(out, "assets", "choice.js"), choiceJs);
  replaceFile(join(out, "assets", "history.js"), historyJs);
  replaceFile(join(out, RUN_PAGE), runsPage(sharedAssets(0), links));
  replaceFile(join(out, CHOICE_PAGE), choicePage(choice, sharedAssets(0, "choice.js"), links, social));
  replaceFile(
    join(out, LIST_PAGE),
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
  replaceFile(join(out, "runtimes.html"), runtimesPage(runtimes.view(), sharedAssets(0), links));
  index.finish(lines.length !== known.size);
  removeStale(out, current, known, laneCount);
  return { runCount: lines.length, readCount, archivedCount, strays, unreadableCount, hrefs, lines };
}

/** Adds runs of an archive that are not there as folders, which tell more. Returns how many there were. */
async function addArchived(
  history: HistoryBuilder,
  archived: AsyncIterable<ArchivedRun>,
  lines: readonly RunLine[],
): Promise<number> {
  const there = new Set(lines.map(({ id }) => id));
  let count = 0;
  for await (const { id, line, points } of archived) {
    if (there.has(id)) continue;
    history.addRun(line, points);
    count++;
  }
  return count;
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
    for (const one of RUN_FILE_KINDS) {
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

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
