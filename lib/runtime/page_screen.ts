/**
 * What a page draws of live queries: one list for each, whose rows are brought up to date in the next animation frame
 * after a result came, several results of one frame at once, as frameworks do. And what the browser tells of its frames.
 */
import type { Row } from "../model/value.ts";
import type { Screen } from "./runtime.ts";

const FRAME_MS = 1000 / 60;
/** A screen shows a part of a long result. */
const MOST_ROWS = 50;

/** What is used of a page; the types here are not those of one. */
export interface PageParts {
  readonly document: { createElement(tag: string): PageElement; readonly body: PageElement };
  requestAnimationFrame(callback: (atMs: number) => void): unknown;
  readonly performance: { now(): number };
  readonly PerformanceObserver: new (callback: (list: { getEntries(): LongFrame[] }) => void) => {
    observe(options: { type: string }): void;
    takeRecords(): LongFrame[];
    disconnect(): void;
  };
}

/** An element of the page. */
export interface PageElement {
  textContent: string | null;
  append(child: PageElement): void;
  remove(): void;
}

/** Of the browser's long animation frames; milliseconds. */
export interface LongFrame {
  readonly blockingDuration: number;
}

interface List {
  readonly element: PageElement;
  readonly items: { readonly element: PageElement; text: string }[];
  rows: readonly Row[];
  columns: readonly string[];
}

/** The screen of this page. */
export function openPageScreen(page: PageParts = globalThis as unknown as PageParts): Screen {
  const requestFrame = page.requestAnimationFrame.bind(page);
  const nowMs = page.performance.now.bind(page.performance);
  const lists: List[] = [];
  let changed = new Set<List>();
  let isRequested = false;
  let renderMs = 0;
  let drawnCount = 0;
  let missedCount = 0;
  let longCount = 0;
  let blockedMs = 0;
  let lastFrameMs = 0;
  let isWatching = false;

  const observer = new page.PerformanceObserver((list) => note(list.getEntries()));
  function note(entries: readonly LongFrame[]): void {
    for (let index = 0; index < entries.length; index++) {
      longCount += 1;
      blockedMs += entries[index]!.blockingDuration;
    }
  }

  function request(): void {
    if (isRequested) return;
    isRequested = true;
    requestFrame(frame);
  }

  function frame(atMs: number): void {
    isRequested = false;
    if (isWatching) {
      drawnCount += 1;
      missedCount += missed(atMs);
      lastFrameMs = atMs;
      request();
    }
    if (changed.size === 0) return;
    const startMs = nowMs();
    const waiting = changed;
    changed = new Set();
    for (const list of waiting) render(page, list);
    renderMs += nowMs() - startMs;
  }

  function missed(untilMs: number): number {
    return Math.max(0, Math.round((untilMs - lastFrameMs) / FRAME_MS) - 1);
  }

  return {
    show: (stream, rows, columns) => {
      let list = lists[stream];
      if (list === undefined) {
        const element = page.document.createElement("ul");
        page.document.body.append(element);
        lists[stream] = list = { element, items: [], rows, columns };
      }
      list.rows = rows;
      list.columns = columns;
      changed.add(list);
      request();
    },
    watchFrames: () => {
      [renderMs, drawnCount, missedCount, longCount, blockedMs] = [0, 0, 0, 0, 0];
      lastFrameMs = nowMs();
      isWatching = true;
      observer.observe({ type: "long-animation-frame" });
      request();
    },
    readFrames: () => {
      isWatching = false;
      note(observer.takeRecords());
      observer.disconnect();
      return {
        drawnCount,
        missedCount: missedCount + missed(nowMs()),
        longCount,
        blockedNs: blockedMs * 1e6,
        renderNs: renderMs * 1e6,
      };
    },
    clear: () => {
      for (const list of lists) list?.element.remove();
      lists.length = 0;
      changed.clear();
    },
  };
}

/** Changes the texts that are not what they were, and the number of rows. */
function render({ document }: PageParts, { element, items, rows, columns }: List): void {
  const count = Math.min(rows.length, MOST_ROWS);
  for (let index = 0; index < count; index++) {
    const row = rows[index]!;
    let text = "";
    for (let column = 0; column < columns.length; column++) text += `${row[columns[column]!]} `;
    let item = items[index];
    if (item === undefined) {
      const created = document.createElement("li");
      element.append(created);
      items[index] = item = { element: created, text: "" };
    }
    if (item.text === text) continue;
    item.text = text;
    item.element.textContent = text;
  }
  while (items.length > count) items.pop()!.element.remove();
}
