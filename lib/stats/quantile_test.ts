import assert from "node:assert/strict";
import fc from "fast-check";
import { median, quantile, sortSamples } from "./quantile.ts";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });

Deno.test("quantile() follows Hyndman and Fan's definition 7", () => {
  // R: quantile(c(1, 3, 4, 10), c(0, .1, .25, .5, .75, .9, 1), type = 7)
  const samples = sortSamples([10, 1, 4, 3]);
  const expected: [p: number, value: number][] = [
    [0, 1],
    [0.1, 1.6],
    [0.25, 2.5],
    [0.5, 3.5],
    [0.75, 5.5],
    [0.9, 8.2],
    [1, 10],
  ];
  for (const [p, value] of expected) {
    assert.ok(Math.abs(quantile(samples, p) - value) < 1e-12, `p=${p}: ${quantile(samples, p)}`);
  }
});

Deno.test("quantile() is the sample itself when there is one", () => {
  for (const p of [0, 0.37, 1]) assert.equal(quantile(sortSamples([7]), p), 7);
});

Deno.test("quantile() stays within the samples, grows with p and ignores their order", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(fc.array(finite, { minLength: 1 }), share, share, (values, a, b) => {
    const samples = sortSamples(values);
    const low = quantile(samples, Math.min(a, b));
    const high = quantile(samples, Math.max(a, b));
    assert.ok(low <= high);
    assert.ok(low >= Math.min(...values) && high <= Math.max(...values));
    assert.equal(quantile(sortSamples(values.toReversed()), a), quantile(samples, a));
  }));
});

Deno.test("quantile() hits the order statistics exactly", () => {
  fc.assert(fc.property(fc.array(finite, { minLength: 2, maxLength: 65 }), (values) => {
    const samples = sortSamples(values);
    assert.equal(quantile(samples, 0), samples[0]);
    assert.equal(quantile(samples, 1), samples[samples.length - 1]);
    if (values.length % 2 === 1) assert.equal(median(samples), samples[(values.length - 1) / 2]);
  }));
});

Deno.test("median() is the mean of the two middle samples when their number is even", () => {
  assert.equal(median(sortSamples([4, 1, 2, 100])), 3);
});

Deno.test("quantile() rejects no samples and shares outside 0 to 1", () => {
  assert.throws(() => quantile(sortSamples([]), 0.5), {
    name: "RangeError",
    message: "Cannot take a quantile as there must be a sample: got none",
  });
  for (const p of [-0.01, 1.01, NaN]) {
    assert.throws(() => quantile(sortSamples([1]), p), {
      name: "RangeError",
      message: `Cannot take a quantile as its share must be from 0 to 1: got ${p}`,
    });
  }
});

Deno.test("sortSamples() copies, sorts as numbers and rejects what is not finite", () => {
  const values = [10, 9, 100, -1];
  assert.deepEqual([...sortSamples(values)], [-1, 9, 10, 100]);
  assert.deepEqual(values, [10, 9, 100, -1]);
  for (const bad of [NaN, Infinity, -Infinity]) {
    assert.throws(() => sortSamples([1, bad]), {
      name: "RangeError",
      message: `Cannot sort samples as all must be finite: sample 1 is ${bad}`,
    });
  }
});
