import assert from "node:assert/strict";
import { HOSTILE_TEXT, recordFixture } from "../../lib/testing/record_fixture.ts";
import { choiceView } from "./choice_data.ts";

const VIEW = choiceView(recordFixture(), "run.html?run=x");

function named(name: string) {
  return VIEW.databases.find((one) => one.name === name)!;
}

Deno.test("choiceView() has a row for each database, with what it can do and where it is told of", () => {
  assert.deepEqual(VIEW.databases.map(({ name, index }) => [name, index]), [
    ["node-sqlite", 0],
    ["tinybase", 1],
    ["pglite[storage=file]", 2],
    ["liar[note=a|b]", 3],
    ["crasher", 4],
    ["flaky", 5],
    ["late", 6],
  ]);
  const { cellClass, runsIn, gaps, options } = named("tinybase");
  assert.deepEqual([cellClass, runsIn, options], ["memory", ["deno", "node", "browser"], ""]);
  assert.deepEqual(gaps.map(({ title }) => title), ["ordered limit window"]);
  assert.equal(named("pglite[storage=file]").options, "storage=file");
  assert.equal(named("node-sqlite").cellClass, "floor");
});

Deno.test("choiceView() has values of verified cells alone, and says why others have none", () => {
  const [keyed] = named("tinybase").cells;
  const [median, lower, upper] = keyed!.phases[0]!["done_ns"]!;
  assert.ok(lower <= median && median <= upper && lower > 0);
  const liar = named("liar[note=a|b]").cells[0]!;
  assert.deepEqual([liar.status, liar.phases], ["wrong", []]);
  assert.match(liar.reason, /^phantom: .*after write 36/);
  assert.match(named("crasher").cells[0]!.reason, /crasher failed in repetitions 0, 1/);
  assert.equal(named("flaky").cells[0]!.status, "verified");
  assert.match(named("flaky").cells[0]!.reason, /failed in repetition/);
  assert.equal(named("late").cells[0]!.reason, "the run ended before it");
  assert.equal(named("tinybase").cells[0]!.reason, "");
  assert.equal(named("pglite[storage=file]").cells[1], null);
});

Deno.test("choiceView() counts what was checked, and what was right", () => {
  assert.deepEqual(VIEW.run!.checked, { right: 5, all: 6 });
});

Deno.test("choiceView() holds no invisible character, whatever a run is called", () => {
  const record = { ...recordFixture(), label: HOSTILE_TEXT };
  assert.ok(!/[\p{Cc}\p{Cf}]/u.test(JSON.stringify(choiceView(record, "x"))));
});
