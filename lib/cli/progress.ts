/** Tells the user where a run is: one live line on a terminal, one plain line per block elsewhere. */
import { metricsIn } from "../metrics/mod.ts";
import {
  type Block,
  METRICS_VERSION,
  type MetricValues,
  parameterText,
  type PhaseLoad,
} from "../model/mod.ts";
import type { PlannedBlock, Progress } from "../runner/mod.ts";
import { formatQuantity } from "../report/format.ts";
import { verdictWord } from "../report/wording.ts";
import { durationText } from "./duration.ts";

/** Where progress goes. */
export interface ProgressSink {
  write(text: string): void;
  /** A line that can be written over. */
  readonly isTerminal: boolean;
  /** Columns of the terminal. */
  width(): number;
}

/** Shows the progress of one run. */
export class ProgressLine {
  readonly #planned: readonly PlannedBlock[] | undefined;
  readonly #sink: ProgressSink;
  readonly #nowMs: () => number;
  readonly #startMs: number;
  readonly #budgetMs: number;
  readonly #elapsedMs = new Map<string, number[]>();
  #endedCount = 0;

  /**
   * `planned` is absent where blocks are chosen on the way. `nowMs` is any monotonic clock; the run ends soon after
   * `budgetMs`, wherever it is in the plan.
   */
  constructor(
    planned: readonly PlannedBlock[] | undefined,
    sink: ProgressSink,
    nowMs: () => number,
    budgetMs: number = Infinity,
  ) {
    this.#planned = planned;
    this.#sink = sink;
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
    this.#budgetMs = budgetMs;
  }

  /** Takes note of a step of the run. */
  show(progress: Progress): void {
    switch (progress.kind) {
      case "started":
        return this.#live(progress.block, "start");
      case "step":
        return this.#live(progress.block, progress.step);
      case "ended":
        return this.#ended(progress.block, progress.result);
    }
  }

  /** Removes the live line, so that something else can be printed. */
  clear(): void {
    if (this.#sink.isTerminal) this.#sink.write("\r\x1b[2K");
  }

  #live(block: PlannedBlock, step: string): void {
    if (!this.#sink.isTerminal) return;
    const line = `${this.#place(this.#endedCount + 1)} ${nameOf(block)} · ${step} · ${this.#times()}`;
    this.#sink.write(`\r\x1b[2K${line.slice(0, this.#sink.width() - 1)}`);
  }

  #ended(block: PlannedBlock, result: Block): void {
    this.#endedCount += 1;
    const { key } = block.cell;
    this.#elapsedMs.set(key, [...this.#elapsedMs.get(key) ?? [], result.elapsedMs]);
    this.clear();
    this.#sink.write(
      `${this.#place(this.#endedCount)} ${nameOf(block)} · ${describe(result)} · ${this.#times()}\n`,
    );
  }

  /** A resumed run counts what is left of it. A block that was wrong may be followed by one that nobody planned. */
  #place(ordinal: number): string {
    return this.#planned === undefined
      ? `[${ordinal}]`
      : `[${ordinal}/${Math.max(ordinal, this.#planned.length)}]`;
  }

  #times(): string {
    const elapsedMs = this.#nowMs() - this.#startMs;
    if (this.#planned === undefined) {
      const leftMs = this.#budgetMs - elapsedMs;
      return `${durationText(elapsedMs)} elapsed${
        leftMs > 0 ? `, at most ${durationText(leftMs)} left` : ""
      }`;
    }
    const left = this.#remainingMs(this.#planned, this.#budgetMs - elapsedMs);
    return `${durationText(elapsedMs)} elapsed${
      left === undefined ? "" : `, about ${durationText(left)} left`
    }`;
  }

  /** From the mean of the cell's earlier blocks, or of all blocks where it has none; no more than what is allowed. */
  #remainingMs(planned: readonly PlannedBlock[], allowedMs: number): number | undefined {
    const all = [...this.#elapsedMs.values()].flat();
    // Beyond its time, a run ends with the round that it is in.
    if (all.length === 0 || allowedMs <= 0) return undefined;
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    const overall = mean(all);
    const plannedMs = planned.slice(this.#endedCount).reduce((sum, { cell }) => {
      const own = this.#elapsedMs.get(cell.key);
      return sum + (own === undefined ? overall : mean(own));
    }, 0);
    return Math.min(plannedMs, allowedMs);
  }
}

/** The cell, and what was chosen for the block. */
function nameOf({ cell, chosen }: PlannedBlock): string {
  return chosen === undefined ? cell.key : `${cell.key}, now ${parameterText(chosen)}`;
}

function describe(block: Block): string {
  switch (block.status) {
    case "measured": {
      const told = metricsIn("progress", METRICS_VERSION);
      const values = block.phases.flatMap(({ name, metrics, load }) =>
        load === undefined
          ? told.flatMap(({ id, unit }) =>
            metrics[id] === undefined ? [] : [`${name} ${formatQuantity(metrics[id], unit)}`]
          )
          : [loadText(load, metrics)]
      );
      return [verdictWord(block.verdict), ...(block.evidence === "rows" ? ["whole rows"] : values)].join(
        " · ",
      );
    }
    case "failed":
      return `failed: ${block.reason}`;
    case "skipped":
      return `skipped: ${block.reason}`;
  }
}

/** `sustained, p99 12.0 ms`. */
function loadText({ outcome }: PhaseLoad, metrics: MetricValues): string {
  const tailNs = metrics["shown_p99_ns"] ?? metrics["answered_p99_ns"];
  return tailNs === undefined ? outcome : `${outcome}, p99 ${formatQuantity(tailNs, "ns")}`;
}
