import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { findWorkload, newestWorkloads } from "../../workloads/mod.ts";
import { loadOf, sizesUnderLoad, underLoad } from "./load_program.ts";
import { plannedOperations } from "./plan_arrivals.ts";

const fanOut = findWorkload("fan-out");
const CONTEXT = { blockIndex: 0, seed: 0 };

Deno.test("loadOf() reads the parameters of a cell, and what was chosen in their place", () => {
  deepStrictEqual(loadOf(), { process: "poisson" });
  deepStrictEqual(loadOf({ rate: "auto", arrivals: "constant" }, { rate: "133" }), {
    ratePerSecond: 133,
    process: "constant",
  });
  deepStrictEqual(loadOf({ "in-flight": "4" }), { process: "poisson", laneCount: 4 });
  deepStrictEqual(loadOf({ "in-flight": "1" }), { process: "poisson" });
});

Deno.test("underLoad() plays one phase once, with as many operations as the plan has, when there is a rate", () => {
  const load = loadOf({ rate: "1000" });
  const sizes = sizesUnderLoad(fanOut.parameters.smoke, fanOut.openLoop, load);
  const { iterations } = underLoad(fanOut.program(sizes, CONTEXT), fanOut.openLoop, load, CONTEXT);
  strictEqual(iterations.length, 1);
  const [phase] = iterations[0]!.phases;
  strictEqual(phase!.operations().length, 2500);
  strictEqual(phase!.warmupOperationCount, 500);
  strictEqual(phase!.arrivals!.ratePerSecond, 1000);
});

Deno.test("underLoad() draws other arrivals for another block and for another seed", () => {
  const load = loadOf({ rate: "10" });
  const program = fanOut.program(sizesUnderLoad(fanOut.parameters.smoke, fanOut.openLoop, load), CONTEXT);
  const contexts = [CONTEXT, { blockIndex: 1, seed: 0 }, { blockIndex: 0, seed: 1 }];
  const seeds = contexts.map((context) =>
    underLoad(program, fanOut.openLoop, load, context).iterations[0]!.phases[0]!.arrivals!.seed
  );
  strictEqual(new Set(seeds).size, 3);
});

Deno.test("underLoad() keeps all phases and their pacing when only operations in flight are asked", () => {
  const program = fanOut.program(fanOut.parameters.smoke, CONTEXT);
  const { iterations } = underLoad(program, undefined, loadOf({ "in-flight": "4" }), CONTEXT);
  strictEqual(iterations.length, program.iterations.length);
  deepStrictEqual(iterations[1]!.phases[0]!.pacing, program.iterations[1]!.phases[0]!.pacing);
  strictEqual(iterations[1]!.phases[0]!.laneCount, 4);
  strictEqual(underLoad(program, undefined, loadOf(), CONTEXT), program);
});

Deno.test("sizesUnderLoad() refuses a rate when the workload does not say how", () => {
  throws(() => sizesUnderLoad({}, undefined, loadOf({ rate: "10" })), {
    name: "RangeError",
    message: "Cannot ask a workload at a rate as it must say how: it has no openLoop",
  });
});

Deno.test("underLoad() plays one phase with as many operations as planned when a workload can be asked at a rate", () => {
  const load = loadOf({ rate: "20" });
  for (const { id, openLoop, closedLoopReason, parameters, program } of newestWorkloads()) {
    strictEqual(openLoop === undefined, closedLoopReason !== undefined, `${id} says how, or why not`);
    if (openLoop === undefined) continue;
    const sizes = sizesUnderLoad(parameters.smoke, openLoop, load);
    const { iterations } = underLoad(program(sizes, CONTEXT), openLoop, load, CONTEXT);
    strictEqual(iterations.length, 1);
    strictEqual(iterations[0]!.phases[0]!.operations().length, plannedOperations(20), id);
  }
});
