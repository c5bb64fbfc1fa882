import assert from "node:assert/strict";
import { cell, database, view } from "./_choice_fixture.ts";
import { choiceGroups, questionValue } from "./choice_rows.ts";
import { type ChoiceState, defaultState } from "./choice_state.ts";
import type { ChoiceDatabase } from "./choice_view.ts";

/** Everything takes some milliseconds. */
function even(
  name: string,
  ms: number,
  cellClass: ChoiceDatabase["cellClass"],
  rest: Partial<ChoiceDatabase> = {},
) {
  const all = [ms, ms, ms, ms];
  return database(name, cellClass, [cell([all]), cell([all, all])], rest);
}

const VIEW = view([
  even("slow", 40, "memory"),
  even("quick", 10, "memory", { runsIn: ["node", "browser"] }),
  even("quick[hold=0]", 5, "memory"),
  even("near", 11, "memory", { sql: true }),
  even("file", 100, "durable file"),
  database("wrong", "memory", [cell([], { status: "wrong", reason: "lost" }), null]),
  database("part", "memory", [cell([[1, 1, 1, 1]]), null]),
]);

function names(state: Partial<ChoiceState>): string[][] {
  return choiceGroups(VIEW, { ...defaultState(VIEW), ...state })
    .map(({ rows }) => rows.map(({ database, rank }) => `${rank ?? "-"} ${database.name}`));
}

Deno.test("choiceGroups() groups by class, the best first, whoever has no place behind, wrong ones last", () => {
  assert.deepEqual(names({}), [["1 file"], ["1 quick", "2 near", "3 slow", "- part", "- wrong"]]);
  assert.deepEqual(
    choiceGroups(VIEW, defaultState(VIEW)).map(({ cellClass }) => cellClass),
    ["durable file", "memory"],
  );
});

Deno.test("choiceGroups() holds scores against the best row that is shown", () => {
  const first = (state: Partial<ChoiceState>) =>
    choiceGroups(VIEW, { ...defaultState(VIEW), ...state })[1]!.rows[0]!.score!.value.toFixed(6);
  assert.equal(first({}), "1.000000", "quick[hold=0] is not shown");
  assert.equal(first({ hidden: ["quick"] }), "1.000000");
  assert.deepEqual(names({ hasVariants: true })[1]!.slice(0, 2), ["1 quick[hold=0]", "2 quick"]);
});

Deno.test("choiceGroups() leaves out whoever lacks what is needed, and who was taken out", () => {
  assert.deepEqual(names({ needs: ["browser"] }), [["1 quick"]]);
  assert.deepEqual(names({ needs: ["sql"] }), [["1 file"], ["1 near"]]);
  assert.deepEqual(names({ needs: ["persists", "browser"] }), []);
  assert.deepEqual(names({ hidden: ["slow", "part", "wrong", "near"] }), [["1 file"], ["1 quick"]]);
});

Deno.test("choiceGroups() marks neighbours that chance could have put in order", () => {
  const [, memory] = choiceGroups(VIEW, defaultState(VIEW));
  assert.deepEqual(memory!.rows.slice(0, 3).map(({ isClose }) => isClose), [false, true, false]);
});

Deno.test("choiceGroups() sorts by any column, what is not there last both ways, wrong ones after all", () => {
  const by = (column: string, isDescending = false) =>
    names({ sort: { column, isDescending }, isGrouped: false, against: "all" })[0]!.map((name) =>
      name.slice(2)
    );
  assert.deepEqual(by("name"), ["file", "near", "part", "quick", "slow", "wrong"]);
  assert.deepEqual(by("name", true), ["slow", "quick", "part", "near", "file", "wrong"]);
  assert.deepEqual(by("q-bursts"), ["quick", "near", "slow", "file", "part", "wrong"]);
  assert.deepEqual(by("q-bursts", true), ["file", "slow", "near", "quick", "part", "wrong"]);
  assert.deepEqual(by("persists").slice(0, 1), ["file"]);
  assert.deepEqual(by("gone"), ["slow", "quick", "near", "file", "part", "wrong"]);
});

Deno.test("questionValue() adds up spans and takes the largest of other times", () => {
  const one = database("x", "memory", [null, cell([[10, 3, 7, 1], [30, 2, 9, 4]])]);
  const ms = (metric: string) => questionValue(one, 1, metric)?.map((ns) => Number((ns / 1e6).toFixed(6)));
  assert.deepEqual(ms("done_ns"), [40, 36, 44]);
  assert.deepEqual(ms("shown_p50_ns"), [3, 2.7, 3.3]);
  assert.deepEqual(ms("stale_max_ns"), [9, 8.1, 9.9]);
  assert.deepEqual(ms("main_busy_ns"), [5, 4.5, 5.5]);
  const part = database("y", "memory", [null, cell([[10, null, null, 1], [null, 2, 9, 4]])]);
  assert.equal(questionValue(part, 1, "done_ns"), undefined, "half of a sum is none");
  assert.equal(questionValue(part, 1, "shown_p50_ns")?.[0], 2e6);
  assert.equal(questionValue(one, 0, "done_ns"), undefined);
  assert.equal(questionValue(one, 1, "gone"), undefined);
});
