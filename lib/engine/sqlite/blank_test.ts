import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { blankLength } from "./blank.ts";

Deno.test("blankLength() passes over what SQLite passes over when a text begins with it", () => {
  for (
    const [text, length] of [["", 0], ["\ufeffSELECT 1", 1], [" ;\n-- x\n;S", 9], ["/**/S", 4], [
      "/*/ */S",
      6,
    ]] as const
  ) {
    assert.equal(blankLength(text), length, JSON.stringify(text));
  }
  for (const text of ["\v", "/*", "/ ", "\u00a0", "-"]) {
    assert.equal(blankLength(text), 0, JSON.stringify(text));
  }
});

Deno.test("blankLength() takes a text for blank exactly when SQLite finds no statement in it", () => {
  using db = new DatabaseSync(":memory:");
  const part = fc.constantFrom(
    ...[
      "\ufeff",
      " ",
      "\v",
      "\f",
      "\n",
      "\r",
      "\t",
      "--",
      "-",
      "/*",
      "*/",
      "/",
      "*",
      "x",
      "\u00a0",
      "\u001c",
    ],
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 7 }), (parts) => {
      const text = ` ${parts.join("")}`;
      let isBlank = false;
      try {
        // To prepare a blank text is safe, and to ask about the statement is not: EXPLAIN of nothing is an error instead.
        db.prepare(`EXPLAIN${text}`);
      } catch (error) {
        isBlank = (error as Error).message === "incomplete input";
      }
      assert.equal(blankLength(text) === text.length, isBlank, JSON.stringify(text));
    }),
    { numRuns: 20_000 },
  );
});
