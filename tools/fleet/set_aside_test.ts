import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import type { Environment } from "../../lib/model/mod.ts";
import { judgeMachines, type KnownMachine } from "./set_aside.ts";

const ENVIRONMENT: Environment = {
  cpuModel: "Model A",
  coreCount: 8,
  memoryBytes: 2 ** 34,
  os: "linux x86_64 6.1",
  deno: "2.9.6",
  v8: "14",
  sqlite: "3.50.0",
  machineId: "aaaa",
  isCi: false,
};

function machine(
  name: string,
  anchorsMs: readonly number[],
  more: Partial<Omit<KnownMachine, "rounds">> & { readonly skipped?: readonly [string, string][] } = {},
): KnownMachine {
  const { skipped = [], ...rest } = more;
  const rounds = anchorsMs.map((ms, index) => ({
    startedAt: new Date(index * 60_000).toISOString(),
    anchorNs: ms * 1e6,
    skipped: new Map(skipped),
  }));
  return { name, environment: ENVIRONMENT, ...rest, rounds };
}

function asides(machines: readonly KnownMachine[]): Record<string, string | undefined> {
  return Object.fromEntries(judgeMachines(machines).map(({ machine, aside }) => [machine.name, aside]));
}

Deno.test("judgeMachines() leaves machines alone that scatter as blocks do", () => {
  const near = [machine("a", [100, 112, 95, 104, 99, 108]), machine("b", [110, 90, 121, 105, 100, 97])];
  deepStrictEqual(asides(near), { a: undefined, b: undefined });
  deepStrictEqual(judgeMachines(near).map(({ anchorNs }) => anchorNs), [102e6, 102.5e6]);
});

Deno.test("judgeMachines() sets aside another kind of machine, however many of them there are", () => {
  const other = { environment: { ...ENVIRONMENT, cpuModel: "Model B", machineId: "bbbb" } };
  const found = asides([
    machine("a", [100, 100, 100, 100]),
    machine("b", [100], other),
    machine("c", [100], other),
  ]);
  strictEqual(found["a"], undefined);
  match(found["b"]!, /Model A.*this is Model B/);
  match(found["c"]!, /this is Model B/);
});

Deno.test("judgeMachines() sets aside another runtime, another calibration and a machine that cannot run a cell", () => {
  const found = asides([
    machine("a", [100, 100, 100], { calibration: "1".repeat(64) }),
    machine("b", [100], { calibration: "2".repeat(64) }),
    machine("c", [100]),
    machine("d", [100], {
      calibration: "1".repeat(64),
      skipped: [["keyed-pk/pglite", "it is not installed"]],
    }),
    machine("e", [100], { environment: { ...ENVIRONMENT, deno: "2.9.7" }, calibration: "1".repeat(64) }),
  ]);
  strictEqual(found["a"], undefined);
  match(found["b"]!, /calibration 111111111111: this has 222222222222/);
  match(found["c"]!, /this has none/);
  match(found["d"]!, /cannot run keyed-pk\/pglite, which others ran: it is not installed/);
  match(found["e"]!, /Deno 2\.9\.7/);
});

Deno.test("judgeMachines() sets aside a machine that changed while it worked, even alone with the most rounds", () => {
  const found = asides([machine("a", [100, 100, 100], { hasChanged: true }), machine("b", [100])]);
  match(found["a"]!, /changed while it worked/);
  strictEqual(found["b"], undefined);
});

Deno.test("judgeMachines() keeps a cell that no machine can run", () => {
  const skipped: [string, string][] = [["keyed-pk/pglite", "it is not installed"]];
  deepStrictEqual(asides([machine("a", [100], { skipped }), machine("b", [100], { skipped })]), {
    a: undefined,
    b: undefined,
  });
});

Deno.test("judgeMachines() sets aside the machine whose anchor is far from that of most, slower or faster", () => {
  const most = [machine("b", [100, 101]), machine("c", [98, 104])];
  match(asides([machine("a", [160, 162]), ...most])["a"]!, /within 25 % of 10\d\.\d ms: it is 161\.0 ms/);
  match(asides([machine("a", [60, 62]), ...most])["a"]!, /it is 61\.0 ms/);
  deepStrictEqual(
    Object.values(asides([machine("a", [160, 162]), ...most])).filter((one) => one === undefined).length,
    2,
  );
});

Deno.test("judgeMachines() keeps the machine with more rounds where two are unlike each other", () => {
  const found = asides([machine("a", [100]), machine("b", [200, 200])]);
  strictEqual(found["b"], undefined);
  match(found["a"]!, /it is 100\.0 ms/);
});

Deno.test("judgeMachines() sets aside a machine that drifts, and needs six rounds for that", () => {
  const steady = machine("a", [100, 100, 100, 100, 100, 100]);
  match(asides([steady, machine("b", [90, 91, 95, 100, 112, 115])])["b"]!, /1\.25 times as long/);
  deepStrictEqual(asides([steady, machine("b", [90, 91, 112, 115, 113])]), { a: undefined, b: undefined });
});

Deno.test("judgeMachines() says the same whatever the order of machines and rounds", () => {
  const machines = [
    machine("a", [100, 101]),
    machine("b", [170, 171]),
    machine("c", [90, 91, 95, 100, 112, 115]),
  ];
  const turned = machines.map((one) => ({ ...one, rounds: one.rounds.toReversed() })).toReversed();
  deepStrictEqual(asides(turned), asides(machines));
});
