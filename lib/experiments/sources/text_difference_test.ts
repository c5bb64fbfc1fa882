import assert from "node:assert/strict";
import { firstDifference } from "./text_difference.ts";

Deno.test("firstDifference() finds the first line that differs, missing and surplus lines included", () => {
  assert.equal(firstDifference("a\nb\n", "a\nb\n"), undefined);
  assert.deepEqual(firstDifference("a\nx\nc", "a\nb\nc"), { line: 2, text: 'it has "x", expected "b"' });
  assert.deepEqual(firstDifference("a", "a\nb"), { line: 1, text: 'it has no such line, expected "b"' });
  assert.deepEqual(firstDifference("a\nb", "a"), { line: 2, text: 'it has "b", expected no such line' });
});

Deno.test("firstDifference() cuts long lines to where they differ", () => {
  const long = "word ".repeat(30);
  assert.deepEqual(
    firstDifference(`a\n${long}x`, `a\n${long}y, and more that follows behind it, cut again`),
    {
      line: 2,
      text: `it has "…${"word ".repeat(4)}x", expected "…${
        "word ".repeat(4)
      }y, and more that follows behind it, cut …"`,
    },
  );
});
