import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { DigestLists } from "./digest_lists.ts";

Deno.test("DigestLists.list() gives what was written, in whatever piece of memory it lies", () => {
  const lists = new DigestLists(1);
  const lengths = [3, 0, 8192, 1, 20_000, 5, 8190, 2, 0, 1];
  for (const [number, length] of lengths.entries()) {
    const from = lists.open(length);
    for (let place = 0; place < length; place++) lists.piece[from + place] = number * 100_000 + place;
  }
  strictEqual(lists.count, lengths.length);
  for (const [number, length] of lengths.entries()) {
    deepStrictEqual(
      lists.list(number),
      Float64Array.from({ length }, (_, place) => number * 100_000 + place),
    );
  }
});
