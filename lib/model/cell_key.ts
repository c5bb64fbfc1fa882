/** How a cell is named, and the parts of a cell that are set beside its scale. */
import { workloadKey } from "./workload.ts";
import type { Scale } from "./workload.ts";

/**
 * What a cell sets beside its scale, by name: how it is asked (`pacing`, `rate`, `arrivals`, `in-flight`), whether a
 * page draws results (`render`), or a size of its workload, by the name that the workload declares for its sweep. Values are text as it was resolved: `{ rate: "100", "in-flight": "4" }`.
 */
export type CellParameters = Readonly<Record<string, string>>;

/** What a key is made of. */
export interface CellName {
  /** Id of the workload. */
  readonly workload: string;
  /** Its version. */
  readonly workloadVersion: number;
  /** Id of the adapter. */
  readonly adapter: string;
  /** Options that differ from their default, such as `mode=changes`; empty for none. */
  readonly optionText: string;
  /** Size of the workload. */
  readonly scale: Scale;
  /** Absent for none. */
  readonly parameters?: CellParameters;
}

/** `workload@version/adapter[option=value,...]/scale/parameter=value/...`, parameters by name. */
export function cellKey(cell: CellName): string {
  const { workload: id, workloadVersion: version, adapter, optionText, scale, parameters } = cell;
  const options = optionText === "" ? "" : `[${optionText}]`;
  return `${workloadKey({ id, version })}/${adapter}${options}/${scale}${parameterPath(parameters)}`;
}

/** The end of a key: `/in-flight=4/rate=100`, by name; empty for no parameters. */
export function parameterPath(parameters: CellParameters = {}): string {
  return sorted(parameters).map(([name, value]) => `/${name}=${value}`).join("");
}

/** For people: `in-flight=4 rate=100`; empty for no parameters. */
export function parameterText(parameters: CellParameters = {}): string {
  return sorted(parameters).map(([name, value]) => `${name}=${value}`).join(" ");
}

/** By code unit, so that equal parameters make equal keys in every language. */
function sorted(parameters: CellParameters): [name: string, value: string][] {
  return Object.entries(parameters).sort(([a], [b]) => a < b ? -1 : 1);
}
