import { deepStrictEqual, match, ok } from "node:assert/strict";
import type { Block, Cell } from "../model/mod.ts";
import type { PlannedBlock } from "../runner/mod.ts";
import { ProgressLine } from "./progress.ts";

const cell: Cell = {
  key: "keyed-pk@2/fake/smoke",
  workload: "keyed-pk",
  workloadVersion: 2,
  adapter: "fake",
  options: {},
  scale: "smoke",
};

function skipped(elapsedMs: number): Block {
  const base = { cellKey: cell.key, blockIndex: 0, position: 0, startedAt: "2026-01-01T00:00:00Z", host: {} };
  return { ...base, status: "skipped", reason: "no driver", elapsedMs, warnings: [] };
}

/** Shows two blocks of a run whose first seven were measured before. */
function show(isTerminal: boolean, budgetMs?: number): string[] {
  const planned = [7, 8].map((position): PlannedBlock => ({
    cell,
    evidence: "digests",
    blockIndex: position,
    position,
  }));
  const written: string[] = [];
  let nowMs = 0;
  const progress = new ProgressLine(
    planned,
    { write: (text) => void written.push(text), isTerminal, width: () => 60 },
    () => nowMs,
    budgetMs,
  );
  for (const block of planned) {
    progress.show({ kind: "started", block });
    nowMs += 65_000;
    progress.show({ kind: "ended", block, result: skipped(65_000) });
  }
  return written;
}

Deno.test("ProgressLine writes one plain line per block when it is not on a terminal", () => {
  deepStrictEqual(show(false), [
    "[1/2] keyed-pk@2/fake/smoke · skipped: no driver · 1 min 5 s elapsed, about 1 min 5 s left\n",
    "[2/2] keyed-pk@2/fake/smoke · skipped: no driver · 2 min 10 s elapsed, about 0 s left\n",
  ]);
});

Deno.test("ProgressLine promises no more than the time that is allowed, and nothing beyond it", () => {
  const [first, second] = show(false, 100_000);
  match(first!, /1 min 5 s elapsed, about 35 s left\n$/);
  match(second!, /2 min 10 s elapsed\n$/);
});

Deno.test("ProgressLine writes over one line that fits the terminal", () => {
  const live = show(true).filter((text) => text.includes("start"));
  ok(live.length === 2);
  // deno-lint-ignore no-control-regex
  for (const text of live) match(text, /^\r\x1b\[2K.{1,59}$/);
});

Deno.test("ProgressLine counts blocks that are chosen on the way, and tells what the budget leaves", () => {
  const written: string[] = [];
  let nowMs = 0;
  const sink = { write: (text: string) => void written.push(text), isTerminal: false, width: () => 60 };
  const progress = new ProgressLine(undefined, sink, () => nowMs, 100_000);
  for (const position of [0, 1]) {
    nowMs += 65_000;
    const block: PlannedBlock = { cell, evidence: "digests", blockIndex: position, position };
    progress.show({ kind: "ended", block, result: skipped(65_000) });
  }
  deepStrictEqual(written, [
    "[1] keyed-pk@2/fake/smoke · skipped: no driver · 1 min 5 s elapsed, at most 35 s left\n",
    "[2] keyed-pk@2/fake/smoke · skipped: no driver · 2 min 10 s elapsed\n",
  ]);
});
