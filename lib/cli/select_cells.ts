/** From what was typed to the cells of a run. */
import { type AdapterChoice, ADAPTERS, parseAdapter, splitAdapterSpec } from "../adapters/mod.ts";
import {
  type Adapter,
  ANCHOR,
  type Cell,
  cellKey,
  type CellParameters,
  defaultOptions,
  didYouMean,
  isModuleName,
  type OptionValues,
  type Scale,
  SCALES,
  UsageError,
  type Workload,
  workloadKey,
} from "../model/mod.ts";
import { findWorkload, newestWorkloads } from "../../workloads/mod.ts";
import { describeAdapterModule, describeWorkloadModule } from "./describe_module.ts";
import { moduleUrl } from "../runner/outside_module.ts";

/** What plain `bench` runs: as much as gets about as many blocks as an interval takes within 5 minutes on two cores. */
export const PLAIN_WORKLOADS: readonly string[] = ["keyed-pk", "fan-out", "sync-burst"];

/** What `core` stands for: what people ask first, the dear ones too. */
export const CORE_WORKLOADS: readonly string[] = ["chat-sim", "sync-burst", "fan-out", "overlap", "keyed-pk"];

/** An adapter with its options, and where it came from if it is not registered. */
export interface SelectedAdapter extends AdapterChoice {
  /** As it was typed. */
  readonly module?: string;
}

/** A workload, and where it came from if it is not registered. */
export interface SelectedWorkload {
  readonly workload: Workload;
  /** As it was typed. */
  readonly module?: string;
}

/** A cell with the objects that its ids stand for. */
export interface SelectedCell {
  readonly cell: Cell;
  readonly workload: Workload;
  readonly adapter: Adapter;
}

/** Splits repeated and comma-separated values: `["a,b", "c"]` becomes `["a", "b", "c"]`. */
export function splitList(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(",")).map((item) => item.trim()).filter((item) => item !== "");
}

/**
 * Splits repeated and comma-separated adapters. The options of an adapter are separated by commas too: an item such
 * as `storage=file` belongs to the adapter before it.
 */
export function splitAdapterList(values: readonly string[]): string[] {
  const specs: string[] = [];
  for (const item of splitList(values)) {
    const isOption = /^[^:./]+=/.test(item);
    if (isOption && specs.length > 0) specs[specs.length - 1] += `,${item}`;
    else specs.push(item);
  }
  return specs;
}

/**
 * Reads workload names and modules; none gives the plain ones, `core` what people ask first, `all` every one that is
 * not slow.
 */
export async function selectWorkloads(values: readonly string[]): Promise<SelectedWorkload[]> {
  const names = named(values, splitList(values), "a workload");
  const wanted = names.length === 0
    ? PLAIN_WORKLOADS
    : names.flatMap((name) =>
      name === "all" ? quickWorkloadIds() : name === "core" ? CORE_WORKLOADS : [name]
    );
  const selected = await Promise.all(wanted.map(selectWorkload));
  rejectNamesakes(selected, ({ workload }) => workloadKey(workload), "workload");
  return unique(selected, ({ workload }) => workloadKey(workload));
}

/** Finds a registered workload, or asks the module what it is. Throws a UsageError when there is none. */
export async function selectWorkload(name: string): Promise<SelectedWorkload> {
  if (!isModuleName(name)) return { workload: findWorkload(name) };
  return { workload: await describeWorkloadModule(moduleUrl(name)), module: name };
}

/** Reads adapter names and modules; none gives the `defaults`, `all` gives every one with its default options. */
export async function selectAdapters(
  values: readonly string[],
  defaults: readonly string[],
): Promise<SelectedAdapter[]> {
  const specs = named(values, splitAdapterList(values), "an adapter");
  const wanted = specs.length === 0
    ? defaults
    : specs.flatMap((spec) => spec === "all" ? ADAPTERS.map(({ id }) => id) : [spec]);
  const selected = await Promise.all(wanted.map(selectAdapter));
  rejectNamesakes(selected, ({ adapter }) => adapter.id, "adapter");
  return unique(selected, ({ adapter, options }) => `${adapter.id}:${optionText(adapter, options)}`);
}

/** Finds a registered adapter, or asks the module what it is. Throws a UsageError when there is none. */
export async function selectAdapter(spec: string): Promise<SelectedAdapter> {
  const { name, optionText } = splitAdapterSpec(spec);
  if (!isModuleName(name)) return parseAdapter(spec);
  return { ...await describeAdapterModule(moduleUrl(name), optionText), module: name };
}

/** Reads scales; none gives `standard`. */
export function selectScales(values: readonly string[]): Scale[] {
  const names = named(values, splitList(values), "a scale");
  if (names.length === 0) return ["standard"];
  return unique(
    names.map((name) => {
      const scale = SCALES.find((candidate) => candidate === name);
      if (scale === undefined) {
        throw new UsageError(
          `Cannot find scale "${name}"${didYouMean(name, SCALES)}: scales are ${SCALES.join(", ")}`,
        );
      }
      return scale;
    }),
    (scale) => scale,
  );
}

/** An option that names nothing, such as that of an empty variable, would run something else than was meant. */
function named(values: readonly string[], names: readonly string[], what: string): readonly string[] {
  if (values.length === 0 || names.length > 0) return names;
  throw new UsageError(
    `Cannot choose as ${what} must be named where the option is given: got "${values.join(" ")}"`,
  );
}

/** Cells are told apart by ids: two of the same id and from different places would become one. */
function rejectNamesakes<T extends { readonly module?: string }>(
  items: readonly T[],
  name: (item: T) => string,
  noun: string,
): void {
  const modules = new Map<string, string | undefined>();
  for (const item of items) {
    const [own, { module }] = [name(item), item];
    const other = modules.has(own) ? modules.get(own) : module;
    modules.set(own, module);
    if (other === module) continue;
    const places = [other, module].map((place) => place ?? "the registry").join(" and from ");
    throw new UsageError(
      `Cannot run two ${noun}s of one name as it is what tells them apart: "${own}" comes from ${places}`,
    );
  }
}

/** Every combination, workloads outermost, then scales, then `variants`: what cells set beside their scale. */
export function combineCells(
  workloads: readonly SelectedWorkload[],
  adapters: readonly SelectedAdapter[],
  scales: readonly Scale[],
  variants: readonly CellParameters[] = [{}],
): SelectedCell[] {
  const places = scales.flatMap((scale) => variants.map((parameters) => ({ scale, parameters })));
  return workloads.flatMap(({ workload, module: workloadModule }) =>
    places.flatMap(({ scale, parameters }) =>
      adapters.map(({ adapter, options, module: adapterModule }) => {
        const name = {
          workload: workload.id,
          workloadVersion: workload.version,
          adapter: adapter.id,
          scale,
          ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
        };
        return {
          workload,
          adapter,
          cell: {
            key: cellKey({ ...name, optionText: optionText(adapter, options) }),
            ...name,
            options,
            ...(adapterModule === undefined ? {} : { adapterModule }),
            ...(workloadModule === undefined ? {} : { workloadModule }),
          },
        };
      })
    )
  );
}

/**
 * The cells with the anchor behind them, unless it is among them. It is always the newest version of its workload, so
 * that runs of one version of the bench share it.
 */
export function withAnchor(cells: readonly SelectedCell[]): SelectedCell[] {
  const anchor = combineCells(
    [{ workload: findWorkload(ANCHOR.workload) }],
    [parseAdapter(ANCHOR.adapter)],
    [ANCHOR.scale],
  )[0]!;
  if (cells.some(({ cell }) => cell.key === anchor.cell.key)) return [...cells];
  return [...cells, { ...anchor, cell: { ...anchor.cell, anchor: true } }];
}

/** Why a cell cannot run at all; `undefined` when it can. */
export function skipReason({ cell, workload, adapter }: SelectedCell): string | undefined {
  const { liveQueries } = adapter.capabilities(cell.options);
  if (workload.withoutLiveQueries === "skip" && liveQueries === "none") {
    return `Workload "${workload.id}" needs live queries, which adapter "${adapter.id}" does not have`;
  }
  return undefined;
}

/** Options that differ from their default as `name=value,...`, empty when none does. */
function optionText(adapter: Adapter, options: OptionValues): string {
  const defaults = defaultOptions(adapter);
  const changed = Object.entries(options).filter(([name, value]) => value !== defaults[name]);
  return changed.map(([name, value]) => `${name}=${value}`).join(",");
}

function quickWorkloadIds(): string[] {
  return newestWorkloads().filter(({ slow }) => !slow).map(({ id }) => id);
}

function unique<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
