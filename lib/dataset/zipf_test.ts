import assert from "node:assert/strict";
import { ZipfSampler } from "./zipf.ts";

function draw(seed: number, count: number): number[] {
  const sampler = new ZipfSampler(100, 1, seed);
  return Array.from({ length: count }, () => sampler.next());
}

Deno.test("ZipfSampler.next() draws the published ranks when the seeds are those of chat-sim", () => {
  assert.deepEqual(draw(0x5EED, 10), [0, 4, 5, 2, 5, 20, 0, 10, 16, 0]);
  assert.deepEqual(draw(0x5EED ^ 0xABC, 10), [11, 86, 2, 91, 9, 30, 29, 19, 14, 0]);
});

Deno.test("ZipfSampler.next() realises the published counts when 10,000 ranks are drawn", () => {
  const counts = new Array<number>(100).fill(0);
  for (const rank of draw(0x5EED ^ 0xABC, 10_000)) counts[rank]! += 1;
  assert.deepEqual(counts.slice(0, 5), [1892, 958, 616, 469, 418]);
  assert.equal(Math.min(...counts), 14);
});

Deno.test("ZipfSampler.next() draws the only rank when there is one", () => {
  const sampler = new ZipfSampler(1, 1, 7);
  assert.deepEqual([sampler.next(), sampler.next()], [0, 0]);
});

Deno.test("new ZipfSampler() throws when there is no rank", () => {
  assert.throws(() => new ZipfSampler(0, 1, 7), { name: "RangeError", message: /current value is 0$/ });
});
