/** Everything that is decided before the first block runs. */
import {
  type Cell,
  type CellDelays,
  type CellParameters,
  DEFAULT_RUNTIME,
  type Environment,
  type RunHeader,
  type RuntimeId,
  runtimeOf,
  runtimeParameter,
  type Settings,
  UsageError,
  type Warning,
} from "../model/mod.ts";
import { ADAPTERS } from "../adapters/mod.ts";
import { newestWorkloads } from "../../workloads/mod.ts";
import { readProjectFile } from "../project/project_file.ts";
import { createRun, type OpenRun, parseLabel, readEnvironment, resumeRun } from "../record/mod.ts";
import type { BenchOptions } from "./bench_options.ts";
import { findRun } from "./find_run.ts";
import { loadVariants, openLoopWorkloads, requireLoad } from "./load_options.ts";
import {
  capabilitiesOf,
  combineCells,
  selectAdapter,
  selectAdapters,
  type SelectedAdapter,
  type SelectedCell,
  type SelectedWorkload,
  selectRuntimes,
  selectScales,
  selectWorkload,
  selectWorkloads,
  SOAKED_WORKLOADS,
  SWEPT_WORKLOADS,
  withAnchor,
} from "./select_cells.ts";
import { LAUNCHERS } from "../runner/launchers/mod.ts";
import { stoppingRule } from "../runner/mod.ts";
import { durationParameter, requireRepeats } from "./soak.ts";
import { parseSweeps, requireMemory, requireSweeps, sweptVariants } from "./sweep.ts";

/** A run that is about to begin or to go on. */
export interface RunSetup {
  readonly cells: readonly SelectedCell[];
  readonly settings: Settings;
  /** A sentence for the user about what was left out. */
  readonly note?: string;
  /** Makes or reopens the run folder. */
  open(): OpenRun;
}

const DEFAULT_BUDGET_MS = 300_000;
const DEFAULT_TIMEOUT_MS = 120_000;

/**
 * Adapters of a plain run: the ones that an application in TypeScript is likely to choose between, as far as the core
 * workloads get narrow intervals on most of them within 5 minutes together.
 */
const DEFAULT_ADAPTERS: readonly string[] = [
  "watchlite",
  "powersync",
  "tinybase",
  "tanstack-db",
  "rxdb",
  "node-sqlite",
];

/** Reads what was asked. Throws a UsageError for anything unknown, before anything is written. */
export function beginRun(options: BenchOptions): Promise<RunSetup> {
  return options.resume === undefined ? newRun(options) : oldRun(options, options.resume);
}

async function newRun(options: BenchOptions): Promise<RunSetup> {
  const label = parseLabel(options.label);
  requireLabel(options);
  const project = readProjectFile(".");
  const sweeps = parseSweeps(options.sweep);
  const load = loadVariants(options);
  const own = defaultWorkloads(options);
  const workloads = own === undefined
    ? await selectWorkloads(options.workload.length === 0 ? project?.workloads ?? [] : options.workload)
    : await selectWorkloads(options.workload, own);
  requireSweeps(workloads, sweeps);
  if (options.duration !== undefined) requireRepeats(workloads);
  const runtimes = selectRuntimes(options.runtime);
  const adapters = await selectAdapters(options.adapter, project?.adapters ?? DEFAULT_ADAPTERS, runtimes);
  const scales = selectScales(options.scale);
  if (sweeps.length > 0) requireMemory(workloads, scales, sweeps, Deno.systemMemoryInfo().total);
  const timeoutMs = options.timeout === undefined ? DEFAULT_TIMEOUT_MS : options.timeout * 1000;
  requireLoad(workloads, scales, load, timeoutMs);
  const variants = sweptVariants(variantsOf(options, load, runtimes), sweeps);
  const cells = withAnchor(combineCells(workloads, adapters, scales, variants));
  const versions = await runtimeVersions(cells.map(({ cell }) => cell));
  const stopping = stoppingRule(options.budget ?? DEFAULT_BUDGET_MS);
  // Who measures for ten minutes wants to see them, not six times as many, unless that is said.
  const fixedCount = options.blocks ??
    (options.duration === undefined || options.budget !== undefined ? undefined : 1);
  const settings: Settings = {
    cells: cells.map(({ cell }) => cell),
    ...(fixedCount === undefined
      ? { blockCount: stopping.leastBlockCount, stopping }
      : { blockCount: fixedCount }),
    seed: options.seed ?? 0,
    timeoutMs,
  };
  const isPlain = options.adapter.length === 0 && project === undefined;
  return {
    cells,
    settings,
    ...(isPlain ? { note: PLAIN_NOTE } : {}),
    open: () => {
      const environment = { ...readEnvironment(), ...versions };
      return createRun({
        root: options.out,
        label,
        now: new Date(),
        settings,
        environment,
        adapters: summarizeAdapters(adapters),
        workloads: summarizeWorkloads(workloads, scales),
        ...describeCells(cells),
        warnings: [...environmentWarnings(environment), ...confinementWarnings(settings.cells)],
      });
    },
  };
}

/**
 * Throws a UsageError for a label that names what is to run, where nothing else does: minutes would be spent on something
 * else.
 */
function requireLabel({ label, adapter, workload }: BenchOptions): void {
  if (label === undefined) return;
  const isWorkload = newestWorkloads().some(({ id }) => id === label);
  const isAdapter = ADAPTERS.some(({ id }) => id === label);
  const option = isAdapter && adapter.length === 0
    ? "adapter"
    : isWorkload && workload.length === 0
    ? "workload"
    : undefined;
  if (option === undefined) return;
  throw new UsageError(
    `Cannot call a run "${label}" as that is the name of ${
      isAdapter ? "an adapter" : "a workload"
    }: to run it, give ` +
      `--${option} ${label}; to label a run so, say what is to run`,
  );
}

/** What runs where no workload is named: what fits to what is asked; `undefined` for the plain ones. */
function defaultWorkloads({ sweep, duration, rate }: BenchOptions): readonly string[] | undefined {
  if (sweep.length > 0) return SWEPT_WORKLOADS;
  if (rate !== undefined) return openLoopWorkloads();
  return duration === undefined ? undefined : SOAKED_WORKLOADS;
}

/**
 * What cells are to set beside their scale: every combination of what was typed. Throws a UsageError where a page is to
 * draw and there is none.
 */
export function variantsOf(
  { duration, render }: Pick<BenchOptions, "duration" | "render">,
  load: readonly CellParameters[],
  runtimes: readonly RuntimeId[],
): CellParameters[] {
  const other = runtimes.find((runtime) => runtime !== "chromium");
  if (render !== undefined && other !== undefined) {
    throw new UsageError(`Cannot draw results in ${other} as there must be a page: add --runtime chromium`);
  }
  return load.flatMap((one) =>
    runtimes.map((runtime) => ({
      ...one,
      ...durationParameter(duration),
      ...(render === undefined ? {} : { render }),
      ...runtimeParameter(runtime),
    }))
  );
}

/** Versions of the runtimes besides Deno that cells run in; those that are not here are absent. May download them. */
async function runtimeVersions(cells: readonly Cell[]): Promise<Pick<Environment, "runtimes">> {
  const versions: Partial<Record<RuntimeId, string>> = {};
  for (const runtime of new Set(cells.map(runtimeOf))) {
    if (runtime === DEFAULT_RUNTIME) continue;
    const found = await LAUNCHERS[runtime].find();
    if ("version" in found) versions[runtime] = found.version;
  }
  return Object.keys(versions).length === 0 ? {} : { runtimes: versions };
}

const PLAIN_NOTE =
  `Adapters: ${DEFAULT_ADAPTERS.join(", ")}. PGlite is left out, since each write runs all of its live ` +
  "queries on the table again: add --adapter pglite, or --adapter all. See --list";

async function oldRun(options: BenchOptions, name: string): Promise<RunSetup> {
  const typed = (["workload", "adapter", "scale", "runtime", "sweep"] as const).filter((name) =>
    options[name].length > 0
  );
  const numbers = ([
    "blocks",
    "seed",
    "timeout",
    "pacing",
    "duration",
    "rate",
    "arrivals",
    "inFlight",
    "render",
  ] as const).filter((name) => options[name] !== undefined)
    .map((name) => name === "inFlight" ? "in-flight" : name);
  const conflicts = [...typed, ...numbers, ...(options.label === undefined ? [] : ["a label"])];
  if (conflicts.length > 0) {
    throw new UsageError(
      `Cannot resume with other settings as a run keeps those it began with: ${
        conflicts.join(", ")
      } was given`,
    );
  }
  const run = resumeRun(findRun(name, options.out), options.budget);
  try {
    const { cells } = run.header.settings;
    requireSameMachine(run.header, { ...readEnvironment(), ...await runtimeVersions(cells) });
    const { settings } = run.header;
    return { cells: await Promise.all(settings.cells.map(selectStored)), settings, open: () => run };
  } catch (error) {
    run.close();
    throw error;
  }
}

/** Throws a UsageError unless a run was begun here: its blocks must be comparable with each other. */
export function requireSameMachine({ id, environment }: RunHeader, here: Environment): void {
  for (const field of ["machineId", "deno"] as const) {
    if (environment[field] === here[field]) continue;
    throw new UsageError(
      `Cannot resume run "${id}" as all its blocks must come from one machine and runtime: ` +
        `it has ${field} "${environment[field]}", here it is "${here[field]}"`,
    );
  }
  for (const [runtime, version] of Object.entries(environment.runtimes ?? {})) {
    const own = here.runtimes?.[runtime as RuntimeId];
    if (own === version) continue;
    throw new UsageError(
      `Cannot resume run "${id}" as all its blocks must come from one machine and runtime: ` +
        `it has ${runtime} "${version}", here it is "${own ?? "missing"}"`,
    );
  }
}

/** The objects behind a stored cell. Throws a UsageError when this version does not know them. */
async function selectStored(cell: Cell): Promise<SelectedCell> {
  const { workload } = await selectWorkload(
    cell.workloadModule ?? `${cell.workload}@${cell.workloadVersion}`,
  );
  const { adapter } = await selectAdapter(cell.adapterModule ?? cell.adapter);
  return { cell, workload, adapter };
}

/** What the record says of adapters, each once. */
export function summarizeAdapters(
  choices: readonly Pick<SelectedAdapter, "adapter">[],
): RunHeader["adapters"] {
  const adapters = new Map(choices.map(({ adapter }) => [adapter.id, adapter]));
  return [...adapters.values()].map((adapter) => {
    const { id, title, drivers, about, unfair, homepage, counters, knownGaps } = adapter;
    const { idioms, objection, runsIn } = adapter;
    return {
      id,
      title,
      drivers,
      about,
      unfair,
      homepage,
      counters,
      // What tests do about a gap is no part of what was measured.
      knownGaps: knownGaps.map(({ traits: _traits, isTimed: _isTimed, runtimes: _runtimes, ...gap }) => gap),
      ...(idioms === undefined ? {} : { idioms }),
      ...(objection === undefined ? {} : { objection }),
      ...(runsIn === undefined ? {} : { runsIn }),
    };
  });
}

/** What the record says of each cell: what its adapter can do, and how long its live queries wait. */
export function describeCells(
  cells: readonly Pick<SelectedCell, "cell" | "adapter">[],
): Pick<RunHeader, "capabilities"> & { readonly delays: CellDelays } {
  return {
    capabilities: Object.fromEntries(
      cells.map((selected) => [selected.cell.key, capabilitiesOf(selected)]),
    ),
    delays: Object.fromEntries(cells.flatMap(({ cell, adapter }) => {
      const delay = adapter.delay?.(cell.options);
      return delay === undefined ? [] : [[cell.key, delay]];
    })),
  };
}

/** What the record says of workloads at the scales that are run. */
export function summarizeWorkloads(
  workloads: readonly SelectedWorkload[],
  scales: readonly Cell["scale"][],
): RunHeader["workloads"] {
  return workloads.map((
    { workload: { id, version, title, question, unfair, phases, parameters, sweeps } },
  ) => ({
    id,
    version,
    title,
    question,
    unfair,
    phases,
    parameters: Object.fromEntries(scales.map((scale) => [scale, parameters[scale]])),
    ...(sweeps === undefined
      ? {}
      : { sweeps: Object.fromEntries(Object.entries(sweeps).map(([name, { meaning }]) => [name, meaning])) }),
  }));
}

/** Runtimes whose blocks could do more than their adapters declare. */
export function confinementWarnings(cells: readonly Cell[]): Warning[] {
  return [...new Set(cells.map(runtimeOf))].filter((runtime) => runtime !== DEFAULT_RUNTIME)
    .map((runtime) => ({ kind: "less-confined", runtime }));
}

/** What the state of the working tree takes from a run. */
export function environmentWarnings(environment: Environment): Warning[] {
  return environment.isDirty ? [{ kind: "dirty-tree" }] : [];
}
