/** A run that measured two sides of one thing in turns, as the two runs that `compare` knows. */
import type { Cell, RunRecord } from "../model/mod.ts";

/** What the keys of one side's cells carry: `[side=base]`, `[version=10.0.0]`. */
export interface SideMark {
  readonly name: string;
  readonly value: string;
}

/**
 * The part of a run that is one side, its cells under the names that both sides share. Where they ran with other versions
 * of drivers than their adapter declares, its adapters have those.
 */
export function sideOf(run: RunRecord, { name, value }: SideMark): RunRecord {
  const alone = `[${name}=${value}]`;
  const last = `,${name}=${value}]`;
  const isMarked = (key: string): boolean => key.includes(alone) || key.includes(last);
  const plain = (key: string): string => key.includes(last) ? key.replace(last, "]") : key.replace(alone, "");
  const cells = run.settings.cells.filter(({ key }) => isMarked(key));
  return {
    ...run,
    id: `${run.id} ${value}`,
    settings: { ...run.settings, cells: cells.map((cell) => ({ ...cell, key: plain(cell.key) })) },
    adapters: run.adapters.map((adapter) => ({
      ...adapter,
      drivers: { ...adapter.drivers, ...driversOf(cells, adapter.id) },
    })),
    results: run.results.filter(({ cellKey }) => isMarked(cellKey))
      .map((block) => ({ ...block, cellKey: plain(block.cellKey) })),
  };
}

function driversOf(cells: readonly Cell[], id: string): Cell["drivers"] {
  return cells.find(({ adapter, drivers }) => adapter === id && drivers !== undefined)?.drivers;
}
