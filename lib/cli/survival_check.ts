/**
 * Whether what a cell acknowledges survives a killed process: the workload's own tables, rows and writes at the smallest
 * scale, broken off at a moment that the seed decides, and looked at by another process.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_RUNTIME, type Program, type ProgramContext, runtimeOf } from "../model/mod.ts";
import { type Launch, LAUNCHERS } from "../runner/launchers/mod.ts";
import type { PlannedBlock } from "../runner/mod.ts";
import { moduleUrl, outsideAccess } from "../runner/outside_module.ts";
import { oneKill, type Survival, trySurvival, type Write } from "../runner/survival.ts";
import { buildOutsideProgram } from "./outside_program.ts";
import { capabilitiesOf, type SelectedCell } from "./select_cells.ts";
import { SessionChild, type SessionTarget } from "./session_child.ts";

/** What the check shares with the block that it belongs to. */
export interface SurvivalSettings {
  readonly tempDirectory: string;
  readonly keepTemp: boolean;
  readonly context: ProgramContext;
  /** For each of two processes. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** More of them tell no more. */
const MOST_WRITES = 200;

/**
 * Kills one process, or the browser of one page, and looks with another. `undefined` for a system that claims nothing, and
 * for a program without writes. Throws when a process cannot be started or a new database not be opened, and when the
 * signal is aborted.
 */
export async function checkSurvival(
  selected: SelectedCell,
  { position }: Pick<PlannedBlock, "position">,
  settings: SurvivalSettings,
): Promise<Survival | undefined> {
  const { cell, adapter } = selected;
  const { options, adapterModule } = cell;
  const { context, signal, timeoutMs } = settings;
  const claims = capabilitiesOf(selected);
  if (claims.durability === "none") return undefined;
  const program = await smallProgram(selected, context);
  const writes = firstWrites(program);
  if (writes.length === 0) return undefined;
  const directory = join(settings.tempDirectory, `killed-${position}`);
  await Deno.mkdir(directory);
  try {
    const target = targetOf({ adapter, options }, adapterModule);
    const launch = await launchIn(directory, selected, settings);
    // The next child opens what the one before has left in the same place.
    const place = launch === undefined ? directory : await launch.makePlace("session");
    return await trySurvival({
      startChild: () =>
        startChild(
          launch === undefined ? target : { ...target, elsewhere: { runtime: runtimeOf(cell), launch } },
          directory,
          { timeoutMs, signal },
        ),
      directory: place,
      tables: program.tables,
      seeds: program.seeds,
      claims,
      lives: [oneKill(writes, context.seed + context.blockIndex + position)],
    });
  } finally {
    if (!settings.keepTemp) await Deno.remove(directory, { recursive: true }).catch(() => {});
  }
}

/** How children of a cell are started; `undefined` for Deno. */
async function launchIn(
  directory: string,
  { cell, adapter }: SelectedCell,
  { tempDirectory }: SurvivalSettings,
): Promise<Launch | undefined> {
  const runtime = runtimeOf(cell);
  if (runtime === DEFAULT_RUNTIME) return undefined;
  return await LAUNCHERS[runtime].launch({
    adapter,
    directory,
    sharedDirectory: tempDirectory,
    downloads: true,
    checkout: ROOT,
    onStep: () => {},
  });
}

function smallProgram({ cell, workload }: SelectedCell, context: ProgramContext): Program | Promise<Program> {
  return cell.workloadModule === undefined
    ? workload.program(workload.parameters.smoke, context)
    : buildOutsideProgram({ url: moduleUrl(cell.workloadModule), sizes: workload.parameters.smoke, context });
}

/** The first writes of the program that belong to one session. */
function firstWrites({ iterations }: Program): Write[] {
  const writes: Write[] = [];
  for (const [index, { freshSession, phases }] of iterations.entries()) {
    if ((index > 0 && freshSession) || writes.length >= MOST_WRITES) break;
    for (const phase of phases) {
      for (const operation of phase.operations()) {
        if (operation.kind === "write" || operation.kind === "batch") writes.push(operation);
      }
    }
  }
  return writes.slice(0, MOST_WRITES);
}

function targetOf(
  choice: Pick<SessionTarget, "adapter" | "options">,
  adapterModule: string | undefined,
): SessionTarget {
  if (adapterModule === undefined) return choice;
  const url = moduleUrl(adapterModule);
  const { configPath } = outsideAccess(url);
  return { ...choice, moduleUrl: url, ...(configPath === undefined ? {} : { configPath }) };
}

async function startChild(
  target: SessionTarget,
  directory: string,
  { timeoutMs, signal }: Pick<SurvivalSettings, "timeoutMs" | "signal">,
): Promise<SessionChild> {
  signal.throwIfAborted();
  const child = new SessionChild(target, directory, timeoutMs);
  signal.addEventListener("abort", () => void child.end(), { once: true });
  try {
    await child.begin();
    return child;
  } catch (error) {
    await child.end();
    throw error;
  }
}
