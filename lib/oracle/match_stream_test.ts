import assert from "node:assert/strict";
import fc from "fast-check";
import { type CommitTimes, firstAtOrAfter, lastAtOrBefore, matchStream } from "./match_stream.ts";
import type { Sighting } from "./state_sequence.ts";

/** Letters stand for results: `states` are those of the sequence, one write each, `shown` those of the stream. */
interface History {
  readonly states: string;
  readonly shown: readonly (readonly [letter: string, atNs: number])[];
}

function sight({ states, shown }: History): Sighting[] {
  return shown.map(([letter]) => ({
    digest: 0,
    positions: [...states].flatMap((state, position) => state === letter ? [position] : []),
  }));
}

/** Write k starts at 10 k and takes 5. */
function times({ states }: History): CommitTimes {
  const at = (offset: number) =>
    Float64Array.from(
      { length: states.length },
      (_, position) => position === 0 ? -Infinity : 10 * position + offset,
    );
  return { startNs: at(0), endNs: at(5) };
}

function match(history: History) {
  return matchStream(sight(history), history.shown.map(([, atNs]) => atNs), times(history));
}

function faultsOf(history: History): string[] {
  return match(history).faults.map(({ kind, emission }) => `${kind} ${emission}`);
}

Deno.test("matchStream() accepts every state in order and states left out", () => {
  const history = { states: "ABCD", shown: [["A", 0], ["B", 16], ["D", 40]] } as const;
  assert.deepEqual([...match(history).positions], [0, 1, 3]);
  assert.deepEqual(faultsOf(history), []);
});

Deno.test("matchStream() accepts a state between dispatch and acknowledgement and not before", () => {
  assert.deepEqual(faultsOf({ states: "AB", shown: [["A", 0], ["B", 10]] }), []);
  assert.deepEqual(faultsOf({ states: "AB", shown: [["A", 0], ["B", 9]] }), ["phantom 1"]);
});

Deno.test("matchStream() tells a result that never was from one that is over", () => {
  assert.deepEqual(faultsOf({ states: "ABC", shown: [["A", 0], ["X", 16]] }), ["phantom 1"]);
  assert.deepEqual(faultsOf({ states: "ABC", shown: [["C", 26], ["B", 27]] }), ["regressed 1"]);
});

Deno.test("matchStream() takes the earliest position of a repeated state, so that later ones stay free", () => {
  const lagging = { states: "ABA", shown: [["A", 50], ["B", 51], ["A", 52]] } as const;
  assert.deepEqual([...match(lagging).positions], [0, 1, 2]);
  // With A taken as the newest state, B would look like a step back.
  assert.deepEqual(faultsOf(lagging), []);
});

Deno.test("matchStream() lets a state return only as often as the truth repeats it", () => {
  const shown = [["A", 50], ["B", 51], ["A", 52], ["B", 53]] as const;
  assert.deepEqual(faultsOf({ states: "ABAB", shown }), []);
  assert.deepEqual(faultsOf({ states: "ABA", shown }), ["regressed 3"]);
  assert.deepEqual(faultsOf({ states: "AB", shown }), ["regressed 2"]);
});

Deno.test("matchStream() counts a repetition that is not dispatched yet as a step back", () => {
  assert.deepEqual(faultsOf({ states: "ABA", shown: [["B", 16], ["A", 17]] }), ["regressed 1"]);
});

Deno.test("matchStream() goes on from the last good match after a fault", () => {
  const history = { states: "ABCD", shown: [["B", 16], ["X", 17], ["A", 18], ["C", 26], ["D", 36]] } as const;
  assert.deepEqual(faultsOf(history), ["phantom 1", "regressed 2"]);
  assert.deepEqual([...match(history).positions], [1, -1, -1, 2, 3]);
});

/** Tries every assignment of positions that never goes back. */
function isConsistent(history: History, emissions: readonly number[]): boolean {
  const { startNs } = times(history);
  const search = (i: number, previous: number): boolean => {
    if (i === emissions.length) return true;
    const [letter, atNs] = history.shown[emissions[i]!]!;
    return [...history.states].some((state, position) =>
      position >= previous && state === letter && startNs[position]! <= atNs && search(i + 1, position)
    );
  };
  return search(0, 0);
}

const history: fc.Arbitrary<History> = fc.record({
  states: fc.string({ unit: fc.constantFrom("A", "B", "C"), minLength: 1, maxLength: 7 })
    .map((states) => [...states].filter((state, i, all) => state !== all[i - 1]).join("")),
  shown: fc.array(fc.tuple(fc.constantFrom("A", "B", "C", "X"), fc.nat(80)), { maxLength: 7 })
    .map((shown) => shown.toSorted((a, b) => a[1] - b[1])),
});

Deno.test("matchStream() accuses exactly the emissions that no assignment can save", () => {
  fc.assert(
    fc.property(history, (each) => {
      const accused: number[] = [];
      const accepted: number[] = [];
      for (const emission of each.shown.keys()) {
        (isConsistent(each, [...accepted, emission]) ? accepted : accused).push(emission);
      }
      assert.deepEqual(match(each).faults.map(({ emission }) => emission), accused);
      assert.equal(match(each).faults.length === 0, isConsistent(each, [...each.shown.keys()]));
      for (const { kind, emission } of match(each).faults) {
        assert.equal(kind, isConsistent(each, [emission]) ? "regressed" : "phantom");
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("lastAtOrBefore() and firstAtOrAfter() include the limit itself", () => {
  assert.deepEqual([0, 1, 2, 3].map((limit) => lastAtOrBefore([1, 1, 3], limit)), [-1, 1, 1, 2]);
  assert.deepEqual([0, 1, 2, 3, 4].map((limit) => firstAtOrAfter([1, 1, 3], limit)), [0, 0, 2, 2, 3]);
});
