/**
 * Points of experiments that were read before, so that a site is written again without reading every run again.
 *
 * An entry is found by a digest of everything that it was computed from: code, what was settled, and the run. A file
 * that is missing, damaged or was edited holds nothing.
 */
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { replaceFile } from "../../lib/record/mod.ts";
import type { ExperimentPoints } from "./points.ts";

/** What a site remembers. */
interface Remembered {
  /** File names of the pages that were written. */
  readonly pages: readonly string[];
  /** By key. */
  readonly points: Readonly<Record<string, ExperimentPoints>>;
}

const NOTHING: Remembered = { pages: [], points: {} };

/** Points by key and the pages of a site, read from it and written to it again. */
export class PointsMemory {
  readonly #known: Remembered;
  readonly #used = new Map<string, ExperimentPoints>();
  #computedCount = 0;

  /** Reads the file; one that is not there holds nothing. */
  constructor(file: string) {
    this.#known = read(file);
  }

  /** Pages that were written the last time. */
  get pages(): readonly string[] {
    return this.#known.pages;
  }

  /** How many points had to be computed. */
  get computedCount(): number {
    return this.#computedCount;
  }

  /** The points of a key, computed where they are not known. Throws what `compute` throws. */
  recall(key: string, compute: () => ExperimentPoints): ExperimentPoints {
    const isKnown = Object.hasOwn(this.#known.points, key);
    const points = isKnown ? this.#known.points[key]! : compute();
    if (!isKnown) this.#computedCount++;
    this.#used.set(key, points);
    return points;
  }

  /** Writes the pages, and everything that was asked for. */
  store(file: string, pages: readonly string[]): void {
    const body = JSON.stringify({ pages, points: Object.fromEntries(this.#used) } satisfies Remembered);
    replaceFile(file, gzipSync(`${digestOf(body)}\n${body}`));
  }
}

/** A key that changes with each of its parts. */
export function memoryKey(...parts: readonly string[]): string {
  return digestOf(JSON.stringify(parts));
}

function read(file: string): Remembered {
  try {
    const text = gunzipSync(Deno.readFileSync(file)).toString();
    const split = text.indexOf("\n");
    const body = text.slice(split + 1);
    return text.slice(0, split) === digestOf(body) ? JSON.parse(body) as Remembered : NOTHING;
  } catch {
    return NOTHING;
  }
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
