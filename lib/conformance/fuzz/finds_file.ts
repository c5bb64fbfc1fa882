/** What hunts have found, stored by adapter: `<folder>/<adapter>.json`, the oldest hunt first. */
import { join } from "node:path";
import { z } from "zod";
import { RecordFormatError } from "../../model/errors.ts";

const findSchema = z.strictObject({
  /** What was wrong, in one line. */
  message: z.string(),
  /** Words of `traits.ts`. */
  traits: z.array(z.string()),
  /** It was wrong each time that it was played again. */
  isSteady: z.boolean(),
  /** Source of a scenario that shows it. */
  scenario: z.string(),
  /** What became of it when it was last played again; absent where it was not. */
  again: z.strictObject({
    /** ISO 8601, UTC. */
    at: z.string(),
    /** Packages and exact versions. */
    drivers: z.record(z.string(), z.string()),
    /**
     * `right` again; a `known-gap`; `not-asked`: wrong, and histories that ask for what nobody promises are not played any
     * more; or `wrong`.
     */
    outcome: z.enum(["right", "known-gap", "not-asked", "wrong"]),
    /** Scenario of the known gap that it is a case of. */
    gap: z.string().optional(),
  }).optional(),
});

const huntSchema = z.strictObject({
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  options: z.record(z.string(), z.string()),
  /** Packages and exact versions. */
  drivers: z.record(z.string(), z.string()),
  seed: z.int(),
  durationMs: z.int().min(0),
  caseCount: z.int().min(0),
  stepCount: z.int().min(0),
  /** Histories that something known was cut out of; absent in hunts that left these out. */
  cutCount: z.int().min(0).optional(),
  leftOutCount: z.int().min(0),
  isInterrupted: z.boolean(),
  /** Absent in hunts that did not say. */
  endedBy: z.enum(["time", "finds", "signal"]).optional(),
  finds: z.array(findSchema),
  unsteady: z.array(z.string()),
});

const fileSchema = z.strictObject({ adapter: z.string(), hunts: z.array(huntSchema) });

/** A find as it is stored. */
export type StoredFind = Readonly<z.infer<typeof findSchema>>;

/** A hunt as it is stored. */
export type StoredHunt = Readonly<z.infer<typeof huntSchema>>;

/** Hunts of one adapter, the oldest first. */
export interface StoredHunts {
  readonly adapter: string;
  readonly hunts: readonly StoredHunt[];
}

/** Adds a hunt, or puts it in the place of the stored one that began at the same moment. */
export function storeHunt(folder: string, adapter: string, hunt: StoredHunt): void {
  const path = join(folder, `${adapter}.json`);
  const others = (readFile(path)?.hunts ?? []).filter(({ startedAt }) => startedAt !== hunt.startedAt);
  const hunts = [...others, hunt].sort((a, b) => a.startedAt < b.startedAt ? -1 : 1);
  Deno.mkdirSync(folder, { recursive: true });
  writeWhole(path, `${JSON.stringify({ adapter, hunts }, null, 2)}\n`);
}

/** Writes a file so that nobody reads half of it; hunts of other adapters may write beside this one. */
export function writeWhole(path: string, text: string): void {
  const unfinished = `${path}.${Deno.pid}`;
  Deno.writeTextFileSync(unfinished, text);
  Deno.renameSync(unfinished, path);
}

/** All hunts in a folder, adapters by name. Throws a RecordFormatError for a file that holds none. */
export function listHunts(folder: string): StoredHunts[] {
  let names: string[];
  try {
    names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".json"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return names.sort().map((name) => readFile(join(folder, name))!);
}

function readFile(path: string): StoredHunts | undefined {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  return parseHunts(text, path);
}

/** Checks the text of a file of hunts. Throws a RecordFormatError with the rule that it breaks. */
export function parseHunts(text: string, path: string): StoredHunts {
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new RecordFormatError(
      path,
      undefined,
      `it must hold the hunts of an adapter: ${
        error instanceof z.ZodError ? z.prettifyError(error).replaceAll("\n", " ") : String(error)
      }`,
      { cause: error },
    );
  }
}
