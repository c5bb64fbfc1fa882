/** All streams of a timeline together: how many are outdated and how many emissions come, over time. */
import type { PhaseMarks } from "./timeline_marks.ts";

/** Answers for any span of time in the time of a search, so that it can be asked once per pixel. */
export class TimelineTotals {
  readonly #streamCount: number;
  readonly #emissionsUs: Float64Array;
  readonly #from: RisingTimes;
  readonly #to: RisingTimes;

  /** Looks at everything once. */
  constructor({ streams }: PhaseMarks) {
    this.#streamCount = streams.length;
    this.#emissionsUs = Float64Array.from(
      streams.flatMap(({ emissions }) => emissions.map(({ atUs }) => atUs)),
    )
      .sort();
    this.#from = new RisingTimes(streams.flatMap(({ outdated }) => outdated.map(([from]) => from)));
    this.#to = new RisingTimes(streams.flatMap(({ outdated }) => outdated.map(([, to]) => to)));
  }

  /** Mean number of outdated streams between two times, as a share of all of them. */
  outdatedShare(fromUs: number, toUs: number): number {
    if (toUs <= fromUs || this.#streamCount === 0) return 0;
    const area = (us: number): number => this.#from.timeSince(us) - this.#to.timeSince(us);
    return (area(toUs) - area(fromUs)) / (toUs - fromUs) / this.#streamCount;
  }

  /** Emissions from `fromUs` on and before `toUs`. */
  emissionCount(fromUs: number, toUs: number): number {
    return countBelow(this.#emissionsUs, toUs) - countBelow(this.#emissionsUs, fromUs);
  }
}

/** Times in ascending order with their running sum. */
class RisingTimes {
  readonly #timesUs: Float64Array;
  readonly #sums: Float64Array;

  constructor(timesUs: readonly number[]) {
    this.#timesUs = Float64Array.from(timesUs).sort();
    this.#sums = new Float64Array(timesUs.length + 1);
    for (const [index, us] of this.#timesUs.entries()) this.#sums[index + 1] = this.#sums[index]! + us;
  }

  /** Sum over the times before `us` of how long ago they are. */
  timeSince(us: number): number {
    const count = countBelow(this.#timesUs, us);
    return count * us - this.#sums[count]!;
  }
}

/** How many of ascending numbers are below a limit. */
function countBelow(ascending: Float64Array, limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
