import assert from "node:assert/strict";
import fc from "fast-check";
import { jsonLine, type JsonPath, jsonPathText, repeatedKeys } from "./json_path.ts";

Deno.test("jsonPathText() quotes keys that are no words", () => {
  assert.equal(jsonPathText(["experiments", "127", "claims", 0, "id"]), 'experiments["127"].claims[0].id');
  assert.equal(jsonPathText([]), "");
});

Deno.test("jsonLine() finds the line of a value, or of the deepest value on the way", () => {
  const text = '{\n  "a": [1, "x]", {\n    "b": "\\"}"\n  }],\n  "c": {}\n}';
  assert.equal(jsonLine(text, []), 1);
  assert.equal(jsonLine(text, ["a", 2, "b"]), 3);
  assert.equal(jsonLine(text, ["c"]), 5);
  assert.equal(jsonLine(text, ["c", "missing"]), 5);
  assert.equal(jsonLine(text, ["missing"]), 1);
  assert.equal(jsonLine(text, ["a", 7]), 2);
});

Deno.test("jsonLine() agrees with a value that is planted anywhere", () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  fc.assert(fc.property(json, json, fc.string(), (before, after, key) => {
    // No path of the generated values is as long as this key.
    const planted = `planted ${key} ${"x".repeat(40)}`;
    const document = { before: [before, { [planted]: "needle" }], after };
    const text = JSON.stringify(document, null, 2);
    const path: JsonPath = ["before", 1, planted];
    const expected = text.split("\n").findIndex((line) => line.includes(JSON.stringify(planted))) + 1;
    assert.equal(jsonLine(text, path), expected);
  }));
});

Deno.test("repeatedKeys() finds keys that their own object has twice, and the lines of the later ones", () => {
  const text = '{"a": 1,\n"b": {"c": 1, "c": 2},\n"a": [{"x": 1}, {"x": 1,\n"x": 2}]}';
  assert.deepEqual(repeatedKeys(text), [
    { path: ["b", "c"], line: 2 },
    { path: ["a"], line: 3 },
    { path: ["a", 1, "x"], line: 4 },
  ]);
});

Deno.test("repeatedKeys() finds none in what JSON.stringify() writes", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assert.deepEqual(repeatedKeys(JSON.stringify(value)), []);
  }));
});
