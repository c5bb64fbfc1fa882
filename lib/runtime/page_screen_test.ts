import assert from "node:assert/strict";
import { type LongFrame, openPageScreen, type PageElement, type PageParts } from "./page_screen.ts";

class FakeElement implements PageElement {
  textContent: string | null = null;
  children: FakeElement[] = [];
  #parent: FakeElement | undefined;

  append(child: PageElement): void {
    const element = child as FakeElement;
    element.#parent = this;
    this.children.push(element);
  }

  remove(): void {
    const siblings = this.#parent!.children;
    siblings.splice(siblings.indexOf(this), 1);
  }
}

/** A page whose frames come when they are told to. */
function fakePage() {
  const body = new FakeElement();
  let nowMs = 0;
  let callbacks: ((atMs: number) => void)[] = [];
  let records: LongFrame[] = [];
  const page: PageParts = {
    document: { createElement: () => new FakeElement(), body },
    requestAnimationFrame: (callback) => callbacks.push(callback),
    performance: { now: () => nowMs },
    PerformanceObserver: class {
      observe(): void {}
      takeRecords(): LongFrame[] {
        return records;
      }
      disconnect(): void {
        records = [];
      }
    },
  };
  return {
    page,
    texts: () => body.children.map(({ children }) => children.map(({ textContent }) => textContent)),
    frame: (atMs: number) => {
      nowMs = atMs;
      const due = callbacks;
      callbacks = [];
      for (const callback of due) callback(atMs);
      return due.length;
    },
    longFrame: (blockingDuration: number) => records.push({ blockingDuration }),
  };
}

const COLUMNS = ["id", "name"];

Deno.test("Screen.show() draws results in the next frame, the newest one of each live query", () => {
  const { page, texts, frame } = fakePage();
  const screen = openPageScreen(page);
  screen.show(0, [{ id: 1, name: "a" }, { id: 2, name: "b" }], COLUMNS);
  screen.show(1, [{ id: 9, name: "z" }], COLUMNS);
  assert.deepEqual(texts(), [[], []]);
  frame(16);
  assert.deepEqual(texts(), [["1 a ", "2 b "], ["9 z "]]);
  screen.show(0, [{ id: 3, name: "c" }], COLUMNS);
  screen.show(0, [{ id: 4, name: "d" }], COLUMNS);
  assert.equal(frame(33), 1, "one frame for both");
  assert.deepEqual(texts(), [["4 d "], ["9 z "]]);
  assert.equal(frame(50), 0, "nothing has changed");
  screen.show(1, Array.from({ length: 80 }, (_, id) => ({ id, name: "" })), COLUMNS);
  frame(66);
  assert.equal(texts()[1]!.length, 50);
  screen.clear();
  assert.deepEqual(texts(), []);
});

Deno.test("Screen.readFrames() counts frames that were drawn, missed and long while they were watched", () => {
  const { page, frame, longFrame } = fakePage();
  const screen = openPageScreen(page);
  frame(100);
  screen.watchFrames();
  for (const atMs of [116.7, 133.3, 233.3, 250]) frame(atMs);
  longFrame(40);
  longFrame(10);
  assert.deepEqual(screen.readFrames(), {
    drawnCount: 4,
    // Of the six that are due from 133 to 233 ms the last one came.
    missedCount: 5,
    longCount: 2,
    blockedNs: 50e6,
    renderNs: 0,
  });
  assert.equal(frame(266), 1, "the frame that was asked for");
  assert.equal(frame(283), 0, "and no more");
  screen.watchFrames();
  frame(300);
  assert.equal(screen.readFrames().drawnCount, 1);
});
