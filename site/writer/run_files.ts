/**
 * Many runs made ready for a site, by several processors where it is worth it.
 *
 *     prepareRuns ── orders ──► run_files_worker.ts ── prepareRun: load, check, write ──► entry or fault
 *
 * Loading and checking a run takes a millisecond and needs nothing of the others, so that runs are handed to workers a
 * few at a time. A handful is prepared here, since a worker first has to load the code.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { messageOf } from "../../lib/model/mod.ts";
import { loadStoredRun } from "../../lib/record/mod.ts";
import { recordScript, runFiles, runHref, runLine, runPoints, timelinesScript } from "../pages/mod.ts";
import { summarizeRun } from "../../lib/report/summarize_run.ts";
import { readTimelines } from "./run_timelines.ts";
import type { SiteContent, SiteEntry } from "./site_index.ts";

/** Where runs come from and their files go; the same for all of them. */
export interface RunsSite {
  /** The results folder. */
  readonly results: string;
  /** The site's folder, with a folder `data` in it; without one, no file is written. */
  readonly out?: string;
}

/** A run that is to be prepared. */
export interface RunOrder {
  /** Name of the run folder. */
  readonly folder: string;
  /** Mark of its files, taken before they are read. */
  readonly mark: string;
  /** Its name in addresses and files of the site. */
  readonly name: string;
}

/** What became of an order: what the site remembers of the run, or why it is not shown. */
export type PreparedRun = { readonly entry: SiteEntry } | {
  readonly folder: string;
  readonly fault: string;
};

/** What a worker answers, in the order of its questions. */
export type RunsAnswer =
  | { readonly outcomes: readonly PreparedRun[] }
  | { readonly error: string };

/** Fewer are prepared sooner than a worker starts. */
const FEWEST_FOR_WORKERS = 100;
const WORKERS = { least: 2, most: 4 };
const ORDERS_AT_ONCE = 20;
/** Questions that a worker has waiting, so that it need not wait for the next one. */
const QUESTIONS_AHEAD = 3;

/**
 * Prepares what is ordered and hands everything on in its order; what is no order passes through. Items are looked for
 * while runs are prepared. Rejects when a file cannot be written.
 */
export async function* prepareRuns<Other extends object>(
  site: RunsSite,
  items: Iterable<{ readonly order: RunOrder } | Other>,
): AsyncGenerator<PreparedRun | Other> {
  const source = items[Symbol.iterator]();
  const first = takeOrders(source, FEWEST_FOR_WORKERS);
  if (ordersIn(first).length < FEWEST_FOR_WORKERS) {
    for (const item of first) yield isOrder(item) ? prepareRun(site, item.order) : item;
    return;
  }
  const waiting = first[Symbol.iterator]();
  const count = Math.min(WORKERS.most, Math.max(WORKERS.least, availableParallelism()));
  const workers = Array.from({ length: count }, () => new RunsWorker(site));
  const asked: { readonly items: readonly ({ order: RunOrder } | Other)[]; answer: PreparedRuns }[] = [];
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

function ordersIn(items: readonly object[]): RunOrder[] {
  return items.flatMap((item) => isOrder(item) ? [item.order] : []);
}

function isOrder(item: object): item is { readonly order: RunOrder } {
  return "order" in item;
}

type PreparedRuns = Promise<readonly PreparedRun[]>;

/** The near side of a worker. */
class RunsWorker {
  readonly #worker: Worker;
  readonly #open: PromiseWithResolvers<readonly PreparedRun[]>[] = [];

  constructor(site: RunsSite) {
    this.#worker = new Worker(new URL("./run_files_worker.ts", import.meta.url), { workerData: site });
    this.#worker.on("message", (answer: RunsAnswer) => {
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

  /** Rejects when a file cannot be written, or when the worker is gone before it has answered. */
  ask(orders: readonly RunOrder[]): PreparedRuns {
    const question = Promise.withResolvers<readonly PreparedRun[]>();
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

/**
 * Writes the files of one run and tells what a site remembers of it. What is wrong with the run is a fault; throws what
 * is wrong with the place of its files.
 */
export function prepareRun(site: RunsSite, order: RunOrder): PreparedRun {
  try {
    return { entry: writeRunFiles(site, order) };
  } catch (error) {
    // What cannot be written is no fault of the run.
    if (!isRunFault(error)) throw error;
    return { folder: order.folder, fault: messageOf(error) };
  }
}

function writeRunFiles(
  { results, out }: RunsSite,
  { folder, mark, name }: RunOrder,
): SiteEntry {
  const { record, blocksBytes } = loadStoredRun(join(results, folder));
  const summary = summarizeRun(record);
  const files = runFiles(name);
  const sizes = { timelines: 0, record: 0 };
  if (out !== undefined) {
    const timelines = readTimelines(join(results, folder), record);
    if (timelines.size > 0) sizes.timelines = write(join(out, files.timelines), timelinesScript(timelines));
    sizes.record = write(join(out, files.record), recordScript(record, blocksBytes));
  }
  const content: SiteContent = {
    line: runLine(record, runHref(name), summary),
    points: runPoints(record, summary),
  };
  return { folder, mark, name, sizes, json: JSON.stringify(content) };
}

/** Returns the size in bytes. Not replaceFile: to sync ten thousand files takes minutes, and one that was cut short has another size. */
function write(file: string, text: string): number {
  const bytes = new TextEncoder().encode(text);
  Deno.writeFileSync(file, bytes);
  return bytes.length;
}

function isRunFault(error: unknown): boolean {
  return error instanceof Error && (error.name === "RecordFormatError" || error.name === "UsageError");
}
