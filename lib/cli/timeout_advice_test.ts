import { strictEqual } from "node:assert/strict";
import { recordFixture } from "../testing/record_fixture.ts";
import { timeoutAdvice } from "./timeout_advice.ts";

Deno.test("timeoutAdvice() counts the failed blocks that used up their time, and no others", () => {
  const { results, settings } = recordFixture();
  const [first] = results;
  const failed = { ...first!, status: "failed" as const, reason: "Timed out", output: [] };
  const advice = (...elapsedMs: number[]) =>
    timeoutAdvice({
      settings: { ...settings, timeoutMs: 60_000 },
      results: [...elapsedMs.map((ms) => ({ ...failed, elapsedMs: ms })), { ...first!, elapsedMs: 70_000 }],
    });
  strictEqual(advice(59_000), undefined);
  strictEqual(
    advice(59_000, 60_010),
    "1 repetition was ended after 60 s: a slow database gets more time with --timeout 300, one that hangs does not need it",
  );
  strictEqual(advice(60_000, 60_127)?.startsWith("2 repetitions were ended after 60 s"), true);
});
