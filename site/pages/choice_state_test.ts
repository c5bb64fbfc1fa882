import assert from "node:assert/strict";
import { cell, database, view } from "./_choice_fixture.ts";
import { type ChoiceState, defaultState, formatState, parseState } from "./choice_state.ts";

const VIEW = view([
  database("a[x=1,y=~]", "memory", [cell([[1, 1, 1, 1]]), null]),
  database("b", "memory", [null, null]),
]);
const PLAIN = defaultState(VIEW);

Deno.test("formatState() writes nothing for what nobody has chosen", () => {
  assert.equal(formatState(PLAIN, VIEW), "");
  assert.deepEqual(parseState("", VIEW), PLAIN);
  assert.deepEqual(parseState("#", VIEW), PLAIN);
});

Deno.test("parseState() reads what formatState() has written", () => {
  const cases: readonly Partial<ChoiceState>[] = [
    { weights: { speed: 0, freshness: 4, main: 1 } },
    { asked: ["bursts"] },
    { asked: [] },
    { needs: ["persists", "react-native"] },
    { hasVariants: true, isGrouped: false },
    { against: "all" },
    { against: { name: "a[x=1,y=~]" } },
    { hidden: ["b"], open: ["b"] },
    { columns: ["score", "waits"] },
    { columns: [] },
    { metric: "stale_max_ns" },
    { sort: { column: "q-rows", isDescending: true } },
    { sort: { column: "score", isDescending: true } },
  ];
  for (const one of cases) {
    const state = { ...PLAIN, ...one };
    const text = formatState(state, VIEW);
    assert.deepEqual(parseState(`#${text}`, VIEW), state, text);
    assert.ok(text !== "" && !text.includes("undefined"));
  }
});

Deno.test("parseState() leaves out what the page does not know", () => {
  const fragment =
    "#speed=900&main=-1&freshness=2.5&ask=bursts~gone&need=money&hide=gone~b&columns=score~nothing" +
    "&vs==gone&of=gone&sort=%3Cb%3E&open=gone&other=1";
  assert.deepEqual(parseState(fragment, VIEW), {
    ...PLAIN,
    weights: { speed: 4, freshness: 2, main: 2 },
    asked: ["bursts"],
    hidden: ["b"],
    columns: ["score"],
  });
});
