/** Proofs of `compare` on disk: `results/compare/<machineId>.json`. */
import { join } from "node:path";
import { z } from "zod";
import { messageOf, RecordFormatError } from "../../model/mod.ts";
import { replaceFile } from "../../record/mod.ts";
import { COMPARE_STUDY_SCHEMA_VERSION, type CompareStudy } from "./compare_study.ts";

const count = z.int().min(0);
const compareStudySchema: z.ZodType<CompareStudy> = z.strictObject({
  schemaVersion: z.literal(COMPARE_STUDY_SCHEMA_VERSION),
  metricsVersion: z.int().min(1),
  machineId: z.string().min(1),
  cpuModel: z.string(),
  deno: z.string(),
  recordedAt: z.iso.datetime(),
  runs: z.array(z.strictObject({
    run: z.string().min(1),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    busyProcesses: count,
  })).length(2),
  plantedShare: z.number().gt(0).max(1),
  rows: z.array(
    z.strictObject({
      weather: z.enum(["quiet", "busy", "mixed"]),
      blockCount: z.int().min(1),
      pairCount: z.int().min(1),
      comparisonCount: count,
      claimedCount: count,
      plantedCount: count,
      foundCount: count,
    }).refine(
      ({ claimedCount, comparisonCount, foundCount, plantedCount }) =>
        claimedCount <= comparisonCount && foundCount <= plantedCount,
      "it must claim no more than it compared, and find no more than was planted",
    ),
  ).min(1),
});

/** Writes a study in place of an earlier one of the machine. Returns its path. */
export function storeCompareStudy(resultsFolder: string, study: CompareStudy): string {
  Deno.mkdirSync(join(resultsFolder, "compare"), { recursive: true });
  const file = join(resultsFolder, "compare", `${study.machineId}.json`);
  replaceFile(file, JSON.stringify(study, null, 1) + "\n");
  return file;
}

/** Checks the text of a study. Throws a RecordFormatError with the rule that it breaks. */
export function parseCompareStudy(text: string, file: string): CompareStudy {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RecordFormatError(file, undefined, `it must be JSON: ${messageOf(error)}`);
  }
  const parsed = compareStudySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RecordFormatError(file, undefined, `"${issue!.path.join(".")}" must be sound: ${issue!.message}`);
}
