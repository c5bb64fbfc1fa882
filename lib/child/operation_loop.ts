import type { Awaitable } from "../model/value.ts";
import type { PlantedSlowdown } from "./planted_slowdown.ts";

/** A stretch of operations to run one after the other, and where their times go. */
export interface OperationLoop {
  /** Index of the first operation; with `lane`, of its first place in there. */
  readonly from: number;
  /** Index behind the last operation; with `lane`, of the place behind the last. */
  readonly to: number;
  /** The operations of one lane in order, where several run beside each other; absent: all of them. */
  readonly lane?: ArrayLike<number>;
  /** Waits until operation `index` is due; `false` when it is not to be called, nor any behind it. Absent: at once. */
  due?(index: number): Promise<boolean>;
  /** Calls operation `index`; what it answers with, if that can be awaited, is its acknowledgement. */
  perform(index: number): Awaitable<unknown>;
  /** Looks at what an operation answered, inside its time: a caller uses what it reads. */
  consume?(answer: unknown, index: number): void;
  /** Just before each call, nanoseconds. */
  readonly startNs: Float64Array;
  /** When each answer had come and was consumed, nanoseconds. */
  readonly endNs: Float64Array;
  readonly nowNs: () => number;
  /** Called after each operation but the last, outside its time: what the caller does before the next one. */
  rest?(): Promise<void>;
  /** More operations follow behind the last one here, which rests as well. */
  readonly goesOn?: boolean;
  /** Called at the last answer, before anybody else's code can run. */
  ended?(): void;
  /** Makes each operation longer, inside its time, and pauses behind it. Absent in every measurement that is not a proof of the statistics. */
  readonly slowdown?: Pick<PlantedSlowdown, "lengthen" | "pause"> | undefined;
}

/**
 * The timed loop. Between the two stamps of an operation there is the call, one await if it answered with a promise,
 * and the consumer; nothing is allocated here.
 */
export async function runOperations(loop: OperationLoop): Promise<void> {
  const { from, to, lane, startNs, endNs, nowNs, slowdown, goesOn = false } = loop;
  for (let place = from; place < to; place++) {
    const index = lane === undefined ? place : lane[place]!;
    if (loop.due !== undefined && !(await loop.due(index))) return;
    startNs[index] = nowNs();
    let answer = loop.perform(index);
    if (isAwaitable(answer)) answer = await answer;
    if (loop.consume !== undefined) loop.consume(answer, index);
    if (slowdown !== undefined) slowdown.lengthen(startNs[index]!);
    endNs[index] = nowNs();
    if (slowdown !== undefined) slowdown.pause();
    if (goesOn || place + 1 < to) {
      if (loop.rest !== undefined) await loop.rest();
    } else if (loop.ended !== undefined) loop.ended();
  }
}

/** Libraries have promises of their own, and statements that run when they are awaited: any `then` counts. */
function isAwaitable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof (answer as { then?: unknown } | null | undefined)?.then === "function";
}
