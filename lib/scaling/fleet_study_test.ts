import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { inTempFolder } from "../testing/temp_folder.ts";
import type { BenchFacts } from "./bench_facts.ts";
import { makeFleetStudy, mostRequestsPerSecond, parseFleetStudy, storeFleetStudy } from "./fleet_study.ts";

const FACTS: BenchFacts = {
  measuredAt: "2026-11-28T15:28:58.044Z",
  environment: { machineId: "0123456789abcdef", cpuModel: "CPU", coreCount: 2, deno: "2.9.6" },
  host: { load1m: 0.5, cpuPressureShare: 0.1 },
};
const FILE = "2026-11-28T15-28-58.json";

const STUDY = makeFleetStudy(FACTS, {
  load: "--workload keyed-pk",
  one: { workerCount: 1, roundCount: 3, makespanMs: 3100, roundTimesMs: [1000, 1010, 990] },
  several: { workerCount: 3, roundCount: 3, makespanMs: 1240, roundTimesMs: [1000, 1200, 990] },
  requests: [
    { clientCount: 1, requestCount: 10, requestsPerSecond: 100, latencyMs: 10 },
    { clientCount: 2, requestCount: 20, requestsPerSecond: 160, latencyMs: 12.5 },
  ],
});

Deno.test("makeFleetStudy() computes speedup and simulation from what was measured", () => {
  strictEqual(STUDY.measured.speedup, 2.5);
  strictEqual(mostRequestsPerSecond(STUDY.requests), 160);
  deepStrictEqual(STUDY.simulated.map(({ divisor, medianRoundMs }) => [divisor, medianRoundMs]), [
    [1, 1000],
    [10, 100],
    [100, 10],
  ]);
  // Rounds of a hundredth wait for the queue more, so that fewer workers are of use.
  const scales = STUDY.simulated.map(({ scalesTo }) => scalesTo);
  deepStrictEqual(scales, scales.toSorted((a, b) => b - a));
});

Deno.test("storeFleetStudy() writes what parseFleetStudy() accepts", () =>
  inTempFolder((folder) => {
    const file = storeFleetStudy(folder, STUDY);
    strictEqual(file.endsWith(`/fleet/${FILE}`), true);
    deepStrictEqual(parseFleetStudy(Deno.readTextFileSync(file), file), STUDY);
    return Promise.resolve();
  }));

Deno.test("parseFleetStudy() refuses numbers that do not follow from what was measured", () => {
  const refused = (change: (study: typeof STUDY) => unknown, rule: RegExp, file = FILE): void => {
    throws(() => parseFleetStudy(JSON.stringify(change(structuredClone(STUDY))), file), {
      name: "RecordFormatError",
      message: rule,
    });
  };
  throws(() => parseFleetStudy("{", FILE), /it must be JSON/);
  refused((study) => study, /its name must be that of its moment: 2026-11-28T15-28-58\.json/, "other.json");
  refused((study) => ({ ...study, extra: 1 }), /must be sound/);
  refused(
    ({ measured, ...study }) => ({ ...study, measured: { ...measured, speedup: 2.98 } }),
    /quotient of its runs, 2\.5: got 2\.98/,
  );
  refused((study) => ({ ...study, leastEfficiency: 0.5 }), /"leastEfficiency" must be 0\.9: got 0\.5/);
  refused((study) => {
    study.measured.runs[0]!.roundTimesMs.pop();
    return study;
  }, /a time for each of 3 rounds: got 2/);
  refused((study) => {
    study.measured.runs[0]!.workerCount = 2;
    return study;
  }, /must begin with one worker: got 2/);
  refused((study) => {
    study.requests[1]!.requestsPerSecond = 161;
    return study;
  }, /"simulated" must be what the simulation gives/);
  refused((study) => {
    study.simulated[2]!.outcomes[3]!.speedup *= 1.0001;
    return study;
  }, /"simulated" must be what the simulation gives/);
});
