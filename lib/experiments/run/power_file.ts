/** Power studies on disk: `results/power/<machineId>.json`, `<machineId>-busy2.json` under load, and beside it the page that people read. */
import { join } from "node:path";
import { z } from "zod";
import { messageOf, RecordFormatError } from "../../model/mod.ts";
import { replaceFile } from "../../record/mod.ts";
import { POWER_SCHEMA_VERSION, type PowerStudy } from "./power.ts";
import { powerPage } from "./power_page.ts";

const STUDY_END = ".json";
const PAGE_END = ".md";

const share = z.number().min(0).max(1);
const powerSchema: z.ZodType<PowerStudy> = z.strictObject({
  schemaVersion: z.literal(POWER_SCHEMA_VERSION),
  machineId: z.string().min(1),
  cpuModel: z.string(),
  deno: z.string(),
  run: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  recordedAt: z.iso.datetime(),
  alarmLevel: share,
  floor: share,
  blocksPerSide: z.exactOptional(z.int().min(1)),
  busyProcesses: z.exactOptional(z.int().min(1)),
  load1m: z.exactOptional(z.strictObject({ lowest: z.number().min(0), highest: z.number().min(0) })),
  rounds: z.strictObject({ measured: z.int().min(0), disturbed: z.int().min(0) }),
  parts: z.array(z.strictObject({
    cellKey: z.string().min(1),
    phase: z.string(),
    operation: z.exactOptional(z.string()),
    metric: z.string(),
    spread: z.number().min(0),
    seen: z.array(
      z.strictObject({ plantedShare: share, ratio: z.number().gt(0), pairCount: z.int().min(1) }),
    ),
    rows: z.array(z.strictObject({
      plantedShare: share,
      pairCount: z.int().min(1),
      design: z.enum(["fixed", "sequential"]),
      drawCount: z.int().min(1),
      calledShare: share,
      lower: share,
      upper: share,
    })),
  })),
});

/** Where a power study is kept, below a results folder: one for each machine and number of busy processes. */
export function powerFile(
  resultsFolder: string,
  { machineId, busyProcesses }: Pick<PowerStudy, "machineId" | "busyProcesses">,
): string {
  const load = busyProcesses === undefined ? "" : `-busy${busyProcesses}`;
  return join(resultsFolder, "power", `${machineId}${load}${STUDY_END}`);
}

/** Writes a study and its page, in place of earlier ones of the machine under that load. Returns the path of the study. */
export function storePower(resultsFolder: string, study: PowerStudy): string {
  const file = powerFile(resultsFolder, study);
  Deno.mkdirSync(join(resultsFolder, "power"), { recursive: true });
  replaceFile(file, JSON.stringify(study, null, 1) + "\n");
  replaceFile(`${file.slice(0, -STUDY_END.length)}${PAGE_END}`, powerPage(study));
  return file;
}

/**
 * The study of a file in the folder of power studies: a study, or the page of the study beside it.
 * Throws a RecordFormatError with the rule that it breaks.
 */
export function parsePowerFile(text: string, file: string): PowerStudy {
  if (!file.endsWith(PAGE_END)) return parsePower(text, file);
  const studyFile = `${file.slice(0, -PAGE_END.length)}${STUDY_END}`;
  const study = parsePower(Deno.readTextFileSync(studyFile), studyFile);
  if (text === powerPage(study)) return study;
  throw new RecordFormatError(file, undefined, "it must be what the study beside it says: write it again");
}

/** Checks the text of a study. Throws a RecordFormatError with the rule that it breaks. */
export function parsePower(text: string, file: string): PowerStudy {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RecordFormatError(file, undefined, `it must be JSON: ${messageOf(error)}`);
  }
  const parsed = powerSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RecordFormatError(file, undefined, `"${issue!.path.join(".")}" must be sound: ${issue!.message}`);
}
