import { match, strictEqual } from "node:assert/strict";
import { parseAdapter } from "../adapters/mod.ts";
import type { CellParameters, Settings } from "../model/mod.ts";
import { findWorkload } from "../../workloads/mod.ts";
import { describeCost } from "./listing.ts";
import { combineCells } from "./select_cells.ts";

function described(parameters: CellParameters, blockCount: number, costMs?: number): string {
  const cells = combineCells(
    [{ workload: findWorkload("fan-out") }],
    [parseAdapter("node-sqlite")],
    ["smoke"],
    [parameters],
  );
  const settings = { cells: cells.map(({ cell }) => cell), blockCount, seed: 0 } as unknown as Settings;
  const costsMs = new Map(costMs === undefined ? [] : [[cells[0]!.cell.key, costMs]]);
  return describeCost({ cells, settings, costsMs });
}

Deno.test("describeCost() counts the blocks of searches, which are only known on the way", () => {
  strictEqual(
    described({ rate: "auto" }, 1, 4000),
    "About 10 blocks of 1 cells: about 0:40 by stored runs and plans",
  );
  strictEqual(
    described({ rate: "auto" }, 3, 4000),
    "About 18 blocks of 1 cells: about 1:12 by stored runs and plans",
  );
});

Deno.test("describeCost() counts blocks as planned where no rate is searched", () => {
  match(described({}, 2), /^3 blocks of 1 cells: no stored run tells/);
  match(described({ rate: "100" }, 2), /^3 blocks of 1 cells: about 0:08 by stored runs and plans$/);
});
