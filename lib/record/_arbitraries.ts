/** Random blocks for property tests. Not in `_fixtures.ts`, since the process that is killed loads that one. */
import fc from "fast-check";
import type { Block } from "../model/record.ts";
import { RUNTIME_IDS } from "../model/runtime.ts";
import { type HistoryStep, VERDICTS } from "../model/verdict.ts";
import type { Warning } from "../model/warning.ts";
import { exampleBlock } from "./_fixtures.ts";

// JSON has no -0.
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const amount = fc.double({ noNaN: true, min: 0, max: 1e12 }).map((value) => value + 0);
const share = fc.double({ noNaN: true, min: 0, max: 1 }).map((value) => value + 0);
const count = fc.nat();
const text = fc.string({ unit: "binary", maxLength: 20 });
const key = fc.string({ minLength: 1, maxLength: 8 });
const numbers = fc.dictionary(key, number, { maxKeys: 4, noNullPrototype: true });
const verdict = fc.constantFrom(...VERDICTS);

const warning: fc.Arbitrary<Warning> = fc.oneof(
  fc.record({ kind: fc.constant("coarse-caller-cpu" as const), reason: text }),
  fc.record({ kind: fc.constant("cpu-pressure" as const), share }),
  fc.record({ kind: fc.constant("not-quiet" as const), phase: text, waitedMs: amount }),
  fc.record({ kind: fc.constant("unwatched" as const), phase: text }),
  fc.record({ kind: fc.constant("not-killed" as const), phase: text }),
  fc.record({ kind: fc.constant("chatter" as const), lineCount: count, last: text }),
  fc.record({ kind: fc.constant("less-confined" as const), runtime: fc.constantFrom(...RUNTIME_IDS) }),
  fc.record({ kind: fc.constant("dirty-tree" as const) }),
  fc.record({
    kind: fc.constant("several-machines" as const),
    count,
    spread: fc.record({ betweenShare: amount, withinShare: amount }),
  }, { requiredKeys: ["kind", "count"] }),
  fc.record({ kind: fc.constant("machine-aside" as const), machine: key, roundCount: count, reason: text }),
  fc.record({ kind: fc.constant("missing-rounds" as const), count, plannedCount: count }),
  fc.record({ kind: fc.constant("unfinished-line" as const), line: count, byteCount: count }),
);

const distribution = fc.record({
  count,
  samplesNs: fc.array(number, { maxLength: 128 }),
  sketchNs: fc.array(number, { maxLength: 65 }),
}, { requiredKeys: ["count"] });

const phase = fc.record({
  name: key,
  iterationCount: count,
  verdict,
  unwatched: fc.boolean(),
  metrics: numbers,
  operations: fc.array(fc.record({ label: text, latency: distribution, metrics: numbers }), { maxLength: 3 }),
  freshness: distribution,
  counters: numbers,
}, { requiredKeys: ["name", "iterationCount", "verdict", "unwatched", "metrics", "operations"] });

const base = {
  cellKey: fc.constant(""),
  blockIndex: fc.constant(0),
  position: fc.constant(0),
  startedAt: fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true })
    .map((date) => date.toISOString()),
  elapsedMs: amount,
  host: fc.record({ load1m: amount, cpuPressureShare: share }, { requiredKeys: [] }),
  warnings: fc.array(warning, { maxLength: 3 }),
};

const BASE_KEYS = Object.keys(base) as (keyof typeof base)[];

const excerpt = fc.record({ rowCount: count, rows: fc.array(text, { maxLength: 2 }) });

const historyStep: fc.Arbitrary<HistoryStep> = fc.record({
  kind: fc.constantFrom("start", "commit", "emission", "read", "quiet"),
  what: text,
  atNs: fc.integer(),
  skippedCommits: count,
  truth: excerpt,
  shown: excerpt,
}, { requiredKeys: ["kind", "what", "truth"] });

const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({
    ...base,
    machine: key,
    status: fc.constant("measured" as const),
    verdict,
    findings: fc.array(
      fc.record({
        verdict: fc.constantFrom("lost" as const, "phantom" as const, "error" as const),
        phase: text,
        iteration: count,
        query: text,
        detail: text,
        history: fc.array(historyStep, { maxLength: 3 }),
      }, { requiredKeys: ["verdict", "phase", "iteration", "query", "detail"] }),
      { maxLength: 2 },
    ),
    findingCount: count,
    metrics: numbers,
    phases: fc.array(phase, { maxLength: 3 }),
    facts: fc.dictionary(key, text, { maxKeys: 3, noNullPrototype: true }),
    evidence: fc.constantFrom("digests" as const, "rows" as const),
  }, {
    requiredKeys: [
      ...BASE_KEYS,
      "status",
      "verdict",
      "findings",
      "findingCount",
      "metrics",
      "phases",
      "facts",
    ],
  }),
  fc.record({
    ...base,
    machine: key,
    status: fc.constant("failed" as const),
    reason: text,
    output: fc.array(text, { maxLength: 3 }),
    evidence: fc.constantFrom("digests" as const, "rows" as const),
  }, { requiredKeys: [...BASE_KEYS, "status", "reason", "output"] }),
  fc.record({ ...base, status: fc.constant("skipped" as const), reason: text }),
);

/** Random blocks that fit into one example run. */
export const arbitraryBlocks: fc.Arbitrary<readonly Block[]> = fc.array(block, { maxLength: 6 }).map((
  blocks,
) =>
  blocks.map((random, position) => {
    const { cellKey, blockIndex } = exampleBlock(position);
    // The clone has ordinary prototypes throughout, as parsed JSON has.
    return structuredClone({ ...random, cellKey, blockIndex, position: position * 3 });
  })
);
