/** Starts the child process of a planned block, with its directory and its permissions, and runs the block against it. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type CellParameters,
  DriverUnavailableError,
  type Finding,
  messageOf,
  type Pacing,
  parsePacing,
  type PhaseTimeline,
  type Program,
  runtimeOf,
  type Scale,
} from "../model/mod.ts";
import { randomDigestKey } from "../protocol/digester.ts";
import type { Patience } from "../protocol/player.ts";
import { readHost } from "../record/fingerprint.ts";
import {
  type BlockResult,
  type BlockRun,
  type BlockSpawn,
  type PlannedBlock,
  runBlock,
  type Soak,
  spawnBlock,
  type SpawnedBlock,
} from "../runner/mod.ts";
import { laneFault } from "../runner/lane_fault.ts";
import { type Launch, LAUNCHERS } from "../runner/launchers/mod.ts";
import { loadOf, sizesUnderLoad, underLoad } from "../runner/load_program.ts";
import { moduleUrl } from "../runner/outside_module.ts";
import type { Survival } from "../runner/survival.ts";
import { buildOutsideProgram } from "./outside_program.ts";
import { capabilitiesOf, type SelectedCell } from "./select_cells.ts";
import { durationOf } from "./soak.ts";
import { checkSurvival } from "./survival_check.ts";

/** What all blocks of a run share. */
export interface BlockProcessSettings {
  /** Holds one subdirectory per block. */
  readonly tempDirectory: string;
  readonly keepTemp: boolean;
  readonly seed: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Default is `true`: drivers that are not there yet are downloaded. */
  readonly downloads?: boolean;
  /** Share by which each operation is made longer; absent for real measurements. */
  readonly slowdownShare?: number;
  /** Default is `false`. The child sends pictures of its phases, made outside everything that is timed. */
  readonly timeline?: boolean;
  /** Root of the checkout whose code runs. Default is this one. */
  readonly checkout?: string;
  /** See `LaunchOrder`. */
  readonly driverConfigPath?: string;
}

/** None of these spans is inside a number; small scales give up sooner. */
const PATIENCE: Readonly<Record<Scale, Patience>> = {
  smoke: { finalQuietMs: 20, quietMs: 60, deadlineMs: 5_000 },
  standard: { finalQuietMs: 40, quietMs: 200, deadlineMs: 20_000 },
  large: { finalQuietMs: 100, quietMs: 500, deadlineMs: 60_000 },
};

/** In the block of a cell that keeps rows, which is in no number. */
const LINGER_MS = 500;

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Runs one block in a process of its own, in a directory of its own that is removed afterwards. */
export async function runBlockProcess(
  selected: SelectedCell,
  block: PlannedBlock,
  settings: BlockProcessSettings,
  onStep: (step: string) => void,
): Promise<SpawnedBlock> {
  const { slowdownShare, timeline = false } = settings;
  const keepsRows = block.evidence === "rows";
  const capabilities = capabilitiesOf(selected);
  const spawned = await playInProcess(selected, block, settings, onStep, async (child) => {
    let pictures: readonly PhaseTimeline[] | undefined;
    const result = await runBlock({
      ...child,
      // Rows that are kept grow with time, so that memory would tell of them.
      soak: keepsRows ? undefined : soakOf(selected, block, settings.seed),
      begin: { ...child.begin, keepsRows, ...(slowdownShare === undefined ? {} : { slowdownShare }) },
      counters: selected.adapter.counters,
      declaresLiveQueries: capabilities.liveQueries !== "none",
      worksOnCaller: capabilities.worksOn === "caller",
      lingerMs: keepsRows ? LINGER_MS : 0,
      losesByKills: capabilities.durability === "relaxed",
      onTimeline: timeline ? (phases) => pictures = phases : undefined,
    });
    return { kind: "result", result, ...(pictures === undefined ? {} : { timeline: pictures }) };
  });
  // Other revisions of the child may not know how to open a directory again.
  return keepsRows && settings.checkout === undefined && settings.driverConfigPath === undefined
    ? await withSurvival(spawned, selected, block, settings, onStep)
    : spawned;
}

/** What a block has found out, and whether what its cell acknowledges survives a kill. */
async function withSurvival(
  spawned: SpawnedBlock,
  selected: SelectedCell,
  block: PlannedBlock,
  settings: BlockProcessSettings,
  onStep: (step: string) => void,
): Promise<SpawnedBlock> {
  const { ending } = spawned;
  if (ending.kind !== "result" || ending.result.verdict !== "converged") return spawned;
  onStep(KILL_STEP);
  try {
    const context = { blockIndex: block.blockIndex, seed: settings.seed };
    const survival = await checkSurvival(selected, block, { ...settings, context });
    if (survival === undefined) return spawned;
    return { ...spawned, ending: { ...ending, result: withOutcome(ending.result, survival) } };
  } catch (error) {
    if (settings.signal.aborted) return { ...spawned, ending: { kind: "interrupted" } };
    const reason = `Cannot try whether writes survive a kill: ${messageOf(error)}`;
    return { ...spawned, ending: { kind: "failed", reason } };
  }
}

/** The phase that findings about killed processes name; no workload has one of that name. */
const KILL_STEP = "after a kill";

function withOutcome(result: BlockResult, { outcomes, fault }: Survival): BlockResult {
  if (fault !== undefined) {
    const { verdict, detail } = fault;
    const finding: Finding = { verdict, phase: KILL_STEP, iteration: 0, query: "", detail };
    return { ...result, verdict, findings: [finding], findingCount: 1 };
  }
  const isWhole = outcomes.every(({ acknowledged, kept }) => kept >= acknowledged);
  const told = isWhole
    ? "every acknowledged write is there"
    : "acknowledged writes are missing, as the adapter declares";
  return { ...result, facts: { ...result.facts, [KILL_STEP]: told } };
}

/** A child that was started for a block, with what it is to play. */
export type StartedChild = Pick<
  BlockRun,
  | "player"
  | "begin"
  | "program"
  | "makeDirectory"
  | "storedBytes"
  | "pageBytes"
  | "readings"
  | "onStep"
  | "restart"
>;

/** Starts the child of a block in a directory of its own, has `play` talk to it, and removes the directory afterwards. */
export async function playInProcess(
  { cell, adapter, workload }: SelectedCell,
  block: PlannedBlock,
  settings: BlockProcessSettings,
  onStep: (step: string) => void,
  play: (child: StartedChild) => ReturnType<BlockSpawn["run"]>,
): Promise<SpawnedBlock> {
  const { checkout = ROOT } = settings;
  const context = { blockIndex: block.blockIndex, seed: settings.seed, ...pacingOf(cell.parameters) };
  const load = loadOf(cell.parameters, block.chosen);
  let program: Program;
  try {
    const scaled = cell.sizes ?? workload.parameters[cell.scale];
    const sizes = sizesUnderLoad(scaled, workload.openLoop, load);
    const built = cell.workloadModule === undefined
      ? workload.program(sizes, context)
      : await buildOutsideProgram({ url: moduleUrl(cell.workloadModule), sizes, context });
    program = underLoad(built, workload.openLoop, load, context);
    const fault = cell.workloadModule === undefined ? undefined : laneFault(program);
    if (fault !== undefined) {
      throw new RangeError(
        `Cannot keep ${load.laneCount} operations of phase "${fault.phase}" in flight as no result may have two of them ` +
          `in common: they make ${fault.groupCount} groups`,
      );
    }
  } catch (error) {
    return { ending: { kind: "failed", reason: messageOf(error) }, output: [], outputLineCount: 0 };
  }
  const directory = join(settings.tempDirectory, `block-${block.position}`);
  await Deno.mkdir(directory);
  const launcher = LAUNCHERS[runtimeOf(cell)];
  const adapterUrl = cell.adapterModule === undefined ? undefined : moduleUrl(cell.adapterModule);
  let launch: Launch | undefined;
  try {
    launch = await launcher.launch({
      adapter,
      options: cell.options,
      adapterUrl,
      directory,
      sharedDirectory: settings.tempDirectory,
      downloads: settings.downloads ?? true,
      checkout,
      driverConfigPath: settings.driverConfigPath,
      onStep,
    });
    const { makePlace, storedBytes, pageBytes, tidy: _, ...started } = launch;
    return await spawnBlock({
      ...started,
      timeoutMs: settings.timeoutMs + (durationOf(cell) ?? 0),
      waitedMs,
      signal: settings.signal,
      onStep,
      run: (child) =>
        play({
          ...child,
          begin: {
            adapter: adapterUrl ?? adapter.id,
            options: cell.options,
            key: randomDigestKey(),
            keepsRows: false,
            patience: PATIENCE[cell.scale],
            ...(cell.parameters?.["render"] === undefined ? {} : { isDrawn: true }),
          },
          program,
          makeDirectory: makePlace,
          storedBytes,
          pageBytes,
        }),
    });
  } catch (error) {
    if (!(error instanceof DriverUnavailableError)) throw error;
    return { ending: { kind: "skip", reason: error.message }, output: [], outputLineCount: 0 };
  } finally {
    await launch?.tidy?.();
    if (!settings.keepTemp) await removeTree(directory);
  }
}

/** Blocks that go on play the programs of so many further blocks, whose values nobody else writes. */
const LAPS_PER_BLOCK = 1_000_000;

function soakOf(
  { cell, workload }: SelectedCell,
  { blockIndex }: PlannedBlock,
  seed: number,
): Soak | undefined {
  const durationMs = durationOf(cell);
  if (durationMs === undefined) return undefined;
  const sizes = cell.sizes ?? workload.parameters[cell.scale];
  return {
    durationMs,
    nowMs: () => performance.now(),
    lap: (index) => {
      const context = { blockIndex: (blockIndex + 1) * LAPS_PER_BLOCK + index, seed };
      return workload.program(sizes, { ...context, ...pacingOf(cell.parameters) });
    },
  };
}

/** The pacing of a cell that has one of its own. */
function pacingOf({ pacing: text }: CellParameters = {}): { readonly pacing?: Pacing } {
  const pacing = text === undefined ? undefined : parsePacing(text);
  return pacing === undefined ? {} : { pacing };
}

/**
 * Removes a block's directory. A process that the group did not hold may still write there; what it leaves is swept with
 * the run's folder, and no reason to lose a run.
 */
async function removeTree(directory: string): Promise<void> {
  try {
    await Deno.remove(directory, { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await Deno.remove(directory, { recursive: true }).catch(() => {});
  }
}

/** See `BlockSpawn`. */
function waitedMs(): number | undefined {
  const { cpuPressureUs } = readHost();
  return cpuPressureUs === undefined ? undefined : cpuPressureUs / 1000;
}
