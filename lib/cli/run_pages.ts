/**
 * Pages of many runs, made by two processors where it is worth it.
 *
 *     makeRunPages ── pages asked for ──► run_pages_worker.ts ── writeRunPage: load, check, write ──► entry or fault
 *
 * Loading, checking and drawing a run takes milliseconds and needs nothing of the others, so that runs are handed to
 * workers a few at a time. A handful is made here, since a worker first has to load the code.
 */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { messageOf } from "../model/mod.ts";
import { loadRun } from "../record/mod.ts";
import { runLine, runPageFiles, runPoints, type SiteLink, timelinesScript } from "../report/html/mod.ts";
import { summarizeRun } from "../report/summarize_run.ts";
import { readTimelines } from "./run_timelines.ts";
import type { RunFileSizes, SiteContent, SiteEntry } from "./site_index.ts";

/** Where runs come from and pages go; the same for all of them. */
export interface RunPagesSite {
  /** The results folder. */
  readonly results: string;
  /** The site's folder, with a folder `runs` in it. */
  readonly out: string;
  /** Navigation of every page. */
  readonly links: readonly SiteLink[];
}

/** A page that is to be made. */
export interface RunPageOrder {
  /** Name of the run folder. */
  readonly folder: string;
  /** Mark of its files, taken before they are read. */
  readonly mark: string;
  /** File name of its page. */
  readonly pageName: string;
}

/** What became of an order: what the site remembers of the run, or why it has no page. */
export type RunPageOutcome = { readonly entry: SiteEntry } | {
  readonly folder: string;
  readonly fault: string;
};

/** What a worker answers. */
export type RunPagesAnswer =
  | { readonly outcomes: readonly RunPageOutcome[] }
  | { readonly error: string };

/** Fewer are made sooner than a worker starts. */
const FEWEST_FOR_WORKERS = 100;
const WORKER_COUNT = 2;
const ORDERS_AT_ONCE = 20;

/**
 * Makes pages; the outcomes are in the order of the orders, which are looked for while workers start and work. Rejects
 * when a page cannot be written.
 */
export async function makeRunPages(
  site: RunPagesSite,
  orders: Iterable<RunPageOrder>,
): Promise<readonly RunPageOutcome[]> {
  const source = orders[Symbol.iterator]();
  const first = takeFrom(source, FEWEST_FOR_WORKERS);
  if (first.length < FEWEST_FOR_WORKERS) return first.map((order) => makeRunPage(site, order));
  const waiting = first.values();
  const outcomes: (readonly RunPageOutcome[])[] = [];
  let batchCount = 0;
  const runWorker = async (): Promise<void> => {
    const worker = new Worker(new URL("./run_pages_worker.ts", import.meta.url), { workerData: site });
    try {
      while (true) {
        let batch = takeFrom(waiting, ORDERS_AT_ONCE);
        if (batch.length === 0) batch = takeFrom(source, ORDERS_AT_ONCE);
        if (batch.length === 0) return;
        const index = batchCount++;
        outcomes[index] = await answerOf(worker, batch);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: WORKER_COUNT }, runWorker));
  return outcomes.flat();
}

function takeFrom<T>(source: Iterator<T>, most: number): T[] {
  const taken: T[] = [];
  while (taken.length < most) {
    const { done, value } = source.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

/** Makes one page. What is wrong with the run is a fault; throws what is wrong with the place of the page. */
export function makeRunPage(site: RunPagesSite, order: RunPageOrder): RunPageOutcome {
  try {
    return { entry: writeRunPage(site, order) };
  } catch (error) {
    // What cannot be written is no fault of the run.
    if (!isRunFault(error)) throw error;
    return { folder: order.folder, fault: messageOf(error) };
  }
}

function writeRunPage(
  { results, out, links }: RunPagesSite,
  { folder, mark, pageName }: RunPageOrder,
): SiteEntry {
  const record = loadRun(join(results, folder));
  const summary = summarizeRun(record);
  const timelines = readTimelines(join(results, folder), record);
  const files = runFiles(pageName);
  const { page, details } = runPageFiles(record, summary, {
    links,
    source: { kind: "file", href: `../${files.timelines}` },
    detailsHref: `../${files.details}`,
  });
  const write = (file: string, text: string | undefined): number => {
    if (text === undefined) return 0;
    const bytes = new TextEncoder().encode(text);
    // Not replaceFile: syncing ten thousand files takes minutes, and one that was cut short has another size than its entry.
    Deno.writeFileSync(join(out, file), bytes);
    return bytes.length;
  };
  // The page comes last: whoever finds it finds what it loads.
  const sizes = {
    timelines: write(files.timelines, timelines.size === 0 ? undefined : timelinesScript(timelines)),
    details: write(files.details, details),
    page: write(files.page, page),
  };
  const content: SiteContent = {
    line: runLine(record, files.page, summary),
    points: runPoints(record, summary),
  };
  return {
    startedAt: record.startedAt,
    folder,
    mark,
    pageName,
    sizes,
    json: JSON.stringify(content),
  };
}

/** Files of the run whose page has this name, seen from the top of the site. */
export function runFiles(pageName: string): Readonly<Record<keyof RunFileSizes, string>> {
  const name = pageName.replace(/\.html$/, "");
  return {
    page: `runs/${pageName}`,
    details: `data/details-${name}.js`,
    timelines: `data/timelines-${name}.js`,
  };
}

function isRunFault(error: unknown): boolean {
  return error instanceof Error && (error.name === "RecordFormatError" || error.name === "UsageError");
}

function answerOf(worker: Worker, orders: readonly RunPageOrder[]): Promise<readonly RunPageOutcome[]> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
    };
    const onMessage = (answer: RunPagesAnswer): void => {
      end();
      if ("error" in answer) reject(new Error(answer.error));
      else resolve(answer.outcomes);
    };
    const onError = (error: unknown): void => {
      end();
      reject(error);
    };
    const onExit = (code: number): void => {
      end();
      reject(new Error(`a worker left with code ${code} before it answered`));
    };
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    worker.postMessage(orders);
  });
}
