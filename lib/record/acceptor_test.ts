import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { recordFixture } from "../testing/record_fixture.ts";
import { arbitraryBlocks } from "./_arbitraries.ts";
import { acceptorOf } from "./acceptor.ts";
import { blockSchema, headerSchema } from "./schema.ts";

Deno.test("acceptorOf() says yes to sound blocks and headers without asking zod", () => {
  const accepts = acceptorOf(blockSchema);
  fc.assert(fc.property(arbitraryBlocks, (blocks) => blocks.every(accepts)));
  const { results, ...header } = recordFixture();
  assert.ok(results.every(accepts));
  assert.ok(acceptorOf(headerSchema)(header));
});

/** Parsed JSON with one of its places replaced. */
function changedAt(json: unknown, place: number, by: unknown): unknown {
  let seen = 0;
  return JSON.parse(JSON.stringify(json), (_key, value) => seen++ === place ? by : value);
}

Deno.test("acceptorOf() never says yes to what the schema refuses, whatever place is changed", () => {
  const strange = fc.oneof(
    fc.constantFrom(null, true, "", "x", -1, 0.5, 2 ** 60, NaN, "converged", "skipped", [], {}, [[]], ["1"]),
    fc.constant(JSON.parse('{"__proto__": 1}')),
    fc.jsonValue(),
  );
  const { results, ...header } = recordFixture();
  for (const [schema, sound] of [[blockSchema, results], [headerSchema, [header]]] as const) {
    const accepts = acceptorOf(schema);
    fc.assert(
      fc.property(fc.constantFrom(...sound), fc.nat({ max: 400 }), strange, (value, place, by) => {
        const changed = changedAt(value, place, by);
        assert.equal(accepts(changed) && !schema.safeParse(changed).success, false, JSON.stringify(changed));
      }),
      { numRuns: 2000 },
    );
  }
});

Deno.test("acceptorOf() leaves to zod what it does not know", () => {
  const schema = z.strictObject({
    even: z.number().refine((value) => value % 2 === 0),
    either: z.union([z.string(), z.number()]),
    loose: z.object({ a: z.string() }),
    named: z.partialRecord(z.enum(["a", "b"]), z.number()),
  });
  const sound = { even: 2, either: 1, loose: { a: "", b: 1 }, named: { a: 1 } };
  const accepts = acceptorOf(schema);
  assert.ok(accepts(sound));
  for (const wrong of [{ even: 3 }, { either: true }, { loose: {} }, { named: { c: 1 } }, { more: 1 }]) {
    assert.ok(!accepts({ ...sound, ...wrong }), JSON.stringify(wrong));
  }
});
