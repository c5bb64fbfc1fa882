/**
 * The child of a block in a page. The relay outside carries lines: `watchbenchSay(text)` is its binding, and it calls
 * `watchbenchHear(text)`. What goes either way begins with one letter:
 *
 *     page to relay: l a line for the parent, c how much CPU was used?, x the block is over
 *     relay to page: l a line of the parent, c the answer, x the parent is gone
 */
import type { Adapter } from "../../lib/model/adapter.ts";
import { append } from "../../lib/protocol/append.ts";
import { ChildPlayer } from "../../lib/child/child_player.ts";
import { type Channel, serve } from "../../lib/child/serve.ts";
import { pageRuntime } from "../../lib/runtime/page.ts";
import type { CpuReading } from "../../lib/runtime/runtime.ts";

interface Bindings {
  watchbenchSay(text: string): void;
  watchbenchHear?: (text: string) => void;
}

/** The relay marks the moment at which it has the page import its script. */
const IMPORT_MARK = "watchbench-import";

/** Plays with one adapter until the parent takes its leave. */
export async function play(adapter: Adapter): Promise<void> {
  const pageStartNs = measurePageStart();
  const bindings = globalThis as unknown as Bindings;
  // Taken now, and hidden from what is loaded later.
  const say = bindings.watchbenchSay.bind(globalThis);
  const parse = JSON.parse.bind(JSON) as (text: string) => unknown;
  const lines = new Queue<string | undefined>();
  const readings = new Queue<CpuReading>();
  bindings.watchbenchHear = (text) => {
    const rest = text.slice(1);
    if (text[0] === "l") lines.put(rest);
    else if (text[0] === "c") readings.put(parse(rest) as CpuReading);
    else lines.put(undefined);
  };
  const channel: Channel = {
    receive: () => lines.take(),
    send: (line) => say(`l${line}`),
    close: () => {},
  };
  const runtime = pageRuntime({
    pageStartNs,
    readCpu: () => {
      say("c");
      return readings.take();
    },
  });
  const player = new ChildPlayer({ runtime, loadAdapter: () => Promise.resolve(adapter) });
  await serve(channel, { player, sessions: player });
  say("x");
}

/**
 * Nanoseconds from the navigation until the document was there, and from the import of the script until it ran. What the
 * relay does between the two is left out: a page of an application names its script.
 */
function measurePageStart(): number {
  const [navigation] = performance.getEntriesByType("navigation") as unknown as PageLoad[];
  const [imported] = performance.getEntriesByName(IMPORT_MARK);
  return (navigation!.domContentLoadedEventEnd + performance.now() - imported!.startTime) * 1e6;
}

/** Of `PerformanceNavigationTiming`, which only pages know. */
interface PageLoad {
  /** Milliseconds since the navigation began. */
  readonly domContentLoadedEventEnd: number;
}

/** Waits for what comes from outside; in order. */
class Queue<T> {
  #items: T[] = [];
  #waiters: ((item: T) => void)[] = [];

  put(item: T): void {
    const [waiter, ...others] = this.#waiters;
    if (waiter === undefined) return append(this.#items, item);
    this.#waiters = others;
    waiter(item);
  }

  take(): Promise<T> {
    if (this.#items.length > 0) {
      const [item, ...others] = this.#items;
      this.#items = others;
      return Promise.resolve(item!);
    }
    return new Promise((resolve) => append(this.#waiters, resolve));
  }
}
