import assert from "node:assert/strict";
import { expectRows, sameRows, shown } from "./expect.ts";

Deno.test("sameRows() ignores prototypes and the order of columns, not the order of rows", () => {
  const bare = Object.assign(Object.create(null), { b: "x", a: 1 });
  assert.ok(sameRows([bare], [{ a: 1, b: "x" }]));
  assert.ok(!sameRows([{ a: 1 }, { a: 2 }], [{ a: 2 }, { a: 1 }]));
});

Deno.test("sameRows() tells values apart that look alike", () => {
  assert.ok(!sameRows([{ a: 1 }], [{ a: "1" }]));
  assert.ok(!sameRows([{ a: null }], [{}]));
  assert.ok(!sameRows([{ a: null }], [{ a: undefined as never }]));
  assert.ok(!sameRows([{ a: null }], [{ a: "null" }]));
  assert.ok(sameRows([{ a: 5n }], [{ a: 5 }]));
  assert.ok(!sameRows([{ a: 2n ** 60n }], [{ a: 2 ** 60 }]));
});

Deno.test("expectRows() says what was expected and what came", () => {
  assert.throws(() => expectRows([], [{ a: 1 }], "A read"), {
    message: 'A read: expected [{"a":1}], got []',
  });
});

Deno.test("shown() cuts long results and tells their length", () => {
  assert.match(shown(Array.from({ length: 100 }, (_, id) => ({ id }))), /\.\.\. \(100 rows\)$/);
});
