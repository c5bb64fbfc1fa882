/** What every bench of `lib/scaling` stores of where and when it ran, and how its files are named and read. */
import { basename, join } from "node:path";
import { z } from "zod";
import { messageOf, RecordFormatError } from "../model/mod.ts";
import { hostReading, type HostSnapshot, readEnvironment, replaceFile } from "../record/mod.ts";

/** A time, a size or a count that was measured. */
export const measured: z.ZodNumber = z.number().gt(0);

/** The fields that all stored benches have. */
export const benchFacts = {
  /** When it was begun; files are named by it. */
  measuredAt: z.iso.datetime(),
  environment: z.strictObject({
    machineId: z.string().min(1),
    cpuModel: z.string(),
    coreCount: z.int().min(0),
    deno: z.string().min(1),
    commit: z.exactOptional(z.string().regex(/^[0-9a-f]{40,64}$/)),
    isDirty: z.exactOptional(z.boolean()),
  }),
  /** How busy the machine was: its load when the bench began, and the share of the bench's time in which a task waited for a CPU. */
  host: z.exactOptional(z.strictObject({
    load1m: z.exactOptional(z.number().min(0)),
    cpuPressureShare: z.exactOptional(z.number().min(0).max(1)),
  })),
} as const;

/** See {@link benchFacts}. */
export type BenchFacts = z.infer<z.ZodObject<typeof benchFacts>>;

/** The facts of a bench that was begun at a moment and ends now. */
export function readBenchFacts(begun: Date, before: HostSnapshot, after: HostSnapshot): BenchFacts {
  const { machineId, cpuModel, coreCount, deno, commit, isDirty } = readEnvironment();
  return {
    measuredAt: begun.toISOString(),
    environment: {
      machineId,
      cpuModel,
      coreCount,
      deno,
      ...(commit === undefined ? {} : { commit }),
      ...(isDirty === undefined ? {} : { isDirty }),
    },
    host: hostReading(before, after),
  };
}

/** Writes a study into a folder below `results`, named by its moment. Returns its path. */
export function storeStudy(results: string, folder: string, study: BenchFacts): string {
  Deno.mkdirSync(join(results, folder), { recursive: true });
  const file = join(results, folder, fileNameOf(study));
  replaceFile(file, JSON.stringify(study, null, 1) + "\n");
  return file;
}

/**
 * Reads a study. `findFault` says which rule that spans fields it breaks. Throws a RecordFormatError with the rule for what is no
 * study, and for one whose file is named by another moment.
 */
export function parseStudy<Study extends BenchFacts>(
  text: string,
  file: string,
  schema: z.ZodType<Study>,
  findFault: (study: Study) => string | undefined,
): Study {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RecordFormatError(file, undefined, `it must be JSON: ${messageOf(error)}`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new RecordFormatError(
      file,
      undefined,
      `"${issue!.path.join(".")}" must be sound: ${issue!.message}`,
    );
  }
  const name = fileNameOf(parsed.data);
  const fault = basename(file) === name
    ? findFault(parsed.data)
    : `its name must be that of its moment: ${name}`;
  if (fault !== undefined) throw new RecordFormatError(file, undefined, fault);
  return parsed.data;
}

function fileNameOf({ measuredAt }: BenchFacts): string {
  return `${measuredAt.slice(0, 19).replaceAll(":", "-")}.json`;
}
