/**
 * Reading a run folder.
 *
 * A sealed run must be what was sealed: header digest, block digest, count, format, blocks that fit the plan, and the
 * timelines that they name. A run that was killed before it was sealed has no digests; all its finished lines must still be sound, and an
 * unfinished last line is left out with a warning.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { messageOf, RecordFormatError, UsageError } from "../model/errors.ts";
import type { Block, RunHeader, RunRecord } from "../model/record.ts";
import type { Warning } from "../model/warning.ts";
import {
  migrateBlock,
  migrateHeader,
  type Migration,
  MIGRATIONS,
  migrationsFor,
  type RawObject,
} from "./migrate.ts";
import { checkBlock, checkHeader } from "./schema.ts";
import { requireTimeline, timelineFileName, TIMELINES_FOLDER } from "./timeline_file.ts";

/** Name of the header's file in a run folder. */
export const HEADER_FILE = "record.json";

/** Name of the blocks' file in a run folder. */
export const BLOCKS_FILE = "blocks.jsonl";

/** Name of the folder below a fleet's record that keeps the rounds of machines that were set aside: `<machine>/<run folder>`. */
export const ASIDE_FOLDER = "aside";

/** The last line of a killed run, without its line feed. */
export interface UnfinishedLine {
  /** Counts from 1. */
  readonly line: number;
  /** Where the line begins, which is how long the sound part of the file is. */
  readonly startByte: number;
  readonly byteCount: number;
}

/** A header as it is stored, with the steps that brought it to the present format. */
export interface LoadedHeader {
  readonly header: RunHeader;
  /** Steps that its blocks need, too; empty for a record of the present version. */
  readonly steps: readonly Migration[];
}

/** Blocks as they are stored. */
export interface LoadedBlocks {
  readonly blocks: readonly Block[];
  /** The whole file. */
  readonly bytes: Uint8Array;
  /** SHA-256 of the whole file in hex. */
  readonly sha256: string;
  /** Only ever present in a run that is not sealed. */
  readonly unfinished?: UnfinishedLine;
}

/** A run, and the bytes that its blocks were read from. */
export interface StoredRun {
  readonly record: RunRecord;
  /** Content of `blocks.jsonl`; absent where a newer format has other blocks, or the last line is unfinished. */
  readonly blocksBytes?: Uint8Array;
}

/**
 * Loads a run: header and blocks in order of execution.
 *
 * Throws a UsageError when the folder is not there or is no folder, and a RecordFormatError, with file, line and
 * rule, when what it holds is not a sound run. `migrations` is for tests.
 */
export function loadRun(folder: string, migrations: readonly Migration[] = MIGRATIONS): RunRecord {
  return loadStoredRun(folder, migrations).record;
}

/** As {@link loadRun}, for who stores the blocks again. */
export function loadStoredRun(folder: string, migrations: readonly Migration[] = MIGRATIONS): StoredRun {
  const { header, steps } = loadHeader(folder, migrations);
  const { blocks, bytes, unfinished } = loadBlocks(folder, header, steps);
  const record = { ...withUnfinished(header, unfinished), results: blocks };
  const areChanged = steps.some(({ block }) => block !== undefined) || unfinished !== undefined;
  return areChanged ? { record } : { record, blocksBytes: bytes };
}

/** Loads `record.json` and checks its digest when it is sealed. Throws as {@link loadRun} does. */
export function loadHeader(folder: string, migrations: readonly Migration[] = MIGRATIONS): LoadedHeader {
  const file = join(folder, HEADER_FILE);
  let bytes: Uint8Array;
  try {
    bytes = readWhole(file);
  } catch (error) {
    requireFolder(folder);
    throw error;
  }
  const stored = parseObject(decode(bytes, file, undefined), file, undefined);
  const steps = migrationsFor(stored, file, migrations);
  if (stored["sha256"] !== undefined && stored["sha256"] !== headerDigest(stored)) {
    throw new RecordFormatError(
      file,
      undefined,
      `the header must be the one that was sealed: its digest is ${headerDigest(stored)}, expected ${
        String(stored["sha256"])
      }`,
    );
  }
  const checked = checkHeader(migrateHeader(stored, steps));
  if ("rule" in checked) throw new RecordFormatError(file, undefined, checked.rule);
  return { header: checked.value, steps };
}

/** Loads `blocks.jsonl` and holds it against the header. Throws as {@link loadRun} does. */
export function loadBlocks(folder: string, header: RunHeader, steps: readonly Migration[]): LoadedBlocks {
  const file = join(folder, BLOCKS_FILE);
  const bytes = readWhole(file);
  const sha256 = digest(bytes);
  const { lines, unfinished } = splitLines(bytes, file);

  const blocks: Block[] = [];
  const indexesByCell = new Map<string, Set<number>>(
    header.settings.cells.map(({ key }) => [key, new Set()]),
  );
  // Lines come before the digest: "line 7 is no JSON" helps more than "the digest differs", and both are refusals.
  let number = 0;
  for (const line of lines) {
    number++;
    const raw = migrateBlock(parseObject(line, file, number), steps);
    const checked = checkBlock(raw);
    const rule = "rule" in checked ? checked.rule : misfit(checked.value, blocks.at(-1), indexesByCell);
    if (rule !== undefined) throw new RecordFormatError(file, number, rule);
    if ("value" in checked) {
      indexesByCell.get(checked.value.cellKey)?.add(checked.value.blockIndex);
      blocks.push(checked.value);
    }
  }

  if (header.blocks !== undefined) {
    if (unfinished !== undefined) {
      throw new RecordFormatError(file, unfinished.line, "each line of a sealed run must end in a line feed");
    }
    if (blocks.length !== header.blocks.count) {
      throw new RecordFormatError(
        file,
        undefined,
        `a sealed run must have the blocks that were sealed: it has ${blocks.length}, expected ${header.blocks.count}`,
      );
    }
    if (sha256 !== header.blocks.sha256) {
      throw new RecordFormatError(
        file,
        undefined,
        `a sealed run must have the bytes that were sealed: their digest is ${sha256}, expected ${header.blocks.sha256}`,
      );
    }
  }
  // Not parsed here: that they are the ones that were measured is all that a record needs of them.
  for (const block of blocks) requireTimeline(folder, block);
  return { blocks, bytes, sha256, ...(unfinished === undefined ? {} : { unfinished }) };
}

/**
 * Why a block cannot follow the ones before it, or `undefined` when it can: its cell is in the plan, its index is new
 * within the cell, its timeline has the name that follows from both, and its position is later than that of the block
 * before.
 */
export function misfit(
  block: Block,
  before: Block | undefined,
  indexesByCell: ReadonlyMap<string, ReadonlySet<number>>,
): string | undefined {
  const indexes = indexesByCell.get(block.cellKey);
  if (indexes === undefined) {
    return `"cellKey" must be one of the cells in the settings: it is "${block.cellKey}"`;
  }
  if (indexes.has(block.blockIndex)) {
    return `a cell must have each block once: "${block.cellKey}" has block ${block.blockIndex} twice`;
  }
  if (block.status === "measured" && block.timeline !== undefined) {
    // A name that the block could choose might lead anywhere.
    const file = timelineFileName(block.cellKey, block.blockIndex);
    if (block.timeline.file !== file) {
      return `its timeline must be in "${TIMELINES_FOLDER}/${file}": it is in "${block.timeline.file}"`;
    }
  }
  if (before !== undefined && block.position <= before.position) {
    return `"position" must grow from line to line: it is ${block.position} after ${before.position}`;
  }
  return undefined;
}

/** Digest of a header, sealed or about to be: SHA-256 in hex of its JSON without `sha256`. */
export function headerDigest(header: Readonly<Record<string, unknown>> | RunHeader): string {
  return digest(JSON.stringify({ ...header, sha256: undefined }));
}

/** The header with a warning about the line that was left out, if there is one. */
export function withUnfinished(header: RunHeader, unfinished: UnfinishedLine | undefined): RunHeader {
  if (unfinished === undefined) return header;
  const { line, byteCount } = unfinished;
  const warning: Warning = { kind: "unfinished-line", line, byteCount };
  return { ...header, warnings: [...header.warnings, warning] };
}

function requireFolder(folder: string): void {
  let isDirectory: boolean;
  try {
    isDirectory = Deno.statSync(folder).isDirectory;
  } catch (error) {
    throw new UsageError(`Cannot load run "${folder}" as it must be a readable folder: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (!isDirectory) throw new UsageError(`Cannot load run "${folder}" as it must be a folder: it is a file`);
}

function readWhole(file: string): Uint8Array {
  try {
    // Reading a device or a pipe in its place might never end.
    if (!Deno.statSync(file).isFile) {
      throw new RecordFormatError(file, undefined, "it must be a regular file");
    }
    return Deno.readFileSync(file);
  } catch (error) {
    if (error instanceof RecordFormatError) throw error;
    const rule = error instanceof Deno.errors.NotFound
      ? "the file must exist in a run folder"
      : `the file must be readable: ${messageOf(error)}`;
    throw new RecordFormatError(file, undefined, rule, { cause: error });
  }
}

/** The finished lines, each checked to be text when it is asked for, and what stands behind them. */
function splitLines(
  bytes: Uint8Array,
  file: string,
): { lines: Iterable<string>; unfinished?: UnfinishedLine } {
  const startByte = bytes.lastIndexOf(10) + 1;
  const finished = bytes.subarray(0, startByte);
  const lines = wholeLines(finished) ?? linesOneByOne(finished, file);
  if (startByte === bytes.length) return { lines };
  const line = finished.reduce((count, byte) => count + Number(byte === 10), 1);
  return { lines, unfinished: { line, startByte, byteCount: bytes.length - startByte } };
}

/** `undefined` when it is not all text, or too long for one string: then lines are looked at one by one. */
function wholeLines(finished: Uint8Array): string[] | undefined {
  let text: string;
  try {
    text = UTF_8.decode(finished);
  } catch {
    return undefined;
  }
  const lines = text.split("\n");
  lines.pop();
  return lines;
}

function* linesOneByOne(finished: Uint8Array, file: string): Generator<string> {
  let start = 0;
  for (let line = 1; start < finished.length; line++) {
    const end = finished.indexOf(10, start);
    yield decode(finished.subarray(start, end), file, line);
    start = end + 1;
  }
}

const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array, file: string, line: number | undefined): string {
  try {
    return UTF_8.decode(bytes);
  } catch (error) {
    throw new RecordFormatError(file, line, "it must be UTF-8 text", { cause: error });
  }
}

function parseObject(text: string, file: string, line: number | undefined): RawObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RecordFormatError(file, line, `it must be JSON: ${messageOf(error)}`, { cause: error });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as RawObject;
  throw new RecordFormatError(file, line, "it must be a JSON object");
}

function digest(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}
