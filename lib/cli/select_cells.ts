/** From what was typed to the cells of a run. */
import {
  type AdapterChoice,
  ADAPTERS,
  optionNames,
  parseAdapter,
  splitAdapterSpec,
} from "../adapters/mod.ts";
import {
  type Adapter,
  ANCHOR,
  type Capabilities,
  type Cell,
  cellKey,
  type CellParameters,
  DEFAULT_RUNTIME,
  defaultOptions,
  didYouMean,
  isModuleName,
  missingNeed,
  NEEDS,
  type OptionValues,
  RUNTIME_IDS,
  type RuntimeId,
  runtimeOf,
  runtimeParameter,
  runtimesOf,
  type Scale,
  SCALES,
  sweptSizes,
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

/** What a sweep runs on where no workload is named: the one that declares all that may be swept. */
export const SWEPT_WORKLOADS: readonly string[] = ["scaling"];

/** What goes on for a while where no workload is named. */
export const SOAKED_WORKLOADS: readonly string[] = ["fan-out"];

/** An adapter with its options, and where it came from if it is not registered. */
export interface SelectedAdapter extends AdapterChoice {
  /** As it was typed. */
  readonly module?: string;
  /** Names of options that were typed; absent for none. All others are at the default of the runtime. */
  readonly named?: readonly string[];
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
 * Reads workload names and modules; none gives the `defaults`, `core` what people ask first, `all` every one that is not
 * slow.
 */
export async function selectWorkloads(
  values: readonly string[],
  defaults: readonly string[] = PLAIN_WORKLOADS,
): Promise<SelectedWorkload[]> {
  const names = named(values, splitList(values), "a workload");
  const wanted = names.length === 0
    ? defaults
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

/**
 * Reads adapter names and modules; none gives the `defaults`, `all` gives every one that runs in one of the runtimes, with
 * its default options.
 */
export async function selectAdapters(
  values: readonly string[],
  defaults: readonly string[],
  runtimes: readonly RuntimeId[] = [DEFAULT_RUNTIME],
): Promise<SelectedAdapter[]> {
  const specs = named(values, splitAdapterList(values), "an adapter");
  const wanted = specs.length === 0
    ? defaults
    : specs.flatMap((spec) => spec === "all" ? idsIn(runtimes) : [spec]);
  const selected = await Promise.all(wanted.map(selectAdapter));
  rejectNamesakes(selected, ({ adapter }) => adapter.id, "adapter");
  return unique(selected, choiceText);
}

/** Finds a registered adapter, or asks the module what it is. Throws a UsageError when there is none. */
export async function selectAdapter(spec: string): Promise<SelectedAdapter> {
  const { name, optionText } = splitAdapterSpec(spec);
  if (!isModuleName(name)) {
    const named = optionNames(optionText);
    return { ...parseAdapter(spec), ...(named.length === 0 ? {} : { named }) };
  }
  return { ...await describeAdapterModule(moduleUrl(name), optionText), module: name };
}

/** What tells choices apart. A default that was typed is another choice where another runtime has another default. */
function choiceText({ adapter, options, named = [] }: SelectedAdapter): string {
  const held = named.filter((name) => adapter.options[name]?.defaultIn !== undefined);
  return `${adapter.id}:${optionText(adapter, options)}:${held.join()}`;
}

function idsIn(runtimes: readonly RuntimeId[]): string[] {
  return ADAPTERS.filter((adapter) => runtimesOf(adapter).some((runtime) => runtimes.includes(runtime)))
    .map(({ id }) => id);
}

/** Reads runtimes; none gives Deno. */
export function selectRuntimes(values: readonly string[]): RuntimeId[] {
  const names = named(values, splitList(values), "a runtime");
  if (names.length === 0) return [DEFAULT_RUNTIME];
  return unique(
    names.map((name) => {
      const runtime = RUNTIME_IDS.find((candidate) => candidate === name);
      if (runtime !== undefined) return runtime;
      throw new UsageError(
        `Cannot find runtime "${name}"${didYouMean(name, RUNTIME_IDS)}: runtimes are ${
          RUNTIME_IDS.join(", ")
        }`,
      );
    }),
    (runtime) => runtime,
  );
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

/**
 * Every combination, workloads outermost, then scales, then `variants`: what cells set beside their scale, the runtime
 * among it. Where none is set, an adapter that Deno has no place for runs where it lives.
 */
export function combineCells(
  workloads: readonly SelectedWorkload[],
  adapters: readonly SelectedAdapter[],
  scales: readonly Scale[],
  variants: readonly CellParameters[] = [{}],
): SelectedCell[] {
  const places = scales.flatMap((scale) => variants.map((variant) => ({ scale, variant })));
  const cells = workloads.flatMap(({ workload, module: workloadModule }) =>
    places.flatMap(({ scale, variant }) =>
      adapters.map((selected) => {
        const { adapter, module: adapterModule } = selected;
        const parameters = { ...homeOf(adapter), ...variant };
        const runtime = runtimeOf({ parameters });
        const options = optionsIn(selected, runtime);
        const name = {
          workload: workload.id,
          workloadVersion: workload.version,
          adapter: adapter.id,
          scale,
          ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
        };
        const sizes = sweptSizes(workload, scale, parameters);
        return {
          workload,
          adapter,
          cell: {
            key: cellKey({ ...name, optionText: optionText(adapter, options, runtime) }),
            ...name,
            options,
            ...(sizes === undefined ? {} : { sizes }),
            ...(adapterModule === undefined ? {} : { adapterModule }),
            ...(workloadModule === undefined ? {} : { workloadModule }),
          },
        };
      })
    )
  );
  // What was typed as Deno may have come to be the runtime that was typed beside it.
  return unique(cells, ({ cell }) => cell.key);
}

function homeOf(adapter: Adapter): CellParameters {
  const runtimes = runtimesOf(adapter);
  return runtimes.includes(DEFAULT_RUNTIME) ? {} : runtimeParameter(runtimes[0]!);
}

/** What was typed or chosen, and what stands at its default at that of the runtime. */
function optionsIn({ adapter, options, named = [] }: SelectedAdapter, runtime: RuntimeId): OptionValues {
  const [usual, defaults] = [defaultOptions(adapter), defaultOptions(adapter, runtime)];
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      // Whoever chooses by a program, as experiments do, names nothing: another value than the default is meant.
      const isMeant = named.includes(name) || value !== usual[name];
      return [name, isMeant ? value : defaults[name] ?? value];
    }),
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
export function skipReason(selected: SelectedCell): string | undefined {
  const { cell, workload, adapter } = selected;
  const runtime = runtimeOf(cell);
  const runtimes = runtimesOf(adapter);
  if (!runtimes.includes(runtime)) {
    return `Adapter "${adapter.id}" runs in ${runtimes.join(", ")} only${
      adapter.otherRuntimes === undefined ? "" : `: ${adapter.otherRuntimes.replace(/\.$/, "")}`
    }`;
  }
  for (const [name, { only = {} }] of Object.entries(adapter.options)) {
    const value = cell.options[name]!;
    if (Object.hasOwn(only, value) && !only[value]!.includes(runtime)) {
      return `Option ${name}=${value} of adapter "${adapter.id}" is for ${only[value]!.join(", ")} only`;
    }
  }
  const capabilities = capabilitiesOf(selected);
  const need = missingNeed(workload.needs ?? [], capabilities);
  const missing = workload.withoutLiveQueries === "skip" && capabilities.liveQueries === "none"
    ? "live queries"
    : need && NEEDS[need];
  return missing === undefined
    ? undefined
    : `Workload "${workload.id}" needs ${missing}, which adapter "${adapter.id}" does not have`;
}

/** What a cell's adapter can do with its options, where the cell runs. */
export function capabilitiesOf({ cell, adapter }: Pick<SelectedCell, "cell" | "adapter">): Capabilities {
  return adapter.capabilities(cell.options, runtimeOf(cell));
}

/** Options that differ from their default in a runtime as `name=value,...`, empty when none does. */
function optionText(adapter: Adapter, options: OptionValues, runtime?: RuntimeId): string {
  const defaults = defaultOptions(adapter, runtime);
  const changed = Object.entries(options).filter(([name, value]) => value !== defaults[name]);
  return changed.map(([name, value]) => `${name}=${value}`).join(",");
}

function quickWorkloadIds(): string[] {
  return newestWorkloads().filter(({ slow }) => !slow).map(({ id }) => id);
}

function unique<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
