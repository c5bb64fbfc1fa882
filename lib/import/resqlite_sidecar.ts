/**
 * The JSON that newer versions of resqlite write beside a result file: the same metrics by key with all digits, medians over
 * repeats, and the machine.
 */
import { z } from "zod";
import { parseKey } from "./metric_key.ts";
import type { ImportedResults, ImportedValue } from "./imported_results.ts";
import { withRepeats } from "./repeat_stability.ts";

const environment = z.object({
  hostname: z.string().optional(),
  os: z.string().optional(),
  osVersion: z.string().optional(),
  processors: z.number().optional(),
  cpu: z.string().optional(),
  dartVersion: z.string().optional(),
  runtime: z.string().optional(),
  gitSha: z.string().optional(),
  gitBranch: z.string().optional(),
  gitDirty: z.boolean().optional(),
}).catch({});

/** Only what is used; the rest of the file says the same as the markdown. */
const sidecarSchema = z.object({
  kind: z.literal("release-benchmark-run"),
  generatedAt: z.string().optional(),
  repeatCount: z.number().optional(),
  environment: environment.optional(),
  metrics: z.record(z.string(), z.number().nullable()),
  repeatAggregates: z.record(z.string(), z.object({ median: z.number().nullable() })).optional(),
});

/** A sidecar as it is used. */
export type ResqliteSidecar = z.infer<typeof sidecarSchema>;

/** Reads the text of a sidecar; `undefined` when it is JSON of another kind, or none. */
export function parseSidecar(text: string): ResqliteSidecar | undefined {
  try {
    return sidecarSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The machine as an environment of the source names it; empty where it does not. */
export function machineOf(
  { hostname, cpu, processors, os }: z.infer<typeof environment> = {},
): string {
  const processorText = cpu ?? (processors === undefined ? undefined : `${processors} processors`);
  return [hostname, processorText, os].filter((part) => part !== undefined && part !== "").join(", ");
}

/** Results with what their sidecar adds: machine, commit, and exact medians of repeats. */
export function withSidecar(results: ImportedResults, sidecar: ResqliteSidecar): ImportedResults {
  const { environment = {}, repeatAggregates = {}, repeatCount = 1 } = sidecar;
  const machine = machineOf(environment);
  const rows = Object.entries(repeatAggregates).flatMap(([name, { median }]) =>
    median === null ? [] : [{ name, isCut: false, median }]
  );
  // Intervals are in the markdown only, which was read before; medians here have all their digits and full names.
  const { values, count } = withRepeats(results.values, repeatCount > 1 ? rows : []);
  const { dartVersion, runtime, osVersion, gitSha, gitBranch, gitDirty } = environment;
  const told: (readonly [string, string | undefined])[] = [
    ["Machine", machine],
    ["OS version", osVersion],
    ["Dart", [dartVersion, runtime].filter((part) => part !== undefined).join(", ")],
    [
      "Git branch",
      gitBranch === undefined ? undefined : `${gitBranch}${gitDirty === true ? ", with changes" : ""}`,
    ],
  ];
  return {
    ...results,
    ...(machine === "" ? {} : { machine }),
    ...(gitSha === undefined ? {} : { commit: gitSha }),
    settings: [
      ...results.settings,
      ...told.flatMap(([name, value]) => value === undefined || value === "" ? [] : [{ name, value }]),
    ],
    values: values.map((value, index) => {
      const before = results.values[index]!;
      return before.lastRepeat === undefined ? value : { ...value, lastRepeat: before.lastRepeat };
    }),
    ...(count.takenCount === 0 ? {} : { repeats: count }),
  };
}

/** Values of a sidecar that stands alone. */
export function sidecarValues({ metrics }: Pick<ResqliteSidecar, "metrics">): ImportedValue[] {
  return Object.entries(metrics).flatMap(([key, value]) => value === null ? [] : [parseKey(key, value)]);
}
