/** What the kernel knows of the browser's processes: CPU time of all their threads, to the nanosecond. */

import { FIREFOX_PAGE } from "../../lib/runner/launchers/page_process.ts";

/** CPU time of the processes that this one started, and of theirs. Never goes back: what ended keeps its last reading. */
export class BrowserProcesses {
  readonly #root: number;
  readonly #threadNs = new Map<string, number>();

  /** Of everything below this process. */
  constructor(root: number) {
    this.#root = root;
  }

  /** Nanoseconds so far; 0 where there is no `/proc`. */
  cpuNs(): number {
    for (const pid of this.#descendants()) {
      for (const thread of entries(`/proc/${pid}/task`)) {
        // Time on a CPU, time waiting for one, slices: see sched-stats in the kernel's documentation.
        const ns = Number(text(`/proc/${pid}/task/${thread}/schedstat`)?.split(" ")[0]);
        if (Number.isFinite(ns)) this.#threadNs.set(`${pid}/${thread}`, ns);
      }
    }
    let sumNs = 0;
    for (const ns of this.#threadNs.values()) sumNs += ns;
    return sumNs;
  }

  /**
   * Of the main thread of the page, in Firefox: a process that is isolated for one origin has a name of its own. 0 where
   * there is none.
   */
  pageNs(): number {
    const ofPages = this.#descendants().flatMap((pid) => {
      if (text(`/proc/${pid}/comm`)?.trim() !== FIREFOX_PAGE) return [];
      return Number(text(`/proc/${pid}/task/${pid}/schedstat`)?.split(" ")[0] ?? 0);
    });
    return Math.max(0, ...ofPages);
  }

  #descendants(): number[] {
    const children = new Map<number, number[]>();
    for (const name of entries("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      // The name of the program is in brackets and may hold anything.
      const parent = Number(text(`/proc/${name}/stat`)?.replace(/^.*\) /s, "").split(" ")[1]);
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [Number(name)]);
      else siblings.push(Number(name));
    }
    const found: number[] = [];
    const add = (pid: number): void => {
      for (const child of children.get(pid) ?? []) {
        found.push(child);
        add(child);
      }
    };
    add(this.#root);
    return found;
  }
}

function entries(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch {
    return [];
  }
}

function text(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}
