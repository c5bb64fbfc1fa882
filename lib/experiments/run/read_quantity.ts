import type { Counter, MeasuredBlock, MetricValues, Place, Quantity } from "../../model/mod.ts";

/** Declared counters by adapter id: what their values are measured in. */
export type CounterUnits = ReadonlyMap<string, Counter["unit"]>;

/** Units of counters by name. Adapters that give one name two units cannot be compared by it. */
export function counterUnits(adapters: readonly { readonly counters: readonly Counter[] }[]): CounterUnits {
  return new Map(adapters.flatMap(({ counters }) => counters.map(({ name, unit }) => [name, unit] as const)));
}

/**
 * A quantity of one block; `undefined` where the block does not have it, such as a wrong block, which has no numbers.
 *
 * Times are in nanoseconds, those of counters too, so that counters and metrics can be combined. A ratio with nothing
 * to divide by has no value.
 */
export function readQuantity(
  block: MeasuredBlock,
  place: Place,
  quantity: Quantity,
  units: CounterUnits,
): number | undefined {
  const read = (part: Quantity): number | undefined => readQuantity(block, place, part, units);
  if ("metric" in quantity) return metricsAt(block, place)?.[quantity.metric];
  if ("counter" in quantity) {
    const value = phaseAt(block, place)?.counters?.[quantity.counter];
    return value === undefined ? undefined : units.get(quantity.counter) === "us" ? value * 1000 : value;
  }
  if ("sum" in quantity) {
    const parts = quantity.sum.map(read);
    return parts.reduce((sum, part) => sum === undefined || part === undefined ? undefined : sum + part, 0);
  }
  const [first, second] = ("difference" in quantity ? quantity.difference : quantity.ratio).map(read);
  if (first === undefined || second === undefined) return undefined;
  if ("difference" in quantity) return first - second;
  return second === 0 ? undefined : first / second;
}

function phaseAt(block: MeasuredBlock, { phase }: Place): MeasuredBlock["phases"][number] | undefined {
  return block.phases.find(({ name, verdict }) => name === phase && verdict === "converged");
}

function metricsAt(block: MeasuredBlock, place: Place): MetricValues | undefined {
  if (place.phase === undefined) return block.metrics;
  const phase = phaseAt(block, place);
  if (place.operation === undefined) return phase?.metrics;
  return phase?.operations.find(({ label }) => label === place.operation)?.metrics;
}
