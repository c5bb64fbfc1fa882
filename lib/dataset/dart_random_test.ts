import assert from "node:assert/strict";
import fc from "fast-check";
import { DartRandom } from "./dart_random.ts";

function draw(seed: number, max: number, count: number): number[] {
  const random = new DartRandom(seed);
  return Array.from({ length: count }, () => random.nextInt(max));
}

Deno.test("DartRandom.nextInt() draws the published numbers when the seeds are those of the workloads", () => {
  const golden: [seed: number, max: number, numbers: number[]][] = [
    [0xBEEF, 10_000, [8023, 5591, 9696, 9553, 5128, 1988, 8438, 7577, 8185, 4901]],
    [0xCAFEF0, 10_000, [6650, 4115, 4029, 4226, 446, 4389, 3176, 8430, 4676, 6485]],
    [0xFEED ^ 0xDEAD, 100_000, [95082, 76997, 85925, 2388, 85826, 45813, 1064, 51279, 2325, 47216]],
    [0xFEED, 500, [431, 309, 17, 368, 231, 488, 337, 232, 283, 148]],
    [0x5EED, 100, [67, 78, 7, 73, 72, 14, 4, 37, 46, 0]],
    [0x5EED ^ 0xDEF, 500, [22, 130, 335, 348, 275, 222, 381, 485, 316, 175]],
    [0xB16B00B5, 5_000_000, [4447239, 15067, 313232, 4519266, 474019]],
  ];
  for (const [seed, max, numbers] of golden) assert.deepEqual(draw(seed, max, numbers.length), numbers);
});

Deno.test("DartRandom agrees with the definition in 64-bit integers when seed and limit are arbitrary", () => {
  // The straightforward form, too slow for traffic and free of the splitting that the fast form needs.
  class Definition {
    state: bigint;
    constructor(seed: number) {
      const mask = (1n << 64n) - 1n;
      let n = BigInt(seed) & mask;
      n = (~n + (n << 21n)) & mask;
      n ^= n >> 24n;
      n = (n * 265n) & mask;
      n ^= n >> 14n;
      n = (n * 21n) & mask;
      n ^= n >> 28n;
      n = (n + (n << 31n)) & mask;
      this.state = n === 0n ? 0x5a17n : n;
      for (let i = 0; i < 4; i++) this.step();
    }
    step(): bigint {
      this.state = 0xffff_da61n * (this.state & 0xffff_ffffn) + (this.state >> 32n);
      return this.state & 0xffff_ffffn;
    }
    nextInt(max: number): number {
      const limit = BigInt(max);
      if ((limit & (limit - 1n)) === 0n) return Number(this.step() & (limit - 1n));
      let low: bigint;
      do low = this.step(); while (low - low % limit + limit > 1n << 32n);
      return Number(low % limit);
    }
  }
  fc.assert(fc.property(
    fc.maxSafeInteger(),
    fc.oneof(fc.integer({ min: 1, max: 2 ** 32 }), fc.nat(32).map((exponent) => 2 ** exponent)),
    (seed, max) => {
      const fast = new DartRandom(seed);
      const slow = new Definition(seed);
      for (let i = 0; i < 20; i++) assert.equal(fast.nextInt(max), slow.nextInt(max));
      assert.equal(fast.nextDouble(), (slow.nextInt(2 ** 26) * 2 ** 27 + slow.nextInt(2 ** 27)) / 2 ** 53);
    },
  ));
});

Deno.test("DartRandom.nextInt() throws when the limit is out of range", () => {
  const random = new DartRandom(1);
  for (const max of [0, -1, 1.5, 2 ** 32 + 1, NaN]) {
    assert.throws(() => random.nextInt(max), {
      name: "RangeError",
      message: new RegExp(`current value is ${max}$`),
    });
  }
});

Deno.test("new DartRandom() throws when the seed is not a safe integer", () => {
  for (const seed of [0.5, 2 ** 53, Infinity]) {
    assert.throws(() => new DartRandom(seed), { name: "RangeError", message: /safe integer/ });
  }
});
