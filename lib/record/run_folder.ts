/**
 * A run folder while it is written: `record.json` (the header), `blocks.jsonl` (one block per line) and `timelines/`.
 *
 * ```
 * createRun ──> running ──append──> running ──seal──> complete | partial
 *                  ^                   │ killed                   │
 *                  └──── resumeRun ────┴──────────────────────────┘ partial only
 * ```
 *
 * Whatever is acknowledged is on the disk: the header is replaced as a whole, a block is appended as one line and
 * synced before `append` returns. A process killed at any moment leaves a folder that `loadRun` reads. The writer
 * holds the system's lock on `blocks.jsonl`, which dies with the process.
 */
import { join } from "node:path";
import { messageOf, UsageError } from "../model/errors.ts";
import { METRICS_VERSION } from "../model/metric.ts";
import { type Block, RECORD_SCHEMA_VERSION, type RunHeader, type RunRecord } from "../model/record.ts";
import type { PhaseTimeline } from "../model/timeline.ts";
import type { Warning } from "../model/warning.ts";
import { BlockLog } from "./block_log.ts";
import {
  BLOCKS_FILE,
  HEADER_FILE,
  headerDigest,
  loadBlocks,
  loadHeader,
  misfit,
  withUnfinished,
} from "./load_run.ts";
import { replaceFile, syncDirectory } from "./replace_file.ts";
import { parseLabel, runId } from "./run_id.ts";
import { checkBlock, checkHeader } from "./schema.ts";
import { removeTimeline, writeTimeline } from "./timeline_file.ts";

/** What a header says besides the run's name, state and digests. */
export type RunDescription = Omit<
  RunHeader,
  | "schemaVersion"
  | "metricsVersion"
  | "id"
  | "label"
  | "status"
  | "startedAt"
  | "endedAt"
  | "blocks"
  | "sha256"
>;

/** What a new run needs. */
export interface RunStart extends RunDescription {
  /** Folder of all runs; made when it is not there. */
  readonly root: string;
  /** 1 to 64 letters, digits, `.`, `_`, `-`, starting with a letter or digit; absent for the default. */
  readonly label?: string | undefined;
  /** Names the folder and is the run's `startedAt`. */
  readonly now: Date;
}

/** How a run ends. */
export interface RunEnd {
  /** `partial` can be resumed, `complete` is final. */
  readonly status: "partial" | "complete";
  /** The run's `endedAt`. */
  readonly now: Date;
  /** Warnings about the whole run that came up on the way; they follow those of the header. */
  readonly warnings?: readonly Warning[];
}

/**
 * A run that this process writes. Made by {@link createRun} and {@link resumeRun}.
 *
 * Everything is synchronous: no block is being measured while the record is written, and a signal handler that seals
 * can never come between the halves of an append.
 */
export class OpenRun implements Disposable {
  /** Path of the run folder. */
  readonly folder: string;
  #header: RunHeader;
  readonly #log: BlockLog;
  readonly #blocks: Block[];
  readonly #indexesByCell: Map<string, Set<number>>;
  /** A resumed run stays sealed until there is a block to add. */
  #isSealStored: boolean;
  #end: "sealed" | "closed" | undefined;

  /** Takes over a locked log whose content is `blocks`. `stored` is the header on the disk, sealed or running. */
  constructor(folder: string, stored: RunHeader, log: BlockLog, blocks: readonly Block[]) {
    const { endedAt: _endedAt, blocks: _blocks, sha256: _sha256, ...rest } = stored;
    const header: RunHeader = { ...rest, status: "running" };
    this.folder = folder;
    this.#header = header;
    this.#isSealStored = stored.status !== "running";
    this.#log = log;
    this.#blocks = [...blocks];
    this.#indexesByCell = new Map(header.settings.cells.map(({ key }) => [key, new Set()]));
    for (const { cellKey, blockIndex } of blocks) this.#indexesByCell.get(cellKey)?.add(blockIndex);
  }

  /** The header: of a running run until {@link OpenRun.seal}, then the sealed one. */
  get header(): RunHeader {
    return this.#header;
  }

  /** All blocks that are on the disk, in order of execution; after a resume also those of before. */
  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  /** Whether this block of this cell is there already. */
  has(cellKey: string, blockIndex: number): boolean {
    return this.#indexesByCell.get(cellKey)?.has(blockIndex) ?? false;
  }

  /** Whether a block of this cell has left its timeline. */
  hasTimeline(cellKey: string): boolean {
    return this.#blocks.some((block) =>
      block.cellKey === cellKey && block.status === "measured" && block.timeline !== undefined
    );
  }

  /**
   * Appends a measured block with its timeline, or a block without one; both are on the disk when this returns.
   *
   * Throws a TypeError, with nothing written, when the block or the timeline breaks the format, when the block is there
   * already, belongs to no cell of the settings or does not come after the one before. Throws an Error when the disk
   * does not take it: the blocks of before are safe, and the run can be appended to again, sealed, or resumed later.
   */
  append(block: Block, phases?: readonly PhaseTimeline[]): void {
    this.#requireOpen(`append block ${block.blockIndex} of "${block.cellKey}"`);
    const checked = checkBlock(block);
    const rule = "rule" in checked ? checked.rule : misfit(block, this.#blocks.at(-1), this.#indexesByCell);
    if (rule !== undefined) {
      throw new TypeError(
        `Cannot append block ${block.blockIndex} of "${block.cellKey}" as it must be sound: ${rule}`,
      );
    }
    if (this.#isSealStored) {
      // First, as a seal that does not fit the blocks would make the folder unreadable.
      writeHeader(this.folder, this.#header);
      this.#isSealStored = false;
    }
    // First, so that no block names a file that is not there.
    const timeline = phases === undefined || block.status !== "measured"
      ? undefined
      : writeTimeline(this.folder, block, phases);
    const line = JSON.stringify(timeline === undefined ? block : { ...block, timeline });
    try {
      this.#log.append(line);
    } catch (error) {
      if (timeline !== undefined) removeTimeline(this.folder, timeline);
      throw error;
    }
    this.#indexesByCell.get(block.cellKey)?.add(block.blockIndex);
    this.#blocks.push(JSON.parse(line));
  }

  /**
   * Writes the end and the digests into the header, closes the run and returns it as {@link loadRun} would.
   * Throws a TypeError when a warning breaks the format, and an Error when the disk does not take it, or when something else has written to the blocks; the run is
   * then still open and still marked as running.
   */
  seal(end: RunEnd): RunRecord {
    this.#requireOpen("seal run");
    const sha256 = this.#log.sealedDigest();
    const unsigned = asStored<RunHeader>({
      ...this.#header,
      status: end.status,
      endedAt: end.now.toISOString(),
      warnings: [...this.#header.warnings, ...(end.warnings ?? [])],
      blocks: { sha256, count: this.#blocks.length },
    });
    const header: RunHeader = { ...unsigned, sha256: headerDigest(unsigned) };
    requireSound("seal", header);
    writeHeader(this.folder, header);
    this.#header = header;
    this.#log.close();
    this.#end = "sealed";
    return { ...header, results: [...this.#blocks] };
  }

  /** Lets go of the folder and its lock. A run that was not sealed stays marked as running and can be resumed. */
  close(): void {
    if (this.#end !== undefined) return;
    this.#end = "closed";
    this.#log.close();
  }

  /** The same as {@link OpenRun.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  #requireOpen(action: string): void {
    if (this.#end !== undefined) {
      throw new Error(`Cannot ${action} as "${this.folder}" must be open: it is ${this.#end}`);
    }
  }
}

/**
 * Makes the folder of a new run, with its header and no blocks.
 *
 * The folder appears with its whole content or not at all. Throws a UsageError for a label that breaks the rule, for
 * a root that cannot be written, and for a folder that is there already; a TypeError for a header that breaks the
 * format.
 */
export function createRun(start: RunStart): OpenRun {
  const {
    root,
    label,
    now,
    settings,
    environment,
    adapters,
    workloads,
    capabilities,
    delays,
    fleet,
    warnings,
  } = start;
  const id = runId(now, label);
  const given: RunHeader = {
    schemaVersion: RECORD_SCHEMA_VERSION,
    metricsVersion: METRICS_VERSION,
    id,
    label: parseLabel(label),
    status: "running",
    startedAt: now.toISOString(),
    settings,
    environment,
    adapters,
    workloads,
    capabilities,
    ...(delays === undefined ? {} : { delays }),
    warnings,
    ...(fleet === undefined ? {} : { fleet }),
  };
  requireSound("create", given);
  const header = asStored(given);

  const folder = join(root, id);
  try {
    Deno.mkdirSync(root, { recursive: true });
  } catch (error) {
    throw unwritable(id, root, error);
  }
  if (exists(folder)) throw alreadyThere(folder);

  const staging = join(root, `.${id}-${crypto.randomUUID()}`);
  try {
    Deno.mkdirSync(staging);
    Deno.writeFileSync(join(staging, BLOCKS_FILE), new Uint8Array(), { createNew: true });
    writeHeader(staging, header);
    // Renaming onto a folder that holds something fails: of two processes with one name, the second one loses.
    Deno.renameSync(staging, folder);
    syncDirectory(root);
  } catch (error) {
    removeStaging(staging);
    if (exists(folder)) throw alreadyThere(folder, error);
    throw unwritable(id, root, error);
  }
  return new OpenRun(folder, header, new BlockLog(openLocked(folder), join(folder, BLOCKS_FILE)), []);
}

/**
 * Opens a run that was interrupted or killed, to go on with it; `blocks` and `has` tell what is there. With a budget that is
 * longer than its own, a complete run goes on, too, and ends by that budget.
 *
 * An unfinished last line is cut off the file and becomes a warning of the header. A partial run stays sealed until
 * the first `append`, so that opening and closing it changes nothing.
 *
 * Throws a UsageError for a folder that is not there, for a complete run without a budget, for a budget that is no longer than
 * before or meets a fixed count of blocks, for a run that another process is writing and for one of an older schema version;
 * a RecordFormatError for one that is not sound.
 */
export function resumeRun(folder: string, budgetMs?: number): OpenRun {
  // Looked at before the lock is taken, so that a folder that is no run gets the error that says so.
  requireResumable(folder, budgetMs);
  const file = openLocked(folder);
  try {
    // Read again under the lock: the run may have ended in between.
    const before = requireResumable(folder, budgetMs);
    const { blocks, unfinished } = loadBlocks(folder, before, []);
    const header = withBudget(withUnfinished(before, unfinished), budgetMs);
    if (unfinished !== undefined) {
      writeHeader(folder, header);
      file.truncateSync(unfinished.startByte);
      file.syncSync();
    }
    return new OpenRun(folder, header, new BlockLog(file, join(folder, BLOCKS_FILE)), blocks);
  } catch (error) {
    file.unlockSync();
    file.close();
    throw error;
  }
}

function requireResumable(folder: string, budgetMs: number | undefined): RunHeader {
  const { header, steps } = loadHeader(folder);
  if (steps.length > 0) {
    throw new UsageError(
      `Cannot resume run "${folder}" as it must have schema version ${RECORD_SCHEMA_VERSION}: it has version ${
        steps[0]?.from
      }`,
    );
  }
  const { stopping } = header.settings;
  if (budgetMs !== undefined && stopping === undefined) {
    throw new UsageError(`Cannot give run "${folder}" a budget as its repetitions were counted beforehand`);
  }
  if (budgetMs !== undefined && budgetMs <= stopping!.budgetMs) {
    throw new UsageError(
      `Cannot resume run "${folder}" as a budget must be longer than before: it had ${
        stopping!.budgetMs / 1000
      } s, and ` +
        `${budgetMs / 1000} s were given`,
    );
  }
  if (header.status === "complete" && budgetMs === undefined) {
    throw new UsageError(
      `Cannot resume run "${folder}" as it must be partial or killed: it is complete` +
        (stopping === undefined ? "" : "; a longer --budget narrows its intervals"),
    );
  }
  return header;
}

function withBudget(header: RunHeader, budgetMs: number | undefined): RunHeader {
  const { settings } = header;
  const { stopping } = settings;
  if (stopping === undefined || budgetMs === undefined) return header;
  return { ...header, settings: { ...settings, stopping: { ...stopping, budgetMs } } };
}

function requireSound(action: "create" | "seal", header: RunHeader): void {
  const checked = checkHeader(header);
  if ("rule" in checked) {
    throw new TypeError(`Cannot ${action} run "${header.id}" as its header must be sound: ${checked.rule}`);
  }
}

/** What reading the value back will give: a report made now must equal one made from the files (-0 is stored as 0). */
function asStored<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

function openLocked(folder: string): Deno.FsFile {
  const path = join(folder, BLOCKS_FILE);
  let file: Deno.FsFile;
  try {
    // Opening a pipe or a device in its place might never return.
    if (!Deno.statSync(path).isFile) throw new TypeError("it is no regular file");
    file = Deno.openSync(path, { read: true, append: true });
  } catch (error) {
    throw new UsageError(
      `Cannot write run "${folder}" as ${BLOCKS_FILE} must be writable: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  if (file.tryLockSync(true)) return file;
  file.close();
  throw new UsageError(`Cannot write run "${folder}" as only one process may write it: another one does now`);
}

function writeHeader(folder: string, header: RunHeader): void {
  try {
    replaceFile(join(folder, HEADER_FILE), JSON.stringify(header, null, 2) + "\n");
  } catch (error) {
    throw new Error(
      `Cannot write ${HEADER_FILE} of run "${folder}" as the disk must take it: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function alreadyThere(folder: string, cause?: unknown): UsageError {
  return new UsageError(
    `Cannot create run "${folder}" as its folder must be new: it exists; give another label, or resume it`,
    { cause },
  );
}

function unwritable(id: string, root: string, cause: unknown): UsageError {
  return new UsageError(
    `Cannot create run "${id}" as the results folder "${root}" must be a writable folder: ${
      messageOf(cause)
    }`,
    { cause },
  );
}

function removeStaging(staging: string): void {
  try {
    Deno.removeSync(staging, { recursive: true });
  } catch {
    // Never made, or the disk refuses; the error that led here tells more than this one.
  }
}
