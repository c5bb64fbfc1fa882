import assert from "node:assert/strict";
import fc from "fast-check";
import { type Area, placeLabels, type PointLabel } from "./point_labels.ts";

const AREA: Area = { left: 0, top: 0, right: 600, bottom: 240 };

function boxOf({ x, y, anchor }: PointLabel, width: number): Area {
  const left = anchor === "start" ? x : x - width;
  return { left, right: left + width, top: y - 10, bottom: y + 3 };
}

Deno.test("placeLabels() puts a lone name to the right of its point, and to the left at the right edge", () => {
  assert.deepEqual(placeLabels([[100, 100]], () => 50, AREA), [
    { x: 111, y: 104, anchor: "start", isFar: false },
  ]);
  assert.deepEqual(placeLabels([[590, 100]], () => 50, AREA), [
    { x: 579, y: 104, anchor: "end", isFar: false },
  ]);
});

Deno.test("placeLabels() moves names apart where points are in one place, and leaves out what finds none", () => {
  const points = Array.from({ length: 60 }, () => [300, 120] as const);
  const labels = placeLabels(points, () => 80, AREA);
  assert.ok(labels.some((label) => label?.isFar));
  assert.ok(labels.some((label) => label === undefined));
});

Deno.test("placeLabels() never lets names meet each other or leave the area", () => {
  const point = fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 240 }));
  fc.assert(
    fc.property(fc.array(point, { maxLength: 25 }), fc.integer({ min: 5, max: 200 }), (points, width) => {
      const boxes = placeLabels(points, () => width, AREA).flatMap((label) =>
        label === undefined ? [] : [boxOf(label, width)]
      );
      for (const [index, a] of boxes.entries()) {
        for (const [x, y] of points) {
          assert.ok(a.right <= x - 8 || x + 8 <= a.left || a.bottom <= y - 8 || y + 8 <= a.top);
        }
        assert.ok(a.left >= 0 && a.right <= 600 && a.top >= 0 && a.bottom <= 240);
        for (const b of boxes.slice(index + 1)) {
          assert.ok(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top);
        }
      }
    }),
  );
});
