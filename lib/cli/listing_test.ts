import { match, ok, strictEqual } from "node:assert/strict";
import { ADAPTERS, parseAdapter } from "../adapters/mod.ts";
import type { CellParameters, Settings } from "../model/mod.ts";
import { stoppingRule } from "../runner/mod.ts";
import { findWorkload, WORKLOADS } from "../../workloads/mod.ts";
import { describeAdapters, describeCost, describePlan, describeWorkloads } from "./listing.ts";
import { combineCells } from "./select_cells.ts";

const cells = combineCells(
  [{ workload: findWorkload("keyed-pk") }],
  ["node-sqlite", "watchlite"].map((id) => parseAdapter(id)),
  ["smoke"],
);
const [first, second] = cells.map(({ cell }) => cell.key) as [string, string];

function time(costsMs: Readonly<Record<string, number>>, stopping?: Settings["stopping"]): string {
  const settings = { cells: cells.map(({ cell }) => cell), blockCount: 9, seed: 0, timeoutMs: 1000 };
  return describePlan({
    cells,
    settings: stopping === undefined ? settings : { ...settings, stopping },
    costsMs: new Map(Object.entries(costsMs)),
  }).split("\n").at(-1)!;
}

Deno.test("describePlan() ends with the time that stored runs tell, repetitions with whole rows included", () => {
  strictEqual(time({ [first]: 1000, [second]: 5000 }), "It will take about 1 min (by stored runs)");
});

Deno.test("describePlan() takes what was never run for the mean of what was", () => {
  strictEqual(
    time({ [first]: 3000 }),
    "It will take about 1 min (a guess, as stored runs tell of 1 of 2 databases x workloads)",
  );
  match(time({}), /^It will take about 5 s \(a guess, as stored runs tell of 0 of 2 /);
});

Deno.test("describePlan() says how a budget holds the first round, or that it does not", () => {
  match(
    time({ [first]: 1000, [second]: 5000 }, stoppingRule(60_000)),
    /^It will take at most 1 min, less where intervals are narrow before; the first round of everything about 12 s/,
  );
  match(
    time({ [first]: 1000, [second]: 5000 }, stoppingRule(10_000)),
    /^It will take longer than its budget of 10 s: the first round of everything about 12 s \(by stored runs\)$/,
  );
});

Deno.test("describeAdapters() tells whether an adapter opens only when that was tried", () => {
  const [adapter] = ADAPTERS;
  strictEqual(/opens here/.test(describeAdapters([adapter!])), false);
  const reason = "no such library";
  match(
    describeAdapters([adapter!], new Map([[adapter!.id, { isAvailable: false, reason }]])),
    /opens here[^]*no such/,
  );
});

Deno.test("describeWorkloads() and describeAdapters() fit a terminal, with no word cut", () => {
  for (const text of [describeWorkloads(WORKLOADS), describeAdapters(ADAPTERS)]) {
    ok(Math.max(...text.split("\n").map((line) => line.length)) <= 130);
    ok(!text.includes("…"), text.split("\n").find((line) => line.includes("…")));
  }
});

function described(parameters: CellParameters, blockCount: number, costMs?: number): string {
  const searched = combineCells(
    [{ workload: findWorkload("fan-out") }],
    [parseAdapter("node-sqlite")],
    ["smoke"],
    [parameters],
  );
  const settings = { cells: searched.map(({ cell }) => cell), blockCount, seed: 0 } as unknown as Settings;
  const costsMs = new Map(costMs === undefined ? [] : [[searched[0]!.cell.key, costMs]]);
  return describeCost({ cells: searched, settings, costsMs });
}

Deno.test("describeCost() counts the repetitions of searches, which are only known on the way", () => {
  strictEqual(
    described({ rate: "auto" }, 1, 4000),
    "About 10 repetitions of 1 database x workload: about 40 s by stored runs and plans",
  );
  strictEqual(
    described({ rate: "auto" }, 3, 4000),
    "About 18 repetitions of 1 database x workload: about 1 min 12 s by stored runs and plans",
  );
});

Deno.test("describeCost() counts repetitions as planned where no rate is searched", () => {
  match(described({}, 2), /^3 repetitions of 1 database x workload: no stored run tells/);
  match(
    described({ rate: "100" }, 2),
    /^3 repetitions of 1 database x workload: about 8 s by stored runs and plans$/,
  );
});
