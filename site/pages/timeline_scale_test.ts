import assert from "node:assert/strict";
import fc from "fast-check";
import { TimeScale } from "./timeline_scale.ts";

function scale(endUs = 100_000, earliestUs = 0): TimeScale {
  const made = new TimeScale(endUs, earliestUs);
  made.place(100, 1000);
  return made;
}

Deno.test("TimeScale.at() is the time that x() puts there", () => {
  const one = scale();
  for (const us of [0, 1, 50_000, 100_000]) assert.ok(Math.abs(one.at(one.x(us)) - us) < 1e-6);
  assert.equal(one.at(-5), one.fromUs);
  assert.equal(one.at(5000), one.toUs);
});

Deno.test("TimeScale.zoom() leaves the time around which it zooms where it is", () => {
  const one = scale();
  const before = one.x(30_000);
  one.zoom(0.25, 30_000);
  assert.ok(Math.abs(one.x(30_000) - before) < 1e-6);
  assert.ok(one.isZoomed);
  one.reset();
  assert.ok(!one.isZoomed);
});

Deno.test("TimeScale pans back to first results that came before the first operation, and no further", () => {
  const one = scale(100_000, -50_000);
  assert.ok(one.fromUs > -2000);
  for (let step = 0; step < 100; step++) one.pan(-0.5);
  assert.ok(one.fromUs <= -50_000 && one.fromUs > -53_000);
});

Deno.test("TimeScale never leaves its limits, whatever is done", () => {
  const act = fc.oneof(
    fc.record({
      kind: fc.constant("zoom" as const),
      a: fc.double({ min: 0.01, max: 100, noNaN: true }),
      b: fc.integer(),
    }),
    fc.record({
      kind: fc.constant("pan" as const),
      a: fc.double({ min: -3, max: 3, noNaN: true }),
      b: fc.constant(0),
    }),
    fc.record({ kind: fc.constant("show" as const), a: fc.integer(), b: fc.integer() }),
  );
  fc.assert(
    fc.property(fc.array(act), fc.nat(1e8), fc.integer({ min: -1e7, max: 0 }), (acts, endUs, earliestUs) => {
      const one = scale(endUs, earliestUs);
      const [home, room] = [one.toUs, one.toUs - Math.max(10, endUs)];
      for (const { kind, a, b } of acts) {
        if (kind === "zoom") one.zoom(a, Math.min(home, Math.max(0, b)));
        else if (kind === "pan") one.pan(a);
        else one.show(Math.min(a, b), Math.max(a, b));
        assert.ok(one.fromUs >= Math.min(-room, earliestUs - room) - 1e-3 && one.toUs <= home + 1e-3);
        assert.ok(one.toUs - one.fromUs >= 9.99);
        const { length } = one.ticks();
        assert.ok(length > 0 && length < 20, `${length} ticks`);
      }
    }),
  );
});

Deno.test("TimeScale.ticks() are told apart however far one has zoomed in", () => {
  const one = scale(8_000_000);
  assert.deepEqual(one.ticks().slice(0, 3).map(({ text }) => text), ["0", "1 s", "2 s"]);
  one.show(43_120, 43_180);
  const texts = one.ticks().map(({ text }) => text);
  assert.equal(new Set(texts).size, texts.length);
  assert.match(texts[0]!, /^43\.1[0-9]+ ms$/);
  one.show(120, 180);
  assert.match(one.ticks()[0]!.text, /^\d+ us$/);
});
