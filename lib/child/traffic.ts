/** Calls the operations of a phase: one after the other, when they are due, or in lanes beside each other. */
import { type FineClock, waitUntil } from "../clock/mod.ts";
import { append } from "../protocol/append.ts";
import type { Arrivals, PhaseOrder } from "../protocol/player.ts";
import { type OperationLoop, runOperations } from "./operation_loop.ts";

/** What a stretch of operations is called with. */
export type TrafficLoop = Omit<OperationLoop, "from" | "to" | "lane" | "due">;

/** The operations of one phase. */
export class Traffic {
  readonly #clock: FineClock;
  readonly #arrivals: Arrivals | undefined;
  readonly #lanes: Float64Array | undefined;
  /** When each operation was due; `undefined` where they wait for each other. */
  readonly dueNs: Float64Array | undefined;
  /**
   * By how much each was called later than could be, by no work of this thread: since it was due, or since the one before
   * in its lane was answered; `undefined` as `dueNs` is.
   */
  readonly waitLateNs: Float64Array | undefined;
  /** Operations were left out, as the ones before were too late. */
  isCutShort = false;

  /** Nothing is called yet. */
  constructor(clock: FineClock, { operations, arrivals, lanes }: PhaseOrder) {
    this.#clock = clock;
    this.#arrivals = arrivals;
    this.#lanes = lanes;
    if (arrivals === undefined) return;
    this.dueNs = new Float64Array(operations.length);
    this.waitLateNs = new Float64Array(operations.length);
  }

  /**
   * Calls the operations from `from` up to but not including `to`, resolves when all are acknowledged, and tells from
   * where their arrivals count; `undefined` where they wait for each other. Throws what the database throws, when no lane
   * waits for an answer any more.
   */
  async run(loop: TrafficLoop, from: number, to: number): Promise<number | undefined> {
    const beginNs = this.#arrivals === undefined ? undefined : this.#begin(from, to);
    const due = beginNs === undefined ? {} : { due: (index: number) => this.#isDue(index) };
    if (this.#lanes === undefined) {
      await runOperations({ ...loop, ...due, from, to });
      return beginNs;
    }
    const running: Promise<{ readonly error: unknown } | undefined>[] = [];
    const lanes = lanesOf(this.#lanes, from, to);
    for (let number = 0; number < lanes.length; number++) {
      const lane = lanes[number]!;
      append(running, settled(runOperations({ ...loop, ...due, lane, from: 0, to: lane.length })));
    }
    let failure: { readonly error: unknown } | undefined;
    for (let number = 0; number < running.length; number++) failure ??= await running[number];
    // The others have to be over as well: nothing may be called behind the back of what comes next.
    for (let number = 0; number < running.length; number++) await running[number];
    if (failure !== undefined) throw failure.error;
    return beginNs;
  }

  #begin(from: number, to: number): number {
    const beginNs = this.#clock.nowNs();
    for (let index = from; index < to; index++) this.dueNs![index] = beginNs + this.#arrivals!.atNs[index]!;
    return beginNs;
  }

  async #isDue(index: number): Promise<boolean> {
    const dueNs = this.dueNs![index]!;
    if (this.#clock.nowNs() - dueNs > this.#arrivals!.latestNs) this.isCutShort = true;
    if (this.isCutShort) return false;
    // Whatever arrives by itself arrives in a turn of its own, however late the ones before are.
    this.waitLateNs![index] = await waitUntil(this.#clock, dueNs);
    return !this.isCutShort;
  }
}

function lanesOf(lanes: Float64Array, from: number, to: number): number[][] {
  const lists: number[][] = [];
  for (let index = from; index < to; index++) {
    const lane = lanes[index]!;
    while (lists.length <= lane) append(lists, []);
    append(lists[lane]!, index);
  }
  return lists;
}

async function settled(lane: Promise<void>): Promise<{ readonly error: unknown } | undefined> {
  try {
    await lane;
    return undefined;
  } catch (error) {
    return { error };
  }
}
