import { strictEqual, throws } from "node:assert/strict";
import { clockText, parseDuration } from "./duration.ts";

for (const [text, ms] of [["90s", 90_000], ["5m", 300_000], ["1.5m", 90_000], ["0.01s", 10]] as const) {
  Deno.test(`parseDuration() reads ${text} as ${ms} ms`, () => strictEqual(parseDuration(text), ms));
}

for (const text of ["", "5", "0s", "-1m", "5h", "m", "1e3s", "5 m", `${"9".repeat(400)}m`]) {
  Deno.test(`parseDuration() refuses ${JSON.stringify(text.slice(0, 10))}`, () => {
    throws(() => parseDuration(text), { message: /must be a time above 0 such as 90s or 5m/ });
  });
}

for (const [ms, text] of [[0, "0:00"], [65_000, "1:05"], [3_600_000, "1:00:00"], [59_600, "1:00"]] as const) {
  Deno.test(`clockText() writes ${ms} ms as ${text}`, () => strictEqual(clockText(ms), text));
}
