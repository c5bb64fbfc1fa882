import { deepStrictEqual } from "node:assert/strict";
import { latenessOf } from "./lateness.ts";

Deno.test("latenessOf() counts from when operations were due, without the unrecorded ones", () => {
  // The first operation is a millisecond late and not recorded; the others are 1 to 101 us late.
  const count = 102;
  const dueNs = Float64Array.from({ length: count }, (_, index) => index * 1e6);
  const startNs = dueNs.map((due, index) => due + (index === 0 ? 1e6 : index * 1000));
  const waitLateNs = new Float64Array(count).fill(500);
  waitLateNs[0] = 1e6;
  deepStrictEqual(latenessOf({ startNs, dueNs, waitLateNs }, 1000, 1), {
    ratePerSecond: 1000,
    operationCount: 101,
    toldP99Ns: 500,
    p50Ns: 51_000,
    p99Ns: 100_000,
    maxNs: 101_000,
  });
});
