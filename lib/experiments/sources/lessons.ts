/**
 * Lessons: what was learned beyond one experiment, when it applies again, and what holds it up. A lesson is pinned to
 * something that can be looked at (a test, a number in a stored run, a claim), so that it goes out of date loudly.
 */
import { join } from "node:path";
import { z } from "zod";
import type { Place, Quantity, Unit } from "../../model/mod.ts";
import { parseDay } from "./day.ts";
import { type Fault, faultAt } from "./fault.ts";
import { parseJson } from "./json_value.ts";
import { readRegularFile } from "./regular_file.ts";
import { placeSchema, quantitySchema, unitSchema } from "./schema.ts";
import { schemaMessage } from "./schema_message.ts";

/** Folder of lessons, one file each, relative to the root. */
export const LESSONS_FOLDER = "experiments/lessons";

/** A number in a stored run that a lesson rests on. */
export interface BenchPin {
  readonly kind: "bench";
  /** Name of a folder in `results/`. */
  readonly run: string;
  /** Key of a cell in that run. */
  readonly cell: string;
  /** Where in a block the number is read; its workload is the cell's. */
  readonly place: Place;
  /** What is read there. */
  readonly quantity: Quantity;
  /** How it is written. */
  readonly unit: Unit;
  /** The median over blocks, in the unit; times in nanoseconds. */
  readonly value: number;
  /** Share by which the median may differ from the value. */
  readonly tolerance: number;
}

/** What holds a lesson up. */
export type Pin =
  /** A claim that is live. */
  | { readonly kind: "claim"; readonly claim: string }
  /** A test of this title in this file, relative to the root. */
  | { readonly kind: "test"; readonly file: string; readonly title: string }
  | BenchPin;

/** What was learned once and will be needed again. */
export interface Lesson {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** One sentence: what is so. */
  readonly lesson: string;
  /** One sentence: the situation in which somebody needs to know it. */
  readonly appliesAgainWhen: string;
  /** At least one. */
  readonly pins: readonly Pin[];
}

/** A lesson with where it is written. */
export interface LoadedLesson extends Lesson {
  /** From the file's name, in kebab-case. */
  readonly slug: string;
  /** Relative to the root. */
  readonly file: string;
  /** Text of the file. */
  readonly text: string;
}

const line = z.string().refine((value) => value.trim() !== "" && !value.includes("\n"), "must be one line");

const lessonSchema = z.strictObject({
  date: z.string().refine((value) => parseDay(value) !== undefined, "must be a real date as YYYY-MM-DD"),
  lesson: line,
  appliesAgainWhen: line,
  pins: z.array(z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("claim"), claim: line }),
    z.strictObject({ kind: z.literal("test"), file: line, title: line }),
    z.strictObject({
      kind: z.literal("bench"),
      run: line,
      cell: line,
      place: placeSchema,
      quantity: quantitySchema,
      unit: unitSchema,
      value: z.number(),
      tolerance: z.number().gt(0).lt(1),
    }),
  ])).min(1).readonly(),
});

/** Loads all lessons by slug; what cannot be read as one becomes a fault. A folder that is not there holds none. */
export function loadLessons(root: string, faults: Fault[]): LoadedLesson[] {
  return namesIn(join(root, LESSONS_FOLDER)).flatMap((name): LoadedLesson[] => {
    const file = `${LESSONS_FOLDER}/${name}`;
    const slug = /^([a-z0-9]+(?:-[a-z0-9]+)*)\.json$/.exec(name)?.[1];
    const reject = (rule: string, message: string): [] => {
      faults.push(faultAt(file, rule, [], message));
      return [];
    };
    if (slug === undefined) return reject("file-name", "a lesson's file must be called <slug>.json");
    const content = readRegularFile(join(root, file));
    if (content === undefined) return [];
    if ("fault" in content) return reject("file-kind", content.fault);
    const parsed = parseJson(content.text);
    if ("fault" in parsed) return reject("json", parsed.fault);
    const shaped = lessonSchema.safeParse(parsed.value);
    if (shaped.success) return [{ ...(shaped.data as Lesson), slug, file, text: content.text }];
    for (const issue of shaped.error.issues) {
      const path = issue.path.map((step) => typeof step === "number" ? step : String(step));
      faults.push(
        faultAt(file, "shape", path, schemaMessage(issue, parsed.value, lessonSchema), content.text),
      );
    }
    return [];
  });
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
