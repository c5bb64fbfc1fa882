/**
 * Pages of many runs, made by several processors where it is worth it.
 *
 *     makeRunPages ── pages asked for ──► run_pages_worker.ts ── makeRunPage: load, check, write ──► entry or fault
 *
 * Loading and checking a run takes a millisecond and needs nothing of the others, so that runs are handed to workers a
 * few at a time. A handful is made here, since a worker first has to load the code.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { messageOf } from "../model/mod.ts";
import { loadStoredRun } from "../record/mod.ts";
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

/** What a worker answers, in the order of its questions. */
export type RunPagesAnswer =
  | { readonly outcomes: readonly RunPageOutcome[] }
  | { readonly error: string };

/** Fewer are made sooner than a worker starts. */
const FEWEST_FOR_WORKERS = 100;
const WORKERS = { least: 2, most: 4 };
const ORDERS_AT_ONCE = 20;
/** Questions that a worker has waiting, so that it need not wait for the next one. */
const QUESTIONS_AHEAD = 3;

/**
 * Makes the pages that are asked for and hands everything on in its order; what is no order passes through. Items are
 * looked for while pages are made. Rejects when a page cannot be written.
 */
export async function* makeRunPages<Other extends object>(
  site: RunPagesSite,
  items: Iterable<{ readonly order: RunPageOrder } | Other>,
): AsyncGenerator<RunPageOutcome | Other> {
  const source = items[Symbol.iterator]();
  const first = takeOrders(source, FEWEST_FOR_WORKERS);
  if (ordersIn(first).length < FEWEST_FOR_WORKERS) {
    for (const item of first) yield isOrder(item) ? makeRunPage(site, item.order) : item;
    return;
  }
  const waiting = first[Symbol.iterator]();
  const count = Math.min(WORKERS.most, Math.max(WORKERS.least, availableParallelism()));
  const workers = Array.from({ length: count }, () => new PagesWorker(site));
  const asked: { readonly items: readonly ({ order: RunPageOrder } | Other)[]; answer: PagesAnswer }[] = [];
  const askAhead = (): void => {
    while (asked.length < count * QUESTIONS_AHEAD) {
      let items = takeOrders(waiting, ORDERS_AT_ONCE);
      if (items.length === 0) items = takeOrders(source, ORDERS_AT_ONCE);
      if (items.length === 0) return;
      const idlest = workers.reduce((best, one) => one.openCount < best.openCount ? one : best);
      asked.push({ items, answer: idlest.ask(ordersIn(items)) });
    }
  };
  try {
    for (askAhead(); asked.length > 0; askAhead()) {
      const { items, answer } = asked.shift()!;
      const outcomes = (await answer).values();
      for (const item of items) yield isOrder(item) ? outcomes.next().value! : item;
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** The next items up to a number of orders, or as many as there are. */
function takeOrders<T extends object>(source: Iterator<T>, most: number): T[] {
  const taken: T[] = [];
  for (let orderCount = 0; orderCount < most;) {
    const { done, value } = source.next();
    if (done) break;
    taken.push(value);
    orderCount += Number(isOrder(value));
  }
  return taken;
}

function ordersIn(items: readonly object[]): RunPageOrder[] {
  return items.flatMap((item) => isOrder(item) ? [item.order] : []);
}

function isOrder(item: object): item is { readonly order: RunPageOrder } {
  return "order" in item;
}

type PagesAnswer = Promise<readonly RunPageOutcome[]>;

/** The near side of a worker that makes pages. */
class PagesWorker {
  readonly #worker: Worker;
  readonly #open: PromiseWithResolvers<readonly RunPageOutcome[]>[] = [];

  constructor(site: RunPagesSite) {
    this.#worker = new Worker(new URL("./run_pages_worker.ts", import.meta.url), { workerData: site });
    this.#worker.on("message", (answer: RunPagesAnswer) => {
      const question = this.#open.shift();
      if ("error" in answer) question?.reject(new Error(answer.error));
      else question?.resolve(answer.outcomes);
    });
    this.#worker.on("error", (error: unknown) => this.#fail(error));
    this.#worker.on(
      "exit",
      (code: number) => this.#fail(new Error(`a worker left with code ${code} before it answered`)),
    );
  }

  /** Questions without an answer. */
  get openCount(): number {
    return this.#open.length;
  }

  /** Rejects when a page cannot be written, or when the worker is gone before it has answered. */
  ask(orders: readonly RunPageOrder[]): PagesAnswer {
    const question = Promise.withResolvers<readonly RunPageOutcome[]>();
    // Whoever asked may have left because of another answer.
    question.promise.catch(() => undefined);
    this.#open.push(question);
    this.#worker.postMessage(orders);
    return question.promise;
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#open.splice(0)) reject(error);
  }
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
  const { record, blocksBytes } = loadStoredRun(join(results, folder));
  const summary = summarizeRun(record);
  const timelines = readTimelines(join(results, folder), record);
  const files = runFiles(pageName);
  const pageFiles = runPageFiles(record, summary, {
    links,
    source: { kind: "file", href: `../${files.timelines}` },
    recordHref: `../${files.record}`,
    blocksBytes,
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
    record: write(files.record, pageFiles.record),
    page: write(files.page, pageFiles.page),
  };
  const content: SiteContent = {
    line: runLine(record, files.page, summary),
    points: runPoints(record, summary),
  };
  return {
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
    record: `data/record-${name}.js`,
    timelines: `data/timelines-${name}.js`,
  };
}

function isRunFault(error: unknown): boolean {
  return error instanceof Error && (error.name === "RecordFormatError" || error.name === "UsageError");
}
