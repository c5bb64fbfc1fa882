/**
 * How a fleet scales, computed: workers that take rounds, run them and send results, and one database that they wait for.
 *
 * The database answers requests one after the other, each after `serviceMs` of its own time; a request that meets nobody takes
 * `latencyMs`. Both are measured (`bench_fleet.ts`), and so are the times of rounds. Workers need no time of their own.
 */
import { DartRandom } from "../../lib/dataset/mod.ts";

/** What is simulated. */
export interface FleetModel {
  readonly workerCount: number;
  readonly roundCount: number;
  /** Measured times; each round has one of them, drawn with replacement. */
  readonly roundTimesMs: readonly number[];
  /** Time of a request when nobody else asks. */
  readonly latencyMs: number;
  /** Time of the database alone: one over the requests per second that it answers at most. */
  readonly serviceMs: number;
  /** Requests before a round is run, and after. */
  readonly requestsPerRound: { readonly before: number; readonly after: number };
  readonly seed: number;
}

/** What came of it. */
export interface FleetOutcome {
  readonly workerCount: number;
  readonly makespanMs: number;
  /** Time of one worker that needs no queue over the makespan. */
  readonly speedup: number;
  /** `speedup` per worker, 0 to 1. */
  readonly efficiency: number;
  /** Mean time that a worker waits for the queue, per round. */
  readonly overheadMs: number;
  /** Share of all workers' time in which none of their rounds ran. */
  readonly idleShare: number;
  /** Share of the makespan in which the database was busy. */
  readonly queueShare: number;
}

/** Plays a plan. The same model gives the same outcome. */
export function simulateFleet(model: FleetModel): FleetOutcome {
  const { workerCount, roundCount, roundTimesMs, latencyMs, serviceMs, requestsPerRound, seed } = model;
  const random = new DartRandom(seed);
  const times = Array.from({ length: roundCount }, () => roundTimesMs[random.nextInt(roundTimesMs.length)]!);
  const events = new EventQueue();
  let [databaseFreeMs, databaseMs, overheadMs, makespanMs, next] = [0, 0, 0, 0, 0];

  /** Asks the database at a moment; returns when the answer is there. */
  const ask = (atMs: number): number => {
    const startMs = Math.max(atMs, databaseFreeMs);
    databaseFreeMs = startMs + serviceMs;
    databaseMs += serviceMs;
    const doneMs = startMs + Math.max(serviceMs, latencyMs);
    overheadMs += doneMs - atMs;
    return doneMs;
  };

  for (let worker = 0; worker < workerCount; worker++) {
    events.add(0, { stage: "before", left: requestsPerRound.before });
  }
  for (let event = events.take(); event !== undefined; event = events.take()) {
    const { atMs, what: { stage, left } } = event;
    if (stage === "before") {
      if (left === requestsPerRound.before && next >= roundCount) continue;
      const doneMs = ask(atMs);
      if (left > 1) events.add(doneMs, { stage, left: left - 1 });
      else if (next < roundCount) {
        events.add(doneMs + times[next++]!, { stage: "after", left: requestsPerRound.after });
      }
    } else {
      const doneMs = ask(atMs);
      if (left > 1) events.add(doneMs, { stage, left: left - 1 });
      else {
        makespanMs = Math.max(makespanMs, doneMs);
        events.add(doneMs, { stage: "before", left: requestsPerRound.before });
      }
    }
  }
  const busyMs = times.reduce((sum, time) => sum + time, 0);
  return {
    workerCount,
    makespanMs,
    speedup: busyMs / makespanMs,
    efficiency: busyMs / makespanMs / workerCount,
    overheadMs: overheadMs / roundCount,
    idleShare: 1 - busyMs / (workerCount * makespanMs),
    queueShare: databaseMs / makespanMs,
  };
}

interface Step {
  readonly stage: "before" | "after";
  readonly left: number;
}

interface Event {
  readonly atMs: number;
  /** Keeps events of one moment in the order in which they were added. */
  readonly order: number;
  readonly what: Step;
}

/** A binary heap by time. */
class EventQueue {
  readonly #heap: Event[] = [];
  #order = 0;

  add(atMs: number, what: Step): void {
    const heap = this.#heap;
    heap.push({ atMs, order: this.#order++, what });
    for (let at = heap.length - 1; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at]!, heap[parent]!)) break;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  take(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || heap.length === 0) return first;
    heap[0] = last!;
    for (let at = 0;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < heap.length && isBefore(heap[left]!, heap[least]!)) least = left;
      if (right < heap.length && isBefore(heap[right]!, heap[least]!)) least = right;
      if (least === at) return first;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
