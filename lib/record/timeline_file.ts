/**
 * `timelines/` of a run folder: the picture of one block per file, gzipped JSON.
 *
 * A file is on the disk before the block that names it, and that block's line holds its digest. So the digest of
 * `blocks.jsonl` in the sealed header covers the pictures too, and a killed run has no block whose picture is missing;
 * at most there is a file that no block names, which the same block replaces when it runs again.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { messageOf, RecordFormatError } from "../model/errors.ts";
import type { Block } from "../model/record.ts";
import {
  type BlockTimeline,
  type PhaseTimeline,
  TIMELINE_SCHEMA_VERSION,
  type TimelineReference,
} from "../model/timeline.ts";
import { replaceFile, syncDirectory } from "./replace_file.ts";
import { checkTimeline } from "./schema.ts";

/** Name of the folder in a run folder. */
export const TIMELINES_FOLDER = "timelines";

/** Unpacked, a picture is far smaller; a file that grows beyond this when it is unpacked is not one. */
const LARGEST_BYTES = 64 * 2 ** 20;

/** The name of a block's file: readable, the same on every system, and different for every cell and block. */
export function timelineFileName(cellKey: string, blockIndex: number): string {
  const words = cellKey.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60);
  return `${words}-${sha256(cellKey).slice(0, 8)}-${blockIndex}.json.gz`;
}

/**
 * Writes the picture of a block; it is on the disk when this returns.
 * Throws a TypeError for one that breaks the format, and an Error when the disk does not take it.
 */
export function writeTimeline(
  folder: string,
  { cellKey, blockIndex }: Pick<Block, "cellKey" | "blockIndex">,
  phases: readonly PhaseTimeline[],
): TimelineReference {
  const timeline: BlockTimeline = { schemaVersion: TIMELINE_SCHEMA_VERSION, cellKey, blockIndex, phases };
  const checked = checkTimeline(timeline);
  if ("rule" in checked) {
    throw new TypeError(
      `Cannot write the timeline of block ${blockIndex} of "${cellKey}" as it must be sound: ${checked.rule}`,
    );
  }
  const bytes = gzipSync(JSON.stringify(timeline), { level: 9 });
  const file = timelineFileName(cellKey, blockIndex);
  const path = join(folder, TIMELINES_FOLDER, file);
  try {
    makeFolder(folder);
    replaceFile(path, bytes);
  } catch (error) {
    throw new Error(
      `Cannot write ${bytes.length} bytes to "${path}" as the disk must take them: ${messageOf(error)}`,
      { cause: error },
    );
  }
  return { file, sha256: sha256(bytes) };
}

/** Removes the picture of a block that could not be kept, so that what it took on a full disk is free again. */
export function removeTimeline(folder: string, { file }: TimelineReference): void {
  try {
    Deno.removeSync(join(folder, TIMELINES_FOLDER, file));
  } catch {
    // The same block replaces it when it runs again.
  }
}

/**
 * Loads the picture of a block; `undefined` for a block without one.
 * Throws a RecordFormatError, with file and rule, when the file is not the one that the block names.
 */
export function loadTimeline(folder: string, block: Block): BlockTimeline | undefined {
  const stored = readTimeline(folder, block);
  if (stored === undefined) return undefined;
  const { path, bytes } = stored;
  let value: unknown;
  try {
    const unpacked = gunzipSync(bytes, { maxOutputLength: LARGEST_BYTES });
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(unpacked));
  } catch (error) {
    throw new RecordFormatError(path, undefined, `it must be gzipped JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const checked = checkTimeline(value);
  if ("rule" in checked) throw new RecordFormatError(path, undefined, checked.rule);
  const { cellKey, blockIndex } = checked.value;
  if (cellKey !== block.cellKey || blockIndex !== block.blockIndex) {
    throw new RecordFormatError(
      path,
      undefined,
      `it must be of the block that names it: it is of block ${blockIndex} of "${cellKey}"`,
    );
  }
  return checked.value;
}

/** Throws a RecordFormatError, with file and rule, unless the picture that a block names is there and unchanged. */
export function requireTimeline(folder: string, block: Block): void {
  readTimeline(folder, block);
}

function readTimeline(folder: string, block: Block): { path: string; bytes: Uint8Array } | undefined {
  if (block.status !== "measured" || block.timeline === undefined) return undefined;
  const path = join(folder, TIMELINES_FOLDER, block.timeline.file);
  let bytes: Uint8Array;
  try {
    // Reading a device or a pipe in its place might never end.
    if (!Deno.statSync(path).isFile) throw new TypeError("it is no regular file");
    bytes = Deno.readFileSync(path);
  } catch (error) {
    const rule = error instanceof Deno.errors.NotFound
      ? `the file must exist, as block ${block.blockIndex} of "${block.cellKey}" names it`
      : `the file must be readable: ${messageOf(error)}`;
    throw new RecordFormatError(path, undefined, rule, { cause: error });
  }
  const found = sha256(bytes);
  if (found !== block.timeline.sha256) {
    throw new RecordFormatError(
      path,
      undefined,
      `it must have the bytes that were measured: their digest is ${found}, expected ${block.timeline.sha256}`,
    );
  }
  return { path, bytes };
}

function makeFolder(folder: string): void {
  try {
    Deno.mkdirSync(join(folder, TIMELINES_FOLDER));
    syncDirectory(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}
