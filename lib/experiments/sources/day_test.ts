import assert from "node:assert/strict";
import { parseDay } from "./day.ts";

Deno.test("parseDay() counts days that exist, and no others", () => {
  assert.equal(parseDay("1970-01-02"), 1);
  assert.equal(parseDay("2024-03-01")! - parseDay("2024-02-28")!, 2);
  for (
    const text of ["2023-02-29", "2024-13-01", "2024-00-10", "2024-1-01", "24-01-01", "2024-01-01T00:00", ""]
  ) {
    assert.equal(parseDay(text), undefined, text);
  }
});
