/**
 * The stored format, checked: zod schemas that say the same as the types of `lib/model/record.ts`.
 *
 * Comes in: parsed JSON. Goes out: the same object, known to be a header, a block or a timeline, or the rule that it
 * breaks.
 * Unknown keys are refused, since a misspelt or newer field would otherwise vanish silently.
 */
import { z } from "zod";
import { RUNTIMES } from "../model/adapter.ts";
import { METRICS_VERSION } from "../model/metric.ts";
import { type Block, RECORD_SCHEMA_VERSION, type RunHeader } from "../model/record.ts";
import {
  type BlockTimeline,
  fromGaps,
  type PhaseTimeline,
  type StreamTimeline,
  TIMELINE_SCHEMA_VERSION,
} from "../model/timeline.ts";
import { RUNTIME_IDS } from "../model/runtime.ts";
import { VERDICTS } from "../model/verdict.ts";
import { SCALES } from "../model/workload.ts";
import { type Acceptor, acceptorOf } from "./acceptor.ts";
import { LABEL_PATTERN } from "./run_id.ts";

const count = z.int().min(0);
const amount = z.number().min(0);
const share = z.number().min(0).max(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const moment = z.iso.datetime();
const name = z.string().min(1);
const strings = z.record(z.string(), z.string());
const numbers = z.record(z.string(), z.number());
const verdict = z.enum(
  VERDICTS as readonly ["converged", "lost", "regressed", "phantom", "misread", "error"],
);
const scale = z.enum(SCALES as readonly ["smoke", "standard", "large"]);

function list<T extends z.ZodType>(item: T) {
  return z.array(item).readonly();
}

const warning = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("coarse-caller-cpu"), reason: z.string() }),
  z.strictObject({ kind: z.literal("cpu-pressure"), share }),
  z.strictObject({ kind: z.literal("not-quiet"), phase: z.string(), waitedMs: amount }),
  z.strictObject({ kind: z.literal("unwatched"), phase: z.string() }),
  z.strictObject({ kind: z.literal("late-generator"), phase: z.string(), lateMs: amount }),
  z.strictObject({ kind: z.literal("not-killed"), phase: z.string() }),
  z.strictObject({ kind: z.literal("chatter"), lineCount: count, last: z.string() }),
  z.strictObject({ kind: z.literal("left-behind"), names: list(z.string()), count }),
  z.strictObject({ kind: z.literal("less-confined"), runtime: z.enum(RUNTIME_IDS) }),
  z.strictObject({
    kind: z.literal("works-elsewhere"),
    phase: z.string(),
    mainNs: amount,
    elsewhereNs: amount,
  }),
  z.strictObject({ kind: z.literal("busy-while-quiet"), phase: z.string(), share: amount }),
  z.strictObject({ kind: z.literal("dirty-tree") }),
  z.strictObject({
    kind: z.literal("several-machines"),
    count,
    spread: z.exactOptional(z.strictObject({ betweenShare: amount, withinShare: amount })),
  }),
  z.strictObject({ kind: z.literal("machine-aside"), machine: name, roundCount: count, reason: z.string() }),
  z.strictObject({ kind: z.literal("missing-rounds"), count, plannedCount: count }),
  z.strictObject({ kind: z.literal("unfinished-line"), line: count, byteCount: count }),
]);

const excerpt = z.strictObject({ rowCount: count, rows: list(z.string()) });

const historyStep = z.strictObject({
  kind: z.enum(["start", "commit", "emission", "read", "quiet"]),
  what: z.string(),
  atNs: z.exactOptional(z.number()),
  skippedCommits: z.exactOptional(count),
  truth: excerpt,
  shown: z.exactOptional(excerpt),
});

const finding = z.strictObject({
  verdict: verdict.exclude(["converged"]),
  phase: z.string(),
  iteration: count,
  query: z.string(),
  detail: z.string(),
  history: z.exactOptional(list(historyStep)),
});

const distribution = z.strictObject({
  count,
  samplesNs: z.exactOptional(list(z.number())),
  sketchNs: z.exactOptional(list(z.number())),
});

const phase = z.strictObject({
  name,
  iterationCount: count,
  verdict,
  unwatched: z.boolean(),
  metrics: numbers,
  operations: list(z.strictObject({ label: z.string(), latency: distribution, metrics: numbers })),
  load: z.exactOptional(
    z.strictObject({ ratePerSecond: z.number().positive(), outcome: z.enum(["sustained", "unsustained"]) }),
  ),
  freshness: z.exactOptional(distribution),
  shown: z.exactOptional(distribution),
  counters: z.exactOptional(numbers),
});

const blockBase = {
  cellKey: name,
  blockIndex: count,
  position: count,
  chosen: z.exactOptional(strings),
  startedAt: moment,
  elapsedMs: amount,
  host: z.strictObject({ load1m: z.exactOptional(amount), cpuPressureShare: z.exactOptional(share) }),
  warnings: list(warning),
  machine: z.exactOptional(name),
};

/** One line of `blocks.jsonl`. */
export const blockSchema = z.discriminatedUnion("status", [
  z.strictObject({
    ...blockBase,
    status: z.literal("measured"),
    evidence: z.exactOptional(z.enum(["digests", "rows"])),
    verdict,
    findings: list(finding),
    findingCount: count,
    metrics: numbers,
    phases: list(phase),
    facts: strings,
    timeline: z.exactOptional(z.strictObject({ file: name, sha256 })),
    soak: z.exactOptional(list(z.strictObject({
      endMs: amount,
      lapCount: count,
      memoryBytes: z.exactOptional(count),
      phases: list(z.strictObject({ name, metrics: numbers })),
    }))),
  }),
  z.strictObject({
    ...blockBase,
    status: z.literal("failed"),
    evidence: z.exactOptional(z.enum(["digests", "rows"])),
    reason: z.string(),
    output: list(z.string()),
  }),
  z.strictObject({ ...blockBase, status: z.literal("skipped"), reason: z.string() }),
]).meta({
  title: "Block",
  description: "One line of blocks.jsonl: one run of one cell in one fresh process",
});

const cell = z.strictObject({
  key: name,
  workload: name,
  workloadVersion: count,
  adapter: name,
  options: strings,
  scale,
  parameters: z.exactOptional(strings),
  sizes: z.exactOptional(numbers),
  adapterModule: z.exactOptional(name),
  workloadModule: z.exactOptional(name),
  drivers: z.exactOptional(strings),
  anchor: z.exactOptional(z.literal(true)),
});

const environment = z.strictObject({
  cpuModel: z.string(),
  coreCount: count,
  memoryBytes: count,
  bootId: z.exactOptional(z.string()),
  os: z.string(),
  deno: z.string(),
  v8: z.string(),
  sqlite: z.string(),
  runtimes: z.exactOptional(z.partialRecord(z.enum(RUNTIME_IDS), z.string())),
  machineId: z.string(),
  commit: z.exactOptional(z.string()),
  isDirty: z.exactOptional(z.boolean()),
  isCi: z.boolean(),
});

const idiom = z.strictObject({ how: z.string(), link: z.string(), tried: z.exactOptional(z.string()) });

const adapterSummary = z.strictObject({
  id: name,
  title: z.string(),
  drivers: strings,
  about: z.string(),
  unfair: z.string(),
  homepage: z.string(),
  counters: list(z.strictObject({
    name,
    unit: z.enum(["count", "us", "bytes"]),
    thread: z.enum(["caller", "writer", "reader", "server"]),
    kind: z.enum(["sum", "gauge"]),
    meaning: z.string(),
  })),
  idioms: z.exactOptional(z.strictObject({
    write: idiom,
    batch: idiom,
    readPage: idiom,
    readKey: idiom,
    join: idiom,
    watchRow: z.exactOptional(idiom),
    watchList: z.exactOptional(idiom),
    watchCount: z.exactOptional(idiom),
  })),
  objection: z.exactOptional(z.string()),
  runsIn: z.exactOptional(list(z.enum(RUNTIMES))),
  knownGaps: z.exactOptional(
    list(z.strictObject({ scenario: name, reason: z.string(), when: z.exactOptional(strings) })),
  ),
});

const workloadSummary = z.strictObject({
  id: name,
  version: count,
  title: z.string(),
  question: z.string(),
  unfair: z.string(),
  phases: list(z.strictObject({ name, title: z.string() })),
  parameters: z.partialRecord(scale, numbers),
  sweeps: z.exactOptional(strings),
});

const capabilities = z.strictObject({
  liveQueries: z.enum(["none", "table", "column", "row", "query", "incremental"]),
  sql: z.boolean(),
  joins: z.boolean(),
  atomicBatch: z.boolean(),
  interactiveTransaction: z.boolean(),
  durability: z.enum(["none", "relaxed", "wal-normal", "full"]),
  worksOn: z.enum(["caller", "worker", "server"]),
  columnTypes: z.exactOptional(list(z.enum(["real", "blob"]))),
  transactions: z.exactOptional(z.enum(["flat", "nested"])),
  rawRows: z.exactOptional(z.boolean()),
  offsets: z.exactOptional(z.boolean()),
  watchesOthers: z.exactOptional(z.boolean()),
  modelOf: z.exactOptional(z.string()),
});

const delay = z.strictObject({
  atMostMs: amount,
  isDefault: z.boolean(),
  reason: z.exactOptional(z.string()),
});

const fleet = z.strictObject({
  plan: name,
  roundCount: count,
  machines: list(z.strictObject({
    name,
    environment,
    calibration: z.exactOptional(sha256),
    anchorNs: z.exactOptional(amount),
    roundCount: count,
    aside: z.exactOptional(z.string()),
  })),
  spread: list(
    z.strictObject({ cellKey: name, phase: z.string(), betweenShare: amount, withinShare: amount }),
  ),
});

/** The content of `record.json`. */
export const headerSchema = z.strictObject({
  schemaVersion: z.int().min(1),
  metricsVersion: z.int().min(1),
  id: name,
  label: z.string().regex(LABEL_PATTERN),
  status: z.enum(["running", "partial", "complete"]),
  startedAt: moment,
  endedAt: z.exactOptional(moment),
  settings: z.strictObject({
    cells: list(cell),
    blockCount: count,
    stopping: z.exactOptional(z.strictObject({
      metrics: list(name),
      confidence: share,
      reachShare: amount,
      leastBlockCount: z.int().min(1),
      budgetMs: amount,
    })),
    blocksPerSide: z.exactOptional(z.int().min(1)),
    busyProcesses: z.exactOptional(z.int().min(1)),
    seed: z.number(),
    timeoutMs: amount,
  }),
  environment,
  adapters: list(adapterSummary),
  workloads: list(workloadSummary),
  capabilities: z.record(z.string(), capabilities),
  delays: z.exactOptional(z.record(z.string(), delay)),
  warnings: list(warning),
  fleet: z.exactOptional(fleet),
  blocks: z.exactOptional(z.strictObject({ sha256, count })),
  sha256: z.exactOptional(sha256),
}).meta({ title: "RunHeader", description: "record.json: everything about a run but its blocks" });

const gaps = list(z.int());
const forward = list(count);

const streamTimeline = z.strictObject({
  watch: count,
  query: count,
  args: z.string(),
  changeGaps: forward,
  emissionGapsUs: gaps,
  shownGaps: forward,
  faults: list(z.strictObject({ emission: count, verdict: z.enum(["phantom", "regressed"]) })),
  outdatedGapsUs: gaps,
  requeryGapsUs: z.exactOptional(gaps),
  errors: list(z.strictObject({ atUs: z.int(), message: z.string() })),
  isLost: z.boolean(),
});

/** The content of a file in `timelines/`. */
export const timelineSchema = z.strictObject({
  schemaVersion: z.literal(TIMELINE_SCHEMA_VERSION),
  cellKey: name,
  blockIndex: count,
  phases: list(z.strictObject({
    phase: name,
    iteration: count,
    verdict,
    unwatched: z.boolean(),
    quietUs: count,
    recordedFrom: count,
    labels: list(
      z.strictObject({
        kind: z.enum(["write", "batch", "read", "navigate", "transaction"]),
        label: z.string(),
      }),
    ),
    operations: z.strictObject({ label: forward, gapUs: forward, tookUs: forward }),
    queries: list(z.string()),
    streams: list(streamTimeline),
    cut: z.exactOptional(
      z.strictObject({
        atUs: z.int(),
        operationCount: count,
        emissionCount: count,
        streamCount: count,
      }),
    ),
  })),
}).meta({
  title: "BlockTimeline",
  description: "A file in timelines/, gunzipped: what happened in one block on a time axis",
});

// Mutual assignability would not notice an optional field that one side lacks, so the types must be identical once
// `readonly`, which differs between zod and the model, is taken away.
type Plain<T> = T extends readonly (infer Item)[] ? Plain<Item>[]
  : T extends object ? { -readonly [Key in keyof T]: Plain<T[Key]> }
  : T;
type Same<A, B> = (<T>() => T extends Plain<A> ? 1 : 2) extends (<T>() => T extends Plain<B> ? 1 : 2) ? true
  : false;
true satisfies Same<z.infer<typeof blockSchema>, Block>;
true satisfies Same<z.infer<typeof headerSchema>, RunHeader>;
// A literal cannot be the same as the number of the model.
true satisfies Same<
  z.infer<typeof timelineSchema>,
  Omit<BlockTimeline, "schemaVersion"> & { schemaVersion: typeof TIMELINE_SCHEMA_VERSION }
>;

/** Parsed JSON that was checked, or the first rule that it breaks. */
export type Checked<T> = { readonly value: T } | { readonly rule: string };

/** Checks one parsed line of `blocks.jsonl`. The value is the object that came in, its key order untouched. */
export function checkBlock(value: unknown): Checked<Block> {
  return check(blockSchema, value) as Checked<Block>;
}

/** Checks a parsed `record.json`: the shape, then what must agree between its fields. */
export function checkHeader(value: unknown): Checked<RunHeader> {
  const checked = check(headerSchema, value) as Checked<RunHeader>;
  if ("rule" in checked) return checked;
  const { schemaVersion, metricsVersion, status, blocks, sha256, endedAt, settings } = checked.value;
  if (schemaVersion !== RECORD_SCHEMA_VERSION) {
    return { rule: `"schemaVersion" must be ${RECORD_SCHEMA_VERSION}: it is ${schemaVersion}` };
  }
  if (metricsVersion > METRICS_VERSION) {
    return {
      rule:
        `"metricsVersion" must be at most ${METRICS_VERSION}, as this Watchbench knows no newer meanings: it is ` +
        `${metricsVersion}`,
    };
  }
  for (const [field, present] of Object.entries({ blocks, sha256, endedAt })) {
    if ((present !== undefined) === (status !== "running")) continue;
    const rule = present === undefined
      ? "must be present once a run is sealed"
      : "must be absent while it runs";
    return { rule: `"${field}" ${rule}: "status" is "${status}"` };
  }
  const keys = new Set<string>();
  for (const { key } of settings.cells) {
    if (keys.has(key)) return { rule: `"settings.cells" must have different keys: "${key}" is there twice` };
    keys.add(key);
  }
  return checked;
}

/** Checks a parsed file of `timelines/`: the shape, then what must agree between its columns. */
export function checkTimeline(value: unknown): Checked<BlockTimeline> {
  const checked = check(timelineSchema, value) as Checked<BlockTimeline>;
  if ("rule" in checked) return checked;
  for (const [index, phase] of checked.value.phases.entries()) {
    const rule = phaseRule(phase);
    if (rule !== undefined) return { rule: `"phases.${index}": ${rule}` };
  }
  return checked;
}

/** The JSON Schemas of the stored format: text by file name in `schemas/`. */
export function publishedSchemas(): Readonly<Record<string, string>> {
  return {
    "record.schema.json": schemaText(headerSchema),
    "block.schema.json": schemaText(blockSchema),
    "timeline.schema.json": schemaText(timelineSchema),
  };
}

function phaseRule({ labels, operations, queries, streams }: PhaseTimeline): string | undefined {
  const { label, gapUs, tookUs } = operations;
  if (label.length !== gapUs.length || label.length !== tookUs.length) {
    return `columns of operations must be equally long: they have ${label.length}, ${gapUs.length} and ${tookUs.length}`;
  }
  const stranger = label.find((index) => index >= labels.length);
  if (stranger !== undefined) {
    return `operations must have one of the ${labels.length} labels: one has ${stranger}`;
  }
  for (const stream of streams) {
    const rule = streamRule(stream, { operationCount: label.length, queryCount: queries.length });
    if (rule !== undefined) return `the stream of watch ${stream.watch}: ${rule}`;
  }
  return undefined;
}

function streamRule(
  { query, changeGaps, emissionGapsUs, shownGaps, faults, outdatedGapsUs, requeryGapsUs }: StreamTimeline,
  { operationCount, queryCount }: { readonly operationCount: number; readonly queryCount: number },
): string | undefined {
  if (query >= queryCount) return `its query must be one of ${queryCount}: it is ${query}`;
  const lastChange = fromGaps(changeGaps).at(-1) ?? -1;
  if (lastChange >= operationCount) {
    return `its changes must be made by one of the ${operationCount} operations: one is made by ${lastChange}`;
  }
  if (shownGaps.length !== emissionGapsUs.length) {
    return `each emission must show something: ${emissionGapsUs.length} emissions show ${shownGaps.length} states`;
  }
  const lastShown = fromGaps(shownGaps).at(-1) ?? 0;
  if (lastShown > changeGaps.length) {
    return `emissions must show one of ${changeGaps.length} changes: one shows ${lastShown}`;
  }
  const wrong = faults.find(({ emission }) => emission >= emissionGapsUs.length);
  if (wrong !== undefined) return `its faults must be of its emissions: one is of emission ${wrong.emission}`;
  if (emissionGapsUs.slice(1).some((gap) => gap < 0)) return "its emissions must be in order";
  for (const spans of [outdatedGapsUs, requeryGapsUs ?? []]) {
    if (spans.length % 2 !== 0) return "each span must have an end";
    if (spans.some((gap, index) => gap < 0 && index > 0)) return "its spans must be in order";
  }
  return undefined;
}

function schemaText(schema: z.ZodType): string {
  return JSON.stringify(z.toJSONSchema(schema), null, 2) + "\n";
}

const acceptors = new Map<z.ZodType, Acceptor>();

function check(schema: z.ZodType, value: unknown): Checked<unknown> {
  let accepts = acceptors.get(schema);
  if (accepts === undefined) acceptors.set(schema, accepts = acceptorOf(schema));
  if (accepts(value)) return { value };
  const result = schema.safeParse(value);
  if (result.success) return { value };
  const issue = result.error.issues[0];
  if (issue === undefined) return { rule: "the schema refused it" };
  const path = issue.path.map(String).join(".");
  return { rule: path === "" ? issue.message : `"${path}": ${issue.message}` };
}
