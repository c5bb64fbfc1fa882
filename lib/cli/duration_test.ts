import { strictEqual, throws } from "node:assert/strict";
import { durationText, parseDuration } from "./duration.ts";

for (const [text, ms] of [["90s", 90_000], ["5m", 300_000], ["1.5m", 90_000], ["0.01s", 10]] as const) {
  Deno.test(`parseDuration() reads ${text} as ${ms} ms`, () => strictEqual(parseDuration(text), ms));
}

for (const text of ["", "5", "0s", "-1m", "5h", "m", "1e3s", "5 m", `${"9".repeat(400)}m`]) {
  Deno.test(`parseDuration() refuses ${JSON.stringify(text.slice(0, 10))}`, () => {
    throws(() => parseDuration(text), { message: /must be a time above 0 such as 90s or 5m/ });
  });
}

for (
  const [ms, text] of [
    [0, "0 s"],
    [45_400, "45 s"],
    [59_600, "1 min"],
    [65_000, "1 min 5 s"],
    [120_000, "2 min"],
    [599_000, "9 min 59 s"],
    [629_000, "10 min"],
    [3_599_000, "1 h"],
    [3_900_000, "1 h 5 min"],
    [86_400_000, "24 h"],
  ] as const
) {
  Deno.test(`durationText() writes ${ms} ms as ${text}`, () => strictEqual(durationText(ms), text));
}
