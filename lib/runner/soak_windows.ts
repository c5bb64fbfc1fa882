/** Cuts a block that goes on for a while into windows of time, so that it shows what changes meanwhile. */
import { type PhaseReading, soakMetrics } from "../metrics/mod.ts";
import type { SoakWindow } from "../model/mod.ts";

/** How many windows a block is cut into; none is shorter than a second. */
const WINDOW_COUNT = 60;
const SHORTEST_WINDOW_MS = 1000;

/** The windows of one block. */
export class SoakWindows {
  readonly #windowMs: number;
  readonly #windows: SoakWindow[] = [];
  #phases = new Map<string, PhaseReading[]>();
  #lapCount = 0;
  #startedMs = 0;

  /** Windows of a block that goes on for about `durationMs`. */
  constructor(durationMs: number) {
    this.#windowMs = Math.max(SHORTEST_WINDOW_MS, durationMs / WINDOW_COUNT);
  }

  /** Takes a recorded run of a phase. */
  add(phase: string, reading: PhaseReading): void {
    const own = this.#phases.get(phase);
    if (own === undefined) this.#phases.set(phase, [reading]);
    else own.push(reading);
  }

  /** A lap is over, so many milliseconds after the first one began. Memory is read when a window ends. */
  async endLap(elapsedMs: number, memoryBytes: () => Promise<number | undefined>): Promise<void> {
    this.#lapCount += 1;
    if (elapsedMs - this.#startedMs < this.#windowMs) return;
    const bytes = await memoryBytes();
    this.#windows.push({
      endMs: Math.round(elapsedMs),
      lapCount: this.#lapCount,
      ...(bytes === undefined ? {} : { memoryBytes: bytes }),
      phases: [...this.#phases].map(([name, readings]) => ({ name, metrics: soakMetrics(readings) })),
    });
    this.#phases = new Map();
    this.#lapCount = 0;
    this.#startedMs = elapsedMs;
  }

  /** Those that have ended, in order; a last one that was cut short is not among them. */
  get ended(): readonly SoakWindow[] {
    return this.#windows;
  }
}
