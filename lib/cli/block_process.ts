/** Starts the child process of a planned block: its directory, its permissions, its order. */
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { findLibc } from "../clock/mod.ts";
import { type Adapter, type Scale, workloadKey } from "../model/mod.ts";
import { type Patience, type PlannedBlock, spawnBlock, type SpawnedBlock } from "../runner/mod.ts";
import { childFlags, driverConfigPath } from "../runner/child_flags.ts";
import { moduleUrl, outsideAccess } from "../runner/outside_module.ts";
import type { SelectedCell } from "./select_cells.ts";

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
}

/** None of these spans is inside a number; small scales give up sooner. */
const PATIENCE: Readonly<Record<Scale, Patience>> = {
  smoke: { quietMs: 60, deadlineMs: 5_000 },
  standard: { quietMs: 200, deadlineMs: 20_000 },
  large: { quietMs: 500, deadlineMs: 60_000 },
};

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Runs one block in a process of its own, in a directory of its own that is removed afterwards. */
export async function runBlockProcess(
  { cell, adapter, workload }: SelectedCell,
  block: PlannedBlock,
  settings: BlockProcessSettings,
  onStep: (step: string) => void,
): Promise<SpawnedBlock> {
  const { checkout = ROOT, slowdownShare, timeline = false } = settings;
  const directory = join(settings.tempDirectory, `block-${block.position}`);
  await Deno.mkdir(directory);
  const libcPath = findLibc();
  const [adapterUrl, workloadUrl] = [cell.adapterModule, cell.workloadModule].map((name) =>
    name === undefined ? undefined : moduleUrl(name)
  );
  const [adapterAccess, workloadAccess] = [adapterUrl, workloadUrl].map((url) =>
    url === undefined ? undefined : outsideAccess(url)
  );
  const read = [...adapterAccess?.read ?? [], ...workloadAccess?.read ?? []];
  try {
    return await spawnBlock({
      executable: Deno.execPath(),
      flags: [
        "run",
        ...(settings.downloads === false ? ["--cached-only"] : []),
        ...childFlags({
          adapter: adapterIn(checkout, adapter),
          directory,
          libcPath,
          configPath: adapterAccess?.configPath ?? driverConfigIn(checkout, adapter),
          read,
        }),
      ],
      entry: pathToFileURL(join(checkout, "scripts", "cell.ts")).href,
      order: {
        token: crypto.randomUUID(),
        adapter: adapterUrl ?? adapter.id,
        options: cell.options,
        workload: workloadUrl ?? workloadKey(workload),
        scale: cell.scale,
        context: { blockIndex: block.blockIndex, seed: settings.seed },
        directory,
        patience: PATIENCE[cell.scale],
        ...(libcPath === undefined ? {} : { libcPath }),
        ...(slowdownShare === undefined ? {} : { slowdownShare }),
        ...(timeline ? { timeline } : {}),
      },
      timeoutMs: settings.timeoutMs,
      signal: settings.signal,
      onStep,
    });
  } finally {
    if (!settings.keepTemp) await Deno.remove(directory, { recursive: true });
  }
}

/** The adapter with what it reads inside this checkout replaced by the same in another one. */
function adapterIn(checkout: string, adapter: Adapter): Adapter {
  if (checkout === ROOT) return adapter;
  const { read = [] } = adapter.permissions;
  return {
    ...adapter,
    permissions: { ...adapter.permissions, read: read.map((path) => movedPath(checkout, path)) },
  };
}

/** The configuration of a registered adapter's drivers in another checkout; `undefined` in this one. */
function driverConfigIn(checkout: string, adapter: Adapter): string | undefined {
  const path = checkout === ROOT ? undefined : driverConfigPath(adapter);
  return path === undefined ? undefined : movedPath(checkout, path);
}

function movedPath(checkout: string, path: string): string {
  return path.startsWith(ROOT) ? join(checkout, relative(ROOT, path)) : path;
}
