import assert from "node:assert/strict";
import fc from "fast-check";
import { ALARM_LEVEL, alarmLevelAt, lookSchedule } from "./looks.ts";

Deno.test("lookSchedule() grows by half and ends with the most", () => {
  assert.deepEqual(lookSchedule(10, 20), [10, 15, 20]);
  assert.deepEqual(lookSchedule(6, 40), [6, 9, 14, 21, 32, 40]);
  assert.deepEqual(lookSchedule(4, 4), [4]);
  assert.deepEqual(lookSchedule(10, 11), [10, 11]);
});

Deno.test("lookSchedule() and alarmLevelAt() never spend more than the level", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 200 }), (least, more) => {
    const looks = lookSchedule(least, least + more);
    assert.equal(looks[0], least);
    assert.equal(looks.at(-1), least + more);
    assert.ok(looks.every((look, index) => index === 0 || look > looks[index - 1]!));
    const spent = looks.reduce((sum, look) => sum + alarmLevelAt(look, looks), 0);
    assert.ok(spent <= ALARM_LEVEL * (1 + 1e-12), `${spent}`);
  }));
});

Deno.test("alarmLevelAt() gives a single look everything, and an early end what the last look has", () => {
  assert.equal(alarmLevelAt(4, [4]), ALARM_LEVEL);
  assert.equal(alarmLevelAt(10, [10, 15, 20]), ALARM_LEVEL / 4);
  assert.equal(alarmLevelAt(20, [10, 15, 20]), ALARM_LEVEL / 2);
  assert.equal(alarmLevelAt(12, [10, 15, 20]), ALARM_LEVEL / 2);
});

Deno.test("lookSchedule() refuses rounds that are not whole or reversed", () => {
  assert.throws(() => lookSchedule(5, 4), /1 <= least <= most: got 5 and 4/);
  assert.throws(() => lookSchedule(0, 4), RangeError);
  assert.throws(() => lookSchedule(1.5, 4), RangeError);
});
