/** Runs that were given a name to compare with: `baselines.json` in the folder of all runs. */
import { join } from "node:path";
import { z } from "zod";
import { messageOf, UsageError } from "../model/errors.ts";
import { replaceFile } from "./replace_file.ts";
import { LABEL_PATTERN } from "./run_id.ts";
import { textIfThere } from "./text_if_there.ts";

const FILE = "baselines.json";

/** Stands for the newest run, whatever it is called. */
export const LATEST = "latest";

const schema = z.record(z.string().regex(LABEL_PATTERN), z.string().min(1));

/** Checks a name and returns it. Throws a UsageError for what cannot be a label, and for the word that means the newest run. */
export function parseBaseline(name: string): string {
  if (LABEL_PATTERN.test(name) && name !== LATEST) return name;
  throw new UsageError(
    `Cannot name a baseline ${
      JSON.stringify(name.slice(0, 60))
    } as it must be 1 to 64 letters, digits, ".", "_" or ` +
      `"-", starting with a letter or digit, and not "${LATEST}"`,
  );
}

/** Ids of runs by name of baseline; empty where none was saved. Throws a UsageError for a file that does not hold them. */
export function readBaselines(root: string): ReadonlyMap<string, string> {
  const path = join(root, FILE);
  let text: string | undefined;
  try {
    text = textIfThere(path);
    if (text === undefined) return new Map();
    return new Map(Object.entries(schema.parse(JSON.parse(text))));
  } catch (error) {
    const what = error instanceof z.ZodError ? error.issues[0]!.message : messageOf(error);
    throw new UsageError(
      `Cannot read "${path}" as it must give an id of a run to each name: ${what}; bench --save-baseline writes it`,
      { cause: error },
    );
  }
}

/** Makes a name stand for a run from now on. Throws as {@link readBaselines} does, and the system's error for a full disk. */
export function saveBaseline(root: string, name: string, id: string): void {
  const names = new Map(readBaselines(root)).set(parseBaseline(name), id);
  const sorted = [...names].sort(([a], [b]) => a < b ? -1 : 1);
  replaceFile(join(root, FILE), `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}
