import assert from "node:assert/strict";
import { beliefsOn, type DatedClaims, daysOf, eventDays, isAskedBy, isLearnedBy } from "./as_of.ts";
import { ACCEPTED, PLANNED } from "../_fixture.ts";

const EXPERIMENTS: readonly DatedClaims[] = [
  {
    id: "001",
    days: { asked: "2026-01-01", learned: "2026-01-05" },
    claims: [{ id: "001.1", text: "Syncs are half of a write." }],
  },
  {
    id: "002",
    days: { asked: "2026-01-03", learned: "2026-02-01" },
    claims: [{
      id: "002.1",
      text: "Syncs are a tenth of it.",
      edges: [{ type: "refutes", target: "001.1" }],
    }],
  },
  { id: "003", days: { asked: "2026-03-01" }, claims: [] },
];

Deno.test("beliefsOn() lets no claim speak before the day on which it was recorded", () => {
  const states = (day: string): string[] =>
    beliefsOn(EXPERIMENTS, day).map(({ claim, state }) => `${claim.id} ${state}`);
  assert.deepEqual(states("2026-01-04"), []);
  assert.deepEqual(states("2026-01-05"), ["001.1 live"]);
  assert.deepEqual(states("2026-01-31"), ["001.1 live"]);
  assert.deepEqual(states("2026-02-01"), ["001.1 refuted", "002.1 live"]);
});

Deno.test("eventDays() lists each day once, ascending", () => {
  assert.deepEqual(eventDays([...EXPERIMENTS, ...EXPERIMENTS]), [
    "2026-01-01",
    "2026-01-03",
    "2026-01-05",
    "2026-02-01",
    "2026-03-01",
  ]);
});

Deno.test("daysOf() has no day of learning for what is planned", () => {
  const days = daysOf(PLANNED, undefined);
  assert.deepEqual(days, { asked: PLANNED.date });
  assert.equal(isAskedBy(days, "2026-11-19"), false);
  assert.equal(isAskedBy(days, PLANNED.date), true);
  assert.equal(isLearnedBy(days, "9999-12-31"), false);
});

Deno.test("daysOf() takes the day of the record, and never one before the question", () => {
  assert.deepEqual(daysOf(ACCEPTED, { recordedAt: "2026-11-22T23:59:59.000Z" }).learned, "2026-11-22");
  assert.deepEqual(daysOf(ACCEPTED, { recordedAt: "2020-01-01T00:00:00.000Z" }).learned, ACCEPTED.date);
  assert.deepEqual(daysOf(ACCEPTED, undefined).learned, ACCEPTED.date);
});
