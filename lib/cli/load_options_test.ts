import { deepStrictEqual, doesNotThrow, throws } from "node:assert/strict";
import { findWorkload } from "../../workloads/mod.ts";
import { loadVariants, openLoopWorkloads, requireLoad } from "./load_options.ts";

const NOTHING = { rate: undefined, arrivals: undefined, inFlight: undefined, pacing: undefined };

function named(...ids: readonly string[]) {
  return ids.map((id) => ({ workload: findWorkload(id) }));
}

Deno.test("loadVariants() is one variant without parameters when nothing was typed", () => {
  deepStrictEqual(loadVariants(NOTHING), [{}]);
  deepStrictEqual(loadVariants({ ...NOTHING, pacing: "4" }), [{ pacing: "4" }]);
});

Deno.test("loadVariants() combines rates and numbers in flight, each once", () => {
  deepStrictEqual(loadVariants({ ...NOTHING, rate: "100/s, 10,100", inFlight: "1,4" }), [
    { rate: "100", "in-flight": "1" },
    { rate: "10", "in-flight": "1" },
    { rate: "100", "in-flight": "4" },
    { rate: "10", "in-flight": "4" },
  ]);
});

Deno.test("loadVariants() names a process only when it is not the default", () => {
  deepStrictEqual(loadVariants({ ...NOTHING, rate: "auto", arrivals: "poisson" }), [{ rate: "auto" }]);
  deepStrictEqual(loadVariants({ ...NOTHING, rate: "10", arrivals: "constant" }), [
    { arrivals: "constant", rate: "10" },
  ]);
});

const REFUSED: readonly [what: string, typed: Readonly<Record<string, string>>, message: RegExp][] = [
  [
    "a rate of 0",
    { rate: "0" },
    /^Cannot ask at "0" as a rate must be from 1 to 100000 operations per second/,
  ],
  ["a negative rate", { rate: "-5" }, /^Cannot ask at "-5" as a rate/],
  ["no number", { rate: "NaN" }, /^Cannot ask at "NaN" as a rate/],
  ["a rate beyond all databases", { rate: "1e12" }, /^Cannot ask at "1e12" as a rate/],
  ["a misspelt search", { rate: "atuo" }, /^Cannot ask at "atuo" \(did you mean "auto"\?\) as a rate/],
  ["a search beside rates", { rate: "auto,100" }, /^Cannot search a rate and ask others/],
  ["no rate at all", { rate: "," }, /^Cannot choose as a rate must be named where --rate is given/],
  ["arrivals without a rate", { arrivals: "constant" }, /^Cannot space arrivals as a rate must be given/],
  [
    "an unknown process",
    { rate: "10", arrivals: "poison" },
    /"poison" \(did you mean "poisson"\?\): they are poisson or constant$/,
  ],
  ["a rate beside a pacing", { rate: "10", pacing: "4" }, /^Cannot combine --rate with --pacing/],
  ["none in flight", { inFlight: "0" }, /^Cannot keep "0" operations in flight/],
  ["half a lane", { inFlight: "1.5" }, /^Cannot keep "1.5" operations in flight/],
  ["a thousand in flight", { inFlight: "1000" }, /from 1 to 256$/],
];

for (const [what, typed, message] of REFUSED) {
  Deno.test(`loadVariants() refuses ${what}`, () => {
    throws(() => loadVariants({ ...NOTHING, ...typed }), { name: "UsageError", message });
  });
}

Deno.test("requireLoad() refuses a rate with the reason when a workload cannot be asked at one", () => {
  throws(() => requireLoad(named("fan-out", "cold-start"), ["smoke"], [{ rate: "10" }], 120_000), {
    name: "UsageError",
    message:
      'Cannot ask workload "cold-start" at a rate as its phases are starts of a process, without operations',
  });
});

Deno.test("requireLoad() refuses a rate and names who can when a workload does not say how it is asked", () => {
  const { openLoop: _, ...mute } = findWorkload("fan-out");
  throws(() => requireLoad([{ workload: mute }], ["smoke"], [{ rate: "10" }], 120_000), {
    name: "UsageError",
    message: /^Cannot ask workload "fan-out" at a rate as it must say which .* are chat-sim, feed-paging, /,
  });
});

Deno.test("requireLoad() refuses a rate whose plan is longer than a block may be", () => {
  throws(() => requireLoad(named("fan-out"), ["smoke"], [{ rate: "2" }], 60_000), {
    name: "UsageError",
    message: "Cannot ask at 2/s as a block must end in time: its plan alone takes 60 s, and --timeout is 60",
  });
});

Deno.test("requireLoad() refuses more in flight than there are results of their own", () => {
  const [five, six] = [{ "in-flight": "5" }, { "in-flight": "6" }];
  doesNotThrow(() => requireLoad(named("fan-out"), ["smoke"], [five], 120_000));
  throws(() => requireLoad(named("fan-out"), ["smoke"], [six], 120_000), {
    name: "UsageError",
    message:
      'Cannot keep 6 operations of phase "burst" of workload "fan-out" at scale smoke in flight as what ' +
      "every result has to show must stay known: of its 30 operations 5 at most are seen by none in common",
  });
  throws(
    () => requireLoad(named("sync-burst"), ["smoke"], [{ "in-flight": "2" }], 120_000),
    /all are seen by one result$/,
  );
});

Deno.test("openLoopWorkloads() are those whose writes are seen", () => {
  deepStrictEqual(openLoopWorkloads(), ["sync-burst", "fan-out", "overlap"]);
});
