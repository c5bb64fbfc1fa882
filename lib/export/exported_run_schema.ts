/** The format of `export --format json` and of the reporter `json`: a stored run in one piece, with its summary. */
import { z } from "zod";
import { RECORD_SCHEMA_VERSION, SCALES, VERDICTS } from "../model/mod.ts";
import { blockSchema, headerSchema } from "../record/schema.ts";
import { ADAPTER_CLASSES } from "../model/adapter_class.ts";
import { CONCLUSION_KINDS } from "../report/conclusion.ts";

const count = z.int().min(0);
const verdict = z.enum(VERDICTS as readonly [string, ...string[]]);
const scale = z.enum(SCALES as readonly [string, ...string[]]);
const share = z.number().min(0).max(1);

const estimate = z.strictObject({
  value: z.number().describe("Median over blocks"),
  lower: z.number(),
  upper: z.number(),
  confidence: share.describe("What the interval attains"),
  blockCount: count,
});
const estimates = z.record(z.string(), estimate).describe("By metric id or counter name");

const cell = z.strictObject({
  key: z.string(),
  class: z.enum(ADAPTER_CLASSES).describe("What kind of system it is; phases that ran unwatched are floors"),
  delay: z.strictObject({
    atMostMs: z.number().min(0),
    isDefault: z.boolean(),
    reason: z.string().optional(),
  }).optional().describe("Throttle, debounce or hold of its live queries"),
  knownGaps: z.array(z.strictObject({
    scenario: z.string(),
    reason: z.string(),
    when: z.record(z.string(), z.string()).optional(),
  })).describe("What its adapter is known to get wrong with its options"),
  status: z.enum(["verified", "wrong", "failed", "skipped", "missing"]),
  verdict: verdict.optional(),
  measuredBlockCount: count,
  missingBlockCount: count.describe("About how many more blocks its numbers need"),
  failedBlockCount: count,
  findingCount: count,
  skipReason: z.string().optional(),
  metrics: estimates,
  phases: z.array(z.strictObject({
    name: z.string(),
    unwatched: z.boolean(),
    metrics: estimates,
    operations: z.array(z.strictObject({
      label: z.string(),
      count: z.number().describe("Median number of operations per block"),
      metrics: estimates,
    })),
    counters: estimates,
  })),
});

const interval = z.strictObject({ lower: z.number(), upper: z.number(), confidence: share });

const conclusion = z.strictObject({
  kind: z.enum(CONCLUSION_KINDS),
  sentence: z.string(),
  places: z.array(z.strictObject({ workload: z.string(), scale, phase: z.string().optional() })),
  cells: z.array(z.string()),
  evidence: z.strictObject({
    metric: z.string(),
    as: z.enum(["ratio", "value"]),
    value: z.number(),
    interval,
    blockCounts: z.array(count),
  }).optional(),
});

const sweep = z.strictObject({
  workload: z.string().describe("Id and version, and what else was set"),
  scale,
  parameter: z.string(),
  meaning: z.string().describe("What there is more of"),
  phase: z.string(),
  sizes: z.array(z.number()).describe("Values of the parameter, ascending"),
  cells: z.array(z.strictObject({
    name: z.string(),
    class: z.enum(ADAPTER_CLASSES),
    metrics: z.record(
      z.string(),
      z.strictObject({
        values: z.array(estimate.nullable()).describe("One for each size, null where there is none"),
        exponent: z.number().optional().describe("The slope of log cost on log size"),
        interval: interval.optional(),
        halves: z.array(z.number()).length(2).optional()
          .describe("Exponents of the smaller and of the larger half of the sizes"),
        isCurved: z.boolean().optional(),
        pointCount: count.optional(),
        refused: z.string().optional().describe("Why there is no exponent"),
      }),
    ).describe("By metric id"),
  })),
});

const soak = z.strictObject({
  workload: z.string().describe("Id and version, and what else was set"),
  scale,
  name: z.string(),
  blockIndex: count,
  durationMs: z.number().min(0),
  lapCount: count,
  series: z.array(z.strictObject({
    phase: z.string(),
    id: z.string(),
    title: z.string(),
    unit: z.string(),
    points: z.array(z.strictObject({ atMs: z.number(), value: z.number() })),
    quarters: z.array(z.number()).length(2).describe("Medians of the first and of the last quarter"),
    perMinute: z.strictObject({ slope: z.number(), interval, pointCount: count }).optional(),
    isDrifting: z.boolean(),
  })),
});

/** The check of an exported run: everything of the stored header, the blocks, and what was computed from them. */
export const exportedRunSchema = headerSchema.extend({
  results: z.array(blockSchema).describe("Blocks in order of execution"),
  summary: z.strictObject({
    conclusions: z.array(conclusion).describe("The most important first"),
    sections: z.array(z.strictObject({
      workload: z.string().describe("Id and version"),
      scale,
      cells: z.array(cell).describe("In the order of the plan"),
    })),
    sweeps: z.array(sweep).optional().describe("Growth with each size that was swept"),
    soaks: z.array(soak).optional().describe("What a long time does"),
  }),
}).meta({
  title: "ExportedRun",
  description:
    `A stored run, its blocks and its summary in one object; format version ${RECORD_SCHEMA_VERSION}`,
});
