/**
 * A record as a page carries it: its header as one line of JSON, then one line per block, as in `blocks.jsonl`.
 *
 * The page makes its view of that by itself: of ten thousand runs few are ever looked at, and blocks are handed on as the
 * bytes that they were read from.
 */
import type { Block, RunHeader, RunRecord } from "../../lib/model/mod.ts";

const LINE_FEED = 10;

/** The lines in UTF-8. `blocks` is the content of a file that holds the record's blocks, for who has it. */
export function recordLines(record: RunRecord, blocks?: Uint8Array): Uint8Array {
  const { results, ...header } = record;
  const rest = blocks ??
    new TextEncoder().encode(results.map((block) => `${JSON.stringify(block)}\n`).join(""));
  const first = new TextEncoder().encode(JSON.stringify(header));
  const lines = new Uint8Array(first.length + 1 + rest.length);
  lines.set(first);
  lines[first.length] = LINE_FEED;
  lines.set(rest, first.length + 1);
  return lines;
}

/** The record in such lines; nothing is checked, as it was when they were written. */
export function parseRecordLines(text: string): RunRecord {
  const [first, ...rest] = text.split("\n").filter((line) => line !== "");
  return {
    ...JSON.parse(first!) as RunHeader,
    results: rest.map((line) => JSON.parse(line) as Block),
  };
}
