import type { Block, MetricValues, RunRecord } from "../model/mod.ts";
import { recordFixture } from "./record_fixture.ts";

/**
 * The common fixture with each of its workloads `count` times, under names of their own and with other numbers: a run
 * of many cells.
 */
export function wideRecord(count: number): RunRecord {
  const record = recordFixture();
  const copies = Array.from({ length: count }, (_, copy) => copy);
  const key = (text: string, copy: number): string => text.replace("@", `-${copy}@`);
  return {
    ...record,
    settings: {
      ...record.settings,
      cells: copies.flatMap((copy) =>
        record.settings.cells.map((cell) => ({
          ...cell,
          key: key(cell.key, copy),
          workload: `${cell.workload}-${copy}`,
        }))
      ),
    },
    workloads: copies.flatMap((copy) =>
      record.workloads.map((workload) => ({ ...workload, id: `${workload.id}-${copy}` }))
    ),
    capabilities: Object.fromEntries(
      copies.flatMap((copy) =>
        Object.entries(record.capabilities).map(([cell, value]) => [key(cell, copy), value])
      ),
    ),
    results: copies.flatMap((copy) =>
      record.results.map((block) => ({
        ...varied(block, copy),
        cellKey: key(block.cellKey, copy),
        position: copy * record.results.length + block.position,
      }))
    ),
  };
}

/** Numbers that do not repeat, or the page would be small again once it is deflated. */
function varied(block: Block, copy: number): Block {
  if (block.status !== "measured") return block;
  const scaled = (values: MetricValues, salt: number): MetricValues =>
    Object.fromEntries(
      Object.entries(values).map(([id, value], index) => [
        id,
        value * (1 + ((copy * 7919 + salt * 104_729 + index * 1299 + block.position * 31) % 997) / 1000),
      ]),
    );
  return {
    ...block,
    phases: block.phases.map((phase, salt) => ({
      ...phase,
      metrics: scaled(phase.metrics, salt),
      operations: phase.operations.map((operation) => ({
        ...operation,
        metrics: scaled(operation.metrics, salt + 17),
      })),
    })),
  };
}
