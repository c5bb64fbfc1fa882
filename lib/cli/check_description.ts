/** Whether what a module from outside says of itself keeps the contract: records and pages are made of it. */
import { z } from "zod";
import { type Need, NEEDS, RUNTIME_IDS, RUNTIMES, UsageError } from "../model/mod.ts";

const named = z.string().min(1, "must not be empty");
const id = z.string().regex(
  /^[a-z0-9]+(-[a-z0-9]+)*$/,
  "must be words in lower case with hyphens between them",
);
const texts = z.array(z.string());
const idiom = z.object({ how: z.string(), link: z.string(), tried: z.string().optional() });
const scale = z.record(z.string(), z.number());

const adapterData = z.object({
  id,
  title: named,
  about: z.string(),
  unfair: z.string(),
  homepage: z.string(),
  idioms: z.record(z.string(), idiom).optional(),
  objection: z.string().optional(),
  runsIn: z.array(z.enum(RUNTIMES)).optional(),
  runtimes: z.array(z.enum(RUNTIME_IDS)).min(1).optional(),
  drivers: z.record(z.string(), z.string()),
  nodeModules: z.boolean().optional(),
  options: z.record(
    z.string(),
    z.object({ values: texts.min(1), default: z.string(), meaning: z.string() })
      .refine((option) => option.values.includes(option.default), {
        path: ["default"],
        error: "must be one of its values",
      }),
  ),
  permissions: z.object({
    ffi: z.boolean().optional(),
    net: texts.optional(),
    env: texts.optional(),
    sys: texts.optional(),
    read: texts.optional(),
    write: texts.optional(),
    run: texts.optional(),
    unstable: texts.optional(),
  }),
  counters: z.array(z.object({
    name: named,
    unit: z.enum(["count", "us", "bytes"]),
    thread: z.enum(["caller", "writer", "reader", "server"]),
    kind: z.enum(["sum", "gauge"]),
    meaning: z.string(),
  })),
  knownGaps: z.array(z.object({
    scenario: named,
    reason: named,
    when: z.record(z.string(), z.string()).optional(),
    runtimes: z.array(z.enum(RUNTIME_IDS)).optional(),
    isTimed: z.boolean().optional(),
    traits: texts.optional(),
  })),
});

const adapterAnswers = z.object({
  capabilities: z.object({
    liveQueries: z.enum(["none", "table", "column", "row", "query", "incremental"]),
    sql: z.boolean(),
    joins: z.boolean(),
    atomicBatch: z.boolean(),
    interactiveTransaction: z.boolean(),
    durability: z.enum(["none", "relaxed", "wal-normal", "full"]),
    worksOn: z.enum(["caller", "worker", "server"]),
    columnTypes: z.array(z.enum(["real", "blob"])).optional(),
    transactions: z.enum(["flat", "nested"]).optional(),
    rawRows: z.boolean().optional(),
    offsets: z.boolean().optional(),
    watchesOthers: z.boolean().optional(),
    modelOf: z.string().optional(),
  }),
  delay: z.object({ atMostMs: z.number().min(0), isDefault: z.boolean(), reason: z.string().optional() })
    .optional(),
});

const workloadData = z.object({
  id,
  version: z.int().min(1),
  title: named,
  question: z.string(),
  unfair: z.string(),
  slow: z.boolean(),
  withoutLiveQueries: z.enum(["floor", "skip"]),
  needs: z.array(z.enum(Object.keys(NEEDS) as [Need, ...Need[]])).optional(),
  phases: z.array(z.object({ name: named, title: z.string() })).min(1),
  parameters: z.object({ smoke: scale, standard: scale, large: scale }),
  repeats: z.boolean().optional(),
  sweeps: z.record(
    id,
    z.object({ size: named, least: z.int().min(1), most: z.int().min(1), meaning: named })
      .refine(({ least, most }) => least <= most, { path: ["most"], error: "must not be below least" }),
  ).optional(),
  openLoop: z.object({ phase: named, operationCount: named, parameters: scale }).optional(),
  closedLoopReason: z.string().optional(),
});

const SHAPES = { adapter: adapterData, "adapter's answers": adapterAnswers, workload: workloadData } as const;

/** Throws a UsageError that names the first member that breaks the contract, the rule, and what the member is. */
export function checkDescription(what: keyof typeof SHAPES, value: unknown, url: string): void {
  const checked = SHAPES[what].safeParse(value);
  if (checked.success) return;
  const { path, message } = checked.error.issues[0]!;
  const member = path.map((step, index) =>
    typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${String(step)}`
  )
    .join("");
  let found = value;
  for (const step of path) found = (found as Record<PropertyKey, unknown> | undefined)?.[step];
  throw new UsageError(
    `Cannot use "${url}" as its ${what.split("'")[0]} must keep the contract: ${member} is ${
      excerpt(found)
    }; ${message}`,
  );
}

function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
