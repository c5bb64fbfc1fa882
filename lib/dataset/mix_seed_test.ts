import assert from "node:assert/strict";
import fc from "fast-check";
import { mixSeed } from "./mix_seed.ts";

Deno.test("mixSeed() leaves the published seed when the run's seed is 0", () => {
  assert.equal(mixSeed(0xB16B00B5, 0), 0xB16B00B5);
});

Deno.test("mixSeed() keeps the generators of a workload apart when the run's seed is small", () => {
  const published = [0xFEED, 0xFEED ^ 0xDEAD, 0x5EED, 0x5EED ^ 0xABC, 0x5EED ^ 0xDEF, 0xBEEF, 0xCAFEF0];
  const seen = new Set<number>();
  for (let seed = 0; seed < 1000; seed++) {
    for (const base of published) seen.add(mixSeed(base, seed));
  }
  assert.equal(seen.size, 1000 * published.length);
});

Deno.test("mixSeed() gives an unsigned 32-bit number, and another one per seed, when seeds are safe integers", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (seed) => {
      const mixed = mixSeed(0xBEEF, seed);
      assert.equal(mixed, mixed >>> 0);
      assert.equal(mixed, mixSeed(0xBEEF, seed));
      if (seed !== 0) assert.notEqual(mixed, 0xBEEF);
    }),
    { examples: [[0x1_0000_0000], [-1]] },
  );
});
