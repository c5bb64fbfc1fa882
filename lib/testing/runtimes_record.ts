/** The fixture run with two of its databases in Node and in a page as well; the numbers of a page are three times Deno's. */
import { type Block, type Cell, type RunRecord, type RuntimeId, runtimeParameter } from "../model/mod.ts";
import { recordFixture } from "./record_fixture.ts";

/** How much longer a database of the fixture takes. */
const FACTORS: Readonly<Partial<Record<RuntimeId, number>>> = { node: 1, chromium: 3 };

/** Builds the record anew. In a page TinyBase is `relaxed`: the fixture's keeps nothing; of PGlite there is no twin in Node. */
export function recordInRuntimes(): RunRecord {
  const record = recordFixture();
  const twins = [
    twin(record, "tinybase", "node"),
    twin(record, "tinybase", "chromium"),
    twin(record, "pglite", "chromium"),
  ];
  const blocks = twins.flatMap(({ from, cell, factor }) =>
    record.results.filter(({ cellKey }) => cellKey === from.key).map((block) =>
      slower({ ...block, cellKey: cell.key }, factor)
    )
  );
  const results = [...record.results, ...blocks].map((block, position) => ({ ...block, position }));
  return {
    ...record,
    id: "2026-11-22T10-00-00-runtimes",
    label: "runtimes",
    settings: { ...record.settings, cells: [...record.settings.cells, ...twins.map(({ cell }) => cell)] },
    capabilities: {
      ...record.capabilities,
      ...Object.fromEntries(twins.map(({ from, cell }) => {
        const own = record.capabilities[from.key]!;
        return [cell.key, cell.key.endsWith("chromium") ? { ...own, durability: "relaxed" as const } : own];
      })),
    },
    blocks: { ...record.blocks!, count: results.length },
    results,
  };
}

function twin(
  { settings }: RunRecord,
  adapter: string,
  runtime: RuntimeId,
): { readonly from: Cell; readonly cell: Cell; readonly factor: number } {
  const from = settings.cells.find((cell) => cell.adapter === adapter && cell.workload === "keyed-pk")!;
  return {
    from,
    cell: { ...from, key: `${from.key}/runtime=${runtime}`, parameters: runtimeParameter(runtime) },
    factor: FACTORS[runtime] ?? 1,
  };
}

function slower(block: Block, factor: number): Block {
  if (block.status !== "measured") return block;
  return {
    ...block,
    phases: block.phases.map((phase) => ({
      ...phase,
      metrics: Object.fromEntries(
        Object.entries(phase.metrics).map(([id, value]) => [id, id.endsWith("_ns") ? value * factor : value]),
      ),
    })),
  };
}
