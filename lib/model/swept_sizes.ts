import type { CellParameters } from "./cell_key.ts";
import type { Scale, Workload, WorkloadParameters } from "./workload.ts";

/**
 * The sizes of a workload at a scale, those that a parameter sets in the place of the scale's own; `undefined` when no
 * parameter sets one.
 */
export function sweptSizes(
  { sweeps = {}, parameters: sizes }: Pick<Workload, "sweeps" | "parameters">,
  scale: Scale,
  parameters: CellParameters,
): WorkloadParameters | undefined {
  const changes = Object.entries(parameters).flatMap(([name, value]) =>
    Object.hasOwn(sweeps, name) ? [[sweeps[name]!.size, Number(value)] as const] : []
  );
  return changes.length === 0 ? undefined : { ...sizes[scale], ...Object.fromEntries(changes) };
}
