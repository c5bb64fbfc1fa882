import assert from "node:assert/strict";
import fc from "fast-check";
import type { Unit } from "../model/mod.ts";
import {
  formatBlocks,
  formatCount,
  formatEstimate,
  formatQuantity,
  formatRatio,
  formatRatioInterval,
  formatShare,
  formatSpread,
} from "./format.ts";

Deno.test("formatQuantity() writes values of all sizes", () => {
  const table: [value: number, unit: Unit, text: string][] = [
    [0, "ns", "0 ns"],
    [0.0004, "ns", "0.000400 ns"],
    [1e-9, "ns", "<0.000001 ns"],
    [0.093, "ns", "0.0930 ns"],
    [4.256, "ns", "4.26 ns"],
    [85, "ns", "85.0 ns"],
    [999.4, "ns", "999 ns"],
    [999.6, "ns", "1.00 us"],
    [1000, "ns", "1.00 us"],
    [15_234, "ns", "15.2 us"],
    [999_499, "ns", "999 us"],
    [999_500, "ns", "1.00 ms"],
    [12_345_678, "ns", "12.3 ms"],
    [1_500_000_000, "ns", "1.50 s"],
    [75_300_000_000, "ns", "75.3 s"],
    [1_234_567_000_000, "ns", "1,230 s"],
    [-15_234, "ns", "-15.2 us"],
    [0, "bytes", "0 B"],
    [1023, "bytes", "1,020 B"],
    [1024, "bytes", "1.00 KiB"],
    [87_400_000, "bytes", "83.4 MiB"],
    [3 * 2 ** 30, "bytes", "3.00 GiB"],
    [52_345.6, "per-second", "52,300/s"],
    [999.9, "per-second", "1,000/s"],
    [3.14159, "per-second", "3.14/s"],
    [0, "count", "0"],
    [4466, "count", "4,466"],
    [1_234_567, "count", "1,234,567"],
    [2.5, "count", "2.5"],
    [1234.56, "count", "1,235"],
    [0.7512, "ratio", "0.751"],
  ];
  for (const [value, unit, text] of table) {
    assert.equal(formatQuantity(value, unit), text, `${value} ${unit}`);
  }
});

Deno.test("formatQuantity() never writes an exponent", () => {
  const value = fc.double({ min: -1e25, max: 1e25, noNaN: true });
  const unit = fc.constantFrom<Unit>("ns", "count", "per-second", "bytes", "ratio");
  fc.assert(fc.property(value, unit, (number, of) => assert.doesNotMatch(formatQuantity(number, of), /\de/)));
});

Deno.test("formatEstimate() writes the digits that the interval carries", () => {
  const table: [value: number, distance: number, sampleCount: number, text: string][] = [
    [12_340_000, 0, 1, "12 ms"],
    [12_340_000, 0, 6, "12.3 ms"],
    [12_340_000, 490_000, 6, "12.3 ms ±4 %"],
    [12_340_000, 500_000, 6, "12 ms ±5 %"],
    [99_900, 490, 6, "99.9 us ±1 %"],
    [987_000, 60_000, 6, "990 us ±7 %"],
    [999_600, 60_000, 6, "1.0 ms ±7 %"],
    [1_234_567, 40_000, 6, "1.23 ms ±4 %"],
    [1_234_567, 60_000, 6, "1.2 ms ±5 %"],
  ];
  for (const [value, distance, sampleCount, text] of table) {
    const interval = { lower: value - distance, upper: value + distance, confidence: 0.9 };
    assert.equal(formatEstimate({ value, interval, sampleCount }, "ns"), text);
  }
});

Deno.test("formatEstimate() says how far the interval reaches", () => {
  const table: [value: number, lower: number, upper: number, unit: Unit, text: string][] = [
    [12_300_000, 12_300_000, 12_300_000, "ns", "12.3 ms"],
    [1000, 990, 1040, "ns", "1.00 us ±4 %"],
    [1000, 959.9, 1000, "ns", "1.00 us ±5 %"],
    [1000, 1000, 1000.1, "ns", "1.00 us ±1 %"],
    [1000, 700, 1999, "ns", "1.0 us (700 ns to 2.0 us)"],
    [1000, 10, 1000, "ns", "1.0 us ±99 %"],
    [0, 0, 2_000_000, "ns", "0 ns (0 ns to 2.0 ms)"],
    [118, 118, 120, "count", "118 ±2 %"],
  ];
  for (const [value, lower, upper, unit, text] of table) {
    const estimate = { value, interval: { lower, upper, confidence: 0.75 }, sampleCount: 3 };
    assert.equal(formatEstimate(estimate, unit), text);
  }
});

Deno.test("formatRatio() and formatRatioInterval() write factors", () => {
  const table: [ratio: number, text: string][] = [
    [1, "1.00x"],
    [0.9534, "0.953x"],
    [12.34, "12.3x"],
    [15_400, "15,400x"],
  ];
  for (const [ratio, text] of table) assert.equal(formatRatio(ratio), text);
  assert.equal(formatRatioInterval({ lower: 0.981, upper: 1.07, confidence: 0.9 }), "0.981x to 1.07x");
});

Deno.test("formatShare() writes per cent with at most two decimals", () => {
  const table: [share: number, text: string][] = [
    [0, "0 %"],
    [0.75, "75 %"],
    [0.9375, "93.75 %"],
    [0.9609375, "96.09 %"],
    [1, "100 %"],
  ];
  for (const [share, text] of table) assert.equal(formatShare(share), text);
});

Deno.test("formatSpread() writes the smallest, the median and the largest", () => {
  assert.equal(formatSpread([3e6, 1e6, 2e6, 4e6], "ns"), "1.00 ms / 2.50 ms / 4.00 ms");
  assert.equal(formatSpread([7], "count"), "7 / 7 / 7");
});

Deno.test("formatBlocks() names one block or several", () => {
  assert.equal(formatBlocks([1]), "repetition 1");
  assert.equal(formatBlocks([0, 2]), "repetitions 0, 2");
});

Deno.test("formatCount() groups whole numbers beyond the range of short notation", () => {
  assert.equal(formatCount(1e21), "1,000,000,000,000,000,000,000");
});
