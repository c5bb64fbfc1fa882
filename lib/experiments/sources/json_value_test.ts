import assert from "node:assert/strict";
import fc from "fast-check";
import { parseJson } from "./json_value.ts";

Deno.test("parseJson() says in one line why a text is no JSON, and where", () => {
  const cases: [text: string, fault: string, line: number][] = [
    ["", "it must be JSON: Unexpected end of JSON input, at column 1", 1],
    ['{\n"a": 1,,\n}', "it must be JSON: Expected double-quoted property name, at column 8", 2],
    ['{"a": tru}', "it must be JSON: Unexpected token '}', at column 7", 1],
    ["[1,\n2 3]", "it must be JSON: Expected ',' or ']' after array element, at column 3", 2],
    ['{\n  "a": "x\n"}', "it must be JSON: Bad control character in string literal, at column 8", 2],
    ["// no comments\n{}", "it must be JSON: Unexpected token '/', at column 1", 1],
    ["\ufeff{}", "it must be JSON without a byte order mark", 1],
  ];
  for (const [text, fault, line] of cases) assert.deepEqual(parseJson(text), { fault, line }, text);
});

Deno.test("parseJson() agrees with JSON.parse(), and keeps its place inside the text", () => {
  const cut = fc.tuple(fc.json(), fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1)));
  fc.assert(fc.property(fc.oneof(fc.json(), cut, fc.string()), (text) => {
    const parsed = parseJson(text);
    if ("value" in parsed) return assert.deepEqual(parsed.value, JSON.parse(text));
    assert.throws(() => JSON.parse(text), SyntaxError);
    assert.ok(parsed.line >= 1 && parsed.line <= text.split("\n").length, text);
    assert.ok(!parsed.fault.includes("\n") || text.includes("\n"), parsed.fault);
  }));
});
