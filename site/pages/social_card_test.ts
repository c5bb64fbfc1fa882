import assert from "node:assert/strict";
import { cell, database, view } from "./_choice_fixture.ts";
import { EMPTY_CHOICE } from "./choice_data.ts";
import { cardText, socialCard } from "./social_card.ts";

function even(name: string, ms: number, cellClass: "memory" | "durable file" | "server" | "floor") {
  const all = [ms, ms, ms, ms];
  return database(name, cellClass, [cell([all]), cell([all, all])]);
}

Deno.test("socialCard() shows who leads in the first classes that rank anybody", () => {
  const shown = view([
    ...["a", "b", "c", "d", "e"].map((name, index) => even(name, 10 * (index + 1), "memory")),
    even("<file>", 100, "durable file"),
    even("far", 100, "server"),
    even("floor", 1, "floor"),
  ]);
  assert.equal(cardText(shown), "Who leads in each class. durable file: <file>. memory: a, b, c, d");
  const svg = socialCard(shown);
  assert.ok(svg.includes(">&#60;file&#62;</text>") && !svg.includes("<file>"));
  assert.equal(svg.match(/>1\.00×</g)!.length, 2);
  assert.ok(!svg.includes(">e</text>") && !svg.includes(">far</text>"));
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="1200" height="630"/);
});

Deno.test("socialCard() is there where nobody is ranked", () => {
  assert.equal(cardText(EMPTY_CHOICE), "Watchbench");
  assert.match(socialCard(EMPTY_CHOICE), /Which database\?/);
});
