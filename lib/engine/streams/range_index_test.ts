import assert from "node:assert/strict";
import fc from "fast-check";
import { RangeIndex } from "./range_index.ts";

Deno.test("RangeIndex finds what meets a range, whatever was added and removed before", () => {
  const bound = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constantFrom(-Infinity, Infinity));
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ add: fc.integer({ min: 0, max: 300 }), lower: bound, upper: bound }),
    },
    { weight: 2, arbitrary: fc.record({ remove: fc.integer({ min: 0, max: 300 }) }) },
    { weight: 2, arbitrary: fc.record({ lower: bound, upper: bound }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600, size: "max" }), (steps) => {
      const index = new RangeIndex<number>();
      const model: { entry: number; lower: number; upper: number }[] = [];
      for (const each of steps) {
        if ("add" in each) {
          index.add(each.add, each.lower, each.upper);
          model.push({ entry: each.add, lower: each.lower, upper: each.upper });
        } else if ("remove" in each) {
          index.remove(each.remove);
          for (let i = model.length - 1; i >= 0; i--) if (model[i]!.entry === each.remove) model.splice(i, 1);
        } else if (each.lower <= each.upper) {
          const hits = new Set<number>();
          index.overlapping(each.lower, each.upper, hits);
          const expected = model.filter(({ lower, upper }) =>
            lower <= upper && lower <= each.upper && upper >= each.lower
          );
          assert.deepEqual([...hits].sort(), [...new Set(expected.map(({ entry }) => entry))].sort());
        }
      }
      assert.equal(index.size, new Set(model.map(({ entry }) => entry)).size);
    }),
    { numRuns: 60 },
  );
});
