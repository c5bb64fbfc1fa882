import assert from "node:assert/strict";
import fc from "fast-check";
import { type Freshness, measureFreshness } from "./measure_freshness.ts";

/** Letters as in match_stream_test.ts; write k starts at 10 k and is acknowledged at 10 k + 5. */
interface History {
  readonly states: string;
  readonly shown: readonly (readonly [letter: string, atNs: number])[];
}

function measure({ states, shown }: History, quietNs: number, fromNs = -Infinity): Freshness {
  const at = (offset: number) =>
    Float64Array.from(
      { length: states.length },
      (_, position) => position === 0 ? -Infinity : 10 * position + offset,
    );
  const sightings = shown.map(([letter]) => ({
    digest: 0,
    positions: [...states].flatMap((state, position) => state === letter ? [position] : []),
  }));
  const times = { startNs: at(0), endNs: at(5) };
  return measureFreshness(sightings, shown.map(([, atNs]) => atNs), times, { fromNs, quietNs });
}

Deno.test("measureFreshness() covers a change with the first emission that shows it or something newer", () => {
  const { coveredNs } = measure({ states: "ABCD", shown: [["A", 0], ["B", 17], ["D", 40]] }, 50);
  assert.deepEqual([...coveredNs], [0, 17, 40, 40]);
});

Deno.test("measureFreshness() leaves out what nothing ever showed", () => {
  assert.deepEqual([...measure({ states: "ABC", shown: [["A", 0], ["B", 17]] }, 50).coveredNs], [0, 17, NaN]);
});

Deno.test("measureFreshness() takes the latest position of a repeated state", () => {
  assert.deepEqual([...measure({ states: "ABA", shown: [["A", 0], ["A", 30]] }, 50).coveredNs], [0, 20, 20]);
  assert.deepEqual([...measure({ states: "ABAC", shown: [["C", 45]] }, 50).coveredNs], [45, 45, 45, 45]);
});

Deno.test("measureFreshness() measures outdated time from the acknowledgement to the emission", () => {
  // B is acknowledged at 15.
  assert.equal(measure({ states: "AB", shown: [["A", 0], ["B", 40]] }, 50).outdatedMaxNs, 25);
  assert.equal(measure({ states: "AB", shown: [["A", 0], ["B", 12]] }, 50).outdatedMaxNs, 0);
});

Deno.test("measureFreshness() finds a stream that is always one behind outdated all along", () => {
  const behind = { states: "ABCDE", shown: [["A", 0], ["B", 26], ["C", 36], ["D", 46]] } as const;
  assert.equal(measure(behind, 60).outdatedMaxNs, 60 - 15);
  const prompt = { states: "ABCDE", shown: [["A", 0], ["B", 16], ["C", 26], ["D", 36], ["E", 46]] } as const;
  assert.equal(measure(prompt, 60).outdatedMaxNs, 1);
});

Deno.test("measureFreshness() lets an emission be up to date with a newer write in flight", () => {
  // B arrives at 22: C was dispatched at 20 and is acknowledged at 25.
  assert.equal(
    measure({ states: "ABC", shown: [["A", 0], ["B", 22], ["C", 27]] }, 50).outdatedMaxNs,
    22 - 15,
  );
});

Deno.test("measureFreshness() ends outdated time when a write makes the display true again", () => {
  // B holds from 15 until the write back to A is dispatched at 20.
  assert.equal(measure({ states: "ABA", shown: [["A", 0]] }, 50).outdatedMaxNs, 5);
});

Deno.test("measureFreshness() starts anew when an emission brings an older result", () => {
  // A at 31 is up to date as the newest state; B at 33 is not; A at 37 is.
  assert.equal(measure({ states: "ABA", shown: [["A", 31], ["B", 33], ["A", 37]] }, 50).outdatedMaxNs, 4);
});

Deno.test("measureFreshness() counts a result that never was as outdated", () => {
  assert.equal(measure({ states: "AB", shown: [["A", 0], ["X", 3], ["B", 12]] }, 50).outdatedMaxNs, 9);
});

Deno.test("measureFreshness() lets an emission end outdated time although another follows at the same time", () => {
  assert.equal(
    measure({ states: "AB", shown: [["A", 0], ["B", 20], ["A", 20], ["B", 40]] }, 50).outdatedMaxNs,
    20,
  );
  assert.equal(measure({ states: "AB", shown: [["X", 3], ["B", 10], ["X", 10]] }, 50).outdatedMaxNs, 40);
});

Deno.test("measureFreshness() counts outdated time from `fromNs` on only", () => {
  const history = { states: "ABC", shown: [["A", 0], ["B", 19], ["C", 28]] } as const;
  assert.equal(measure(history, 50).outdatedMaxNs, 4);
  assert.deepEqual(measure(history, 50, Infinity).outdatedNs, [15, 19, 25, 28], "spans before it are kept");
  assert.equal(measure(history, 50, 18).outdatedMaxNs, 3);
  assert.equal(measure(history, 50, 26).outdatedMaxNs, 2);
  assert.equal(measure(history, 50, Infinity).outdatedMaxNs, 0);
});

/** The definitions, nanosecond by nanosecond. */
function bruteForce({ states, shown }: History, quietNs: number): Freshness {
  const coveredNs = new Float64Array(states.length).fill(NaN);
  let outdatedMaxNs = 0;
  let lengthNs = 0;
  const outdatedNs: number[] = [];
  for (let ns = shown[0]?.[1] ?? Infinity; ns < quietNs; ns += 1) {
    const display = shown.findLast(([, atNs]) => atNs <= ns)![0];
    const dispatched = Math.min(Math.floor(ns / 10), states.length - 1);
    const acknowledged = Math.min(Math.floor((ns + 5) / 10) - 1, states.length - 1);
    let isCurrent = false;
    for (let position = 0; position <= dispatched; position += 1) {
      if (states[position] !== display) continue;
      if (position >= acknowledged) isCurrent = true;
      for (let older = 0; older <= position; older += 1) {
        if (Number.isNaN(coveredNs[older]!)) coveredNs[older] = ns;
      }
    }
    if (isCurrent && lengthNs > 0) outdatedNs.push(ns);
    if (!isCurrent && lengthNs === 0) outdatedNs.push(ns);
    lengthNs = isCurrent ? 0 : lengthNs + 1;
    outdatedMaxNs = Math.max(outdatedMaxNs, lengthNs);
  }
  if (lengthNs > 0) outdatedNs.push(quietNs);
  return { coveredNs, outdatedMaxNs, outdatedNs };
}

Deno.test("measureFreshness() agrees with its definition at every nanosecond", () => {
  const history = fc.record({
    states: fc.string({ unit: fc.constantFrom("A", "B", "C"), minLength: 1, maxLength: 7 })
      .map((states) => [...states].filter((state, i, all) => state !== all[i - 1]).join("")),
    shown: fc.uniqueArray(fc.tuple(fc.constantFrom("A", "B", "C", "X"), fc.nat(80)), {
      selector: ([, atNs]) => atNs,
      maxLength: 7,
    }).map((shown) => shown.toSorted((a, b) => a[1] - b[1])),
  });
  fc.assert(
    fc.property(history, (each) => assert.deepEqual(measure(each, 90), bruteForce(each, 90))),
    { numRuns: 2000 },
  );
});
