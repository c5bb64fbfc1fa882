/**
 * The authored and the written half of an experiment, checked: zod schemas that say the same as the types of
 * `lib/model/experiment.ts`. Experiment files are modules that nobody type-checks at run time, and outcome files are
 * JSON that somebody may have edited.
 */
import { z } from "zod";
import {
  ACCEPTED_REASONS,
  COMPARISON_VERDICTS,
  EDGE_TYPES,
  type Experiment,
  EXPERIMENT_CLASSES,
  JUDGING_VERSION,
  type Outcome,
  OUTCOME_SCHEMA_VERSION,
  type Quantity,
  REJECTED_REASONS,
} from "../../model/experiment.ts";
import { SCALES } from "../../model/workload.ts";
import { parseDay } from "./day.ts";
import type { JsonPath } from "./json_path.ts";
import { schemaMessage } from "./schema_message.ts";

const text = z.string().refine((value) => value.trim() !== "", "must not be blank");
const line = text.refine((value) => !value.includes("\n"), "must be one line");
const kebab = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "must be lower-case letters, digits and hyphens");
const share = z.number().gt(0).lt(1);
const count = z.int().min(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits");
const experimentId = z.string().regex(/^\d{3,}[a-z]?$/, "must be three digits or more");
const claimId = z.string().regex(/^\d{3,}[a-z]?\.\d+$/, "must be an experiment id, a point and a number");
const day = z.string().refine((value) => parseDay(value) !== undefined, "must be a real date as YYYY-MM-DD");
/** How numbers are written. */
export const unitSchema = z.enum(["ns", "count", "per-second", "bytes", "ratio"]);
const unit = unitSchema;
const scale = choice(SCALES);
const better = z.enum(["lower", "higher"]);
const rejectedReason = choice(REJECTED_REASONS);
const acceptedReason = choice(ACCEPTED_REASONS);
const options = z.record(z.string(), z.string());

function choice<T extends string>(values: readonly T[]) {
  return z.enum(values as readonly [T, ...T[]]);
}

function list<T extends z.ZodType>(item: T) {
  return z.array(item).readonly();
}

/** What is read of a block. */
export const quantitySchema: z.ZodType<Quantity> = z.lazy(() =>
  z.union([
    z.strictObject({ metric: text }),
    z.strictObject({ counter: text }),
    z.strictObject({ sum: z.array(quantity).min(2).readonly() }),
    z.strictObject({ difference: z.tuple([quantity, quantity]).readonly() }),
    z.strictObject({ ratio: z.tuple([quantity, quantity]).readonly() }),
  ], { error: "must be one of { metric }, { counter }, { sum }, { difference: [a, b] }, { ratio: [a, b] }" })
);
const quantity = quantitySchema;

const cell = { workload: z.string().regex(/^[a-z0-9-]+@\d+$/, "must be id@version"), scale };

const criterion = z.strictObject({
  id: kebab,
  title: line,
  place: z.strictObject({
    workload: cell.workload,
    scale: z.exactOptional(scale),
    phase: z.exactOptional(text),
    operation: z.exactOptional(text),
  }),
  quantity,
  unit,
  deterministic: z.exactOptional(z.boolean()),
  bar: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("absolute"),
      comparison: z.enum(["below", "at-most", "equal", "at-least", "above"]),
      value: z.number(),
    }),
    z.strictObject({ kind: z.literal("improve"), better, worthwhile: share }),
    z.strictObject({ kind: z.literal("keep"), better, margin: share }),
  ]),
  arms: z.exactOptional(z.array(kebab).min(1).readonly()),
  missReason: z.exactOptional(rejectedReason),
});

const claim = z.strictObject({
  id: claimId,
  text: line,
  conditions: z.exactOptional(line),
  edges: z.exactOptional(list(z.strictObject({ type: choice(EDGE_TYPES), target: claimId }))),
  restsOn: z.exactOptional(z.array(kebab).min(1).readonly()),
});

/** Where in a block something is read. */
export const placeSchema = z.strictObject({
  workload: cell.workload,
  scale: z.exactOptional(scale),
  phase: z.exactOptional(text),
  operation: z.exactOptional(text),
});

const place = placeSchema;

const wakeup = z.strictObject({
  idea: line,
  adapter: kebab,
  place,
  quantity,
  unit,
  comparison: z.enum(["below", "above"]),
  value: z.number(),
});

const experimentSchema = z.strictObject({
  title: line,
  date: day,
  directions: z.array(kebab).min(1).readonly(),
  experimentClass: choice(EXPERIMENT_CLASSES),
  question: text,
  hypothesis: text,
  wouldChangeOurMind: text,
  arms: z.array(z.strictObject({
    name: kebab,
    adapter: kebab,
    options: z.exactOptional(options),
    revision: z.exactOptional(line),
  })).min(1).readonly(),
  control: kebab,
  cells: z.array(z.strictObject(cell)).min(1).readonly(),
  primary: z.array(criterion).min(1).readonly(),
  guardrails: list(criterion),
  rounds: z.strictObject({
    least: count,
    most: count,
    budgetSeconds: z.number().gt(0),
    seed: z.exactOptional(z.int().min(0)),
    repeatsAll: z.exactOptional(z.boolean()),
  }),
  driftCell: z.exactOptional(z.strictObject({ ...cell, adapter: kebab, options: z.exactOptional(options) })),
  acceptReason: z.exactOptional(acceptedReason),
  learned: z.exactOptional(z.strictObject({
    summary: line,
    reading: list(text),
    setAside: z.exactOptional(
      z.strictObject({ outcomeClass: z.enum(["deferred", "watch", "in_review"]), because: line }),
    ),
    changedBeliefs: list(line),
    nextSignals: list(line),
    claims: list(claim),
    wakeups: z.exactOptional(list(wakeup)),
  })),
  withoutEvidence: z.exactOptional(line),
});

const interval = z.strictObject({
  lower: z.number(),
  upper: z.number(),
  confidence: z.number().min(0).max(1),
});

const results = list(z.strictObject({
  criterion: kebab,
  arm: kebab,
  result: z.enum(["pass", "miss", "undecided"]),
  value: z.number().nullable(),
  interval: z.exactOptional(interval),
  controlValue: z.exactOptional(z.number().nullable()),
  comparison: z.exactOptional(z.strictObject({
    verdict: choice(COMPARISON_VERDICTS),
    ratio: z.number().gt(0),
    interval,
    pValue: z.number().min(0).max(1),
    pairCount: count,
    floor: z.number().min(0),
    isCalibrated: z.boolean(),
    pairsNeeded: z.exactOptional(count),
  })),
  note: z.exactOptional(line),
}));

const outcomeBody = {
  schemaVersion: z.int().refine(
    (value) => value === OUTCOME_SCHEMA_VERSION,
    `must be ${OUTCOME_SCHEMA_VERSION}`,
  ).meta({ const: OUTCOME_SCHEMA_VERSION }),
  experiment: experimentId,
  recordedAt: z.iso.datetime(),
  preregistered: sha256,
  judging: z.exactOptional(z.int().min(1).max(JUDGING_VERSION)),
  evidence: list(z.strictObject({ run: line, sha256, role: line })),
  results,
  replications: z.exactOptional(list(z.strictObject({
    run: line,
    machineId: line,
    deno: line,
    commit: z.exactOptional(line),
    judging: z.int().min(1).max(JUDGING_VERSION),
    results,
  }))),
  tables: list(z.strictObject({
    title: line,
    columns: z.array(z.strictObject({ title: line, unit: z.exactOptional(unit) })).min(1).readonly(),
    rows: list(list(z.union([z.string(), z.number(), z.null()]))),
    notes: list(line),
  })),
  winner: z.exactOptional(kebab),
  sha256,
};

const outcomeSchema = z.discriminatedUnion("outcomeClass", [
  z.strictObject({ ...outcomeBody, outcomeClass: z.literal("accepted"), outcomeReason: acceptedReason }),
  z.strictObject({ ...outcomeBody, outcomeClass: z.literal("rejected"), outcomeReason: rejectedReason }),
  z.strictObject({ ...outcomeBody, outcomeClass: z.enum(["deferred", "watch", "in_review"]) }),
]).meta({
  title: "Outcome",
  description: "NNN_slug.outcome.json: what an experiment measured, and what its rule made of it",
});

// As in lib/record/schema.ts: assignability alone would not notice an optional field that one side lacks.
type Plain<T> = T extends readonly (infer Item)[] ? Plain<Item>[]
  : T extends object ? { -readonly [Key in keyof T]: Plain<T[Key]> }
  : T;
type Same<A, B> = (<T>() => T extends Plain<A> ? 1 : 2) extends (<T>() => T extends Plain<B> ? 1 : 2) ? true
  : false;
true satisfies Same<z.infer<typeof experimentSchema>, Experiment>;
// Intersections and unions of whole objects are different types with the same members: compared by assignment.
null as unknown as z.infer<typeof outcomeSchema> satisfies Outcome;
null as unknown as Outcome satisfies z.infer<typeof outcomeSchema>;

/** A rule of a schema that a value breaks. */
export interface SchemaFault {
  /** From the root of the value. */
  readonly path: JsonPath;
  /** What must be, and what is. */
  readonly message: string;
}

/** Parsed data of a known shape, or every rule that it breaks. */
export type Shaped<T> = { readonly value: T } | { readonly faults: readonly SchemaFault[] };

/** The JSON Schema of outcome files: text by file name in `schemas/`. */
export function publishedOutcomeSchemas(): Readonly<Record<string, string>> {
  return { "outcome.schema.json": JSON.stringify(z.toJSONSchema(outcomeSchema), null, 2) + "\n" };
}

/** Checks what an experiment file exports. Rules between fields are {@link validateExperiment}'s. */
export function shapeExperiment(value: unknown): Shaped<Experiment> {
  return shape(experimentSchema as z.ZodType, value) as Shaped<Experiment>;
}

/** Checks a parsed outcome file. */
export function shapeOutcome(value: unknown): Shaped<Outcome> {
  return shape(outcomeSchema as z.ZodType, value) as Shaped<Outcome>;
}

function shape(schema: z.ZodType, value: unknown): Shaped<unknown> {
  const result = schema.safeParse(value);
  if (result.success) return { value };
  return {
    faults: result.error.issues.map((issue) => ({
      path: issue.path.map((step) => typeof step === "number" ? step : String(step)),
      message: schemaMessage(issue, value, schema),
    })),
  };
}
