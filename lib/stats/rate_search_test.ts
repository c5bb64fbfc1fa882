import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { followSearch, highestRate, type RateStep, SEARCHED_RATES } from "./rate_search.ts";

/** Asks what the search wants to know of something that holds up to a limit, until some searches are over. */
function searched(limitOf: (step: number) => number, searchCount: number): RateStep[] {
  const steps: RateStep[] = [];
  for (let state = followSearch(steps); state.found.length < searchCount; state = followSearch(steps)) {
    steps.push({ ratePerSecond: state.next, holds: state.next <= limitOf(steps.length) });
    ok(steps.length < 500, "it ends");
  }
  return steps;
}

Deno.test("followSearch() ends between two rates a tenth apart when the limit is sharp", () => {
  for (const limit of [3.5, 10, 99, 100, 101, 840, 5000, 99_000]) {
    const [found] = followSearch(searched(() => limit, 1)).found;
    ok(found!.held! <= limit && found!.failed! > limit, `${limit}: ${JSON.stringify(found)}`);
    ok(found!.failed! / found!.held! < 1.12, `${limit}: ${JSON.stringify(found)}`);
  }
});

Deno.test("followSearch() asks about ten rates at first, and four for each search behind it", () => {
  for (const limit of [7, 300, 20_000]) {
    const first = searched(() => limit, 1).length;
    const six = searched(() => limit, 6).length;
    ok(first <= 11, `${first}`);
    ok((six - first) / 5 <= 4, `${six - first}`);
  }
});

Deno.test("followSearch() runs off the grid when everything or nothing holds", () => {
  const [all] = followSearch(searched(() => Infinity, 1)).found;
  deepStrictEqual(all, { held: SEARCHED_RATES.highest });
  const [none] = followSearch(searched(() => 0, 1)).found;
  deepStrictEqual(none, { failed: SEARCHED_RATES.lowest });
});

Deno.test("followSearch() goes on where it was interrupted", () => {
  const steps = searched(() => 450, 3);
  for (let count = 0; count < steps.length; count++) {
    strictEqual(followSearch(steps.slice(0, count)).next, steps[count]!.ratePerSecond, `${count}`);
  }
});

Deno.test("followSearch() finds the new limit when it moves between two searches", () => {
  const first = searched(() => 1000, 1).length;
  const { found } = followSearch(searched((step) => step < first ? 1000 : 40, 2));
  deepStrictEqual(found.map(({ held }) => held! <= 40), [false, true]);
  ok(found[1]!.failed! > 40);
});

Deno.test("highestRate() reaches from what held to what failed", () => {
  const found = [100, 110, 121, 100, 110, 110].map((held) => ({ held, failed: held + 10 }));
  const { value, interval } = highestRate(found)!;
  deepStrictEqual([value, interval.lower, interval.upper], [110, 100, 131]);
  ok(interval.confidence > 0.95);
  strictEqual(highestRate([]), undefined);
});
