import assert from "node:assert/strict";
import fc from "fast-check";
import { distributionQuantile, summarizeSamples } from "./distribution.ts";
import { quantile, sortSamples } from "./quantile.ts";

Deno.test("summarizeSamples() keeps up to 128 samples raw, rounded, in execution order", () => {
  const samples = Array.from({ length: 128 }, (_, index) => 1000 - index + 0.4);
  const distribution = summarizeSamples(samples);
  assert.deepEqual(distribution, { count: 128, samplesNs: samples.map((value) => value - 0.4) });
});

Deno.test("summarizeSamples() sketches more samples by 65 quantiles from minimum to maximum", () => {
  const samples = Array.from({ length: 129 }, (_, index) => 128 - index);
  const distribution = summarizeSamples(Float64Array.from(samples));
  assert.deepEqual(distribution, {
    count: 129,
    sketchNs: Array.from({ length: 65 }, (_, step) => 2 * step),
  });
});

Deno.test("summarizeSamples() of nothing is an empty list that has no quantile", () => {
  const distribution = summarizeSamples([]);
  assert.deepEqual(distribution, { count: 0, samplesNs: [] });
  assert.throws(() => distributionQuantile(distribution, 0.5), RangeError);
});

Deno.test("distributionQuantile() agrees with the samples at multiples of 1/64, up to rounding", () => {
  const samples = fc.array(fc.nat(1e9), { minLength: 1, maxLength: 400 });
  fc.assert(fc.property(samples, fc.nat(64), (values, step) => {
    const distribution = summarizeSamples(values);
    const exact = quantile(sortSamples(values), step / 64);
    assert.ok(Math.abs(distributionQuantile(distribution, step / 64) - exact) <= 0.5);
  }));
});

Deno.test("distributionQuantile() of a sketch stays between the neighbouring exact quantiles", () => {
  const samples = fc.array(fc.nat(1e9), { minLength: 129, maxLength: 300 });
  fc.assert(fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (values, p) => {
    const sorted = sortSamples(values);
    const found = distributionQuantile(summarizeSamples(values), p);
    assert.ok(found >= quantile(sorted, Math.floor(p * 64) / 64) - 0.5);
    assert.ok(found <= quantile(sorted, Math.ceil(p * 64) / 64) + 0.5);
  }));
});
