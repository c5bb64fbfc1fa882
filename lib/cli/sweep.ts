/** What `--sweep` asks for: sizes of a workload set to several values, each of which becomes a cell of its own. */
import {
  type CellParameters,
  didYouMean,
  type Program,
  type Scale,
  type Sweep,
  sweptSizes,
  UsageError,
  workloadKey,
} from "../model/mod.ts";
import { formatCount, formatQuantity } from "../report/format.ts";
import type { SelectedWorkload } from "./select_cells.ts";

/** One parameter and the values that it takes. */
export interface SweepRequest {
  /** As the workload declares it. */
  readonly name: string;
  /** Distinct, ascending, at least two. */
  readonly values: readonly number[];
}

/** Reads `streams=10,100,1000`, once per parameter. Throws a UsageError for anything else. */
export function parseSweeps(texts: readonly string[]): SweepRequest[] {
  const requests = texts.map(parseSweep);
  const names = requests.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice === undefined) return requests;
  throw new UsageError(
    `Cannot sweep "${twice}" twice as one option holds all values of a parameter: got ${texts.join(" and ")}`,
  );
}

function parseSweep(text: string): SweepRequest {
  const match = /^([a-z][a-z0-9-]*)=(.*)$/.exec(text.trim());
  if (match === null) {
    throw new UsageError(`Cannot sweep as a sweep is written name=value,value,...: got "${text}"`);
  }
  const [name, list] = [match[1]!, match[2]!];
  const values = list.split(",").map((item) => item.trim()).filter((item) => item !== "").map((item) => {
    const value = Number(item);
    if (/^\d+$/.test(item) && Number.isSafeInteger(value) && value >= 1) return value;
    throw new UsageError(
      `Cannot sweep "${name}" as its values must be whole numbers from 1 on: got "${item}"`,
    );
  });
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  if (distinct.length >= 2) return { name, values: distinct };
  throw new UsageError(
    `Cannot sweep "${name}" as growth shows between two values or more, and a power law between four over two ` +
      `decades: got ${distinct.length === 0 ? "none" : distinct[0]}`,
  );
}

/** Each of the variants with one value of one swept parameter at a time, while the others stay as the scale has them. */
export function sweptVariants(
  variants: readonly CellParameters[],
  requests: readonly SweepRequest[],
): readonly CellParameters[] {
  if (requests.length === 0) return variants;
  return requests.flatMap(({ name, values }) =>
    values.flatMap((value) => variants.map((variant) => ({ ...variant, [name]: String(value) })))
  );
}

/** Throws a UsageError unless every workload declares every swept parameter, and all values lie in its range. */
export function requireSweeps(
  workloads: readonly SelectedWorkload[],
  requests: readonly SweepRequest[],
): void {
  for (const { workload } of workloads) {
    const { sweeps = {} } = workload;
    for (const { name, values } of requests) {
      const key = workloadKey(workload);
      if (!Object.hasOwn(sweeps, name)) {
        throw new UsageError(
          `Cannot sweep "${name}" of ${key}${didYouMean(name, Object.keys(sweeps))}: ${declaredText(sweeps)}`,
        );
      }
      const { size, least, most } = sweeps[name]!;
      const outside = values.find((value) => value < least || value > most);
      if (outside !== undefined) {
        throw new UsageError(
          `Cannot sweep "${name}" of ${key} as it must be from ${least} to ${most}: got ${outside}`,
        );
      }
      if (Object.values(workload.parameters).some((sizes) => sizes[size] === undefined)) {
        throw new UsageError(
          `Cannot sweep "${name}" of ${key} as it must name a size of every scale: "${size}" is none`,
        );
      }
    }
  }
}

function declaredText(sweeps: Readonly<Record<string, Sweep>>): string {
  const names = Object.entries(sweeps).map(([name, { least, most }]) =>
    `${name} (${formatCount(least)} to ${formatCount(most)})`
  );
  return names.length === 0
    ? "it declares nothing that may be swept"
    : `it may be swept over ${names.join(", ")}`;
}

/** What a database in memory needs besides the data, told by those that are here, is at least as much again. */
const MEMORY_SHARE = 0.5;

/**
 * Throws a UsageError for the first value whose data cannot be held: the seeded rows must fit into half of the memory.
 * Nothing is known before the start of workloads from outside, whose programs are built in a process of their own.
 */
export function requireMemory(
  workloads: readonly SelectedWorkload[],
  scales: readonly Scale[],
  requests: readonly SweepRequest[],
  memoryBytes: number,
): void {
  for (const { workload, module } of workloads) {
    if (module !== undefined) continue;
    for (const scale of scales) {
      for (const parameters of sweptVariants([{}], requests)) {
        const sizes = sweptSizes(workload, scale, parameters) ?? workload.parameters[scale];
        const bytes = seedBytes(workload.program(sizes, { blockIndex: 0, seed: 0 }));
        if (bytes <= memoryBytes * MEMORY_SHARE) continue;
        const [name, value] = Object.entries(parameters)[0]!;
        throw new UsageError(
          `Cannot sweep "${name}" of ${
            workloadKey(workload)
          } to ${value} as its rows must fit into half of the ` +
            `memory: they take about ${formatQuantity(bytes, "bytes")}, and half is ${
              formatQuantity(memoryBytes * MEMORY_SHARE, "bytes")
            }`,
        );
      }
    }
  }
}

/** About how many bytes the seeded rows hold, from the first, the middle and the last of each table. */
export function seedBytes({ seeds }: Pick<Program, "seeds">): number {
  return seeds.reduce((sum, { rowCount, row }) => {
    if (rowCount === 0) return sum;
    const looked = [0, Math.floor(rowCount / 2), rowCount - 1].map((index) => rowBytes(row(index)));
    return sum + rowCount * looked.reduce((a, b) => a + b) / looked.length;
  }, 0);
}

function rowBytes(row: Readonly<Record<string, unknown>>): number {
  return Object.values(row).reduce<number>((sum, value) => {
    if (typeof value === "string") return sum + value.length;
    return sum + (value instanceof Uint8Array ? value.length : 8);
  }, 0);
}
