import { UsageError } from "../../model/errors.ts";
import { didYouMean } from "../../model/nearest.ts";
import type { LoadedExperiment } from "./load_experiments.ts";

/** The id that was meant: `79` is `079`. */
export function paddedId(typed: string): string {
  return typed.replace(/^\d+/, (digits) => digits.replace(/^0+(?=\d)/, "").padStart(3, "0"));
}

/** The experiment of an id or a slug. Throws a UsageError that names the nearest one when there is none. */
export function findExperiment(experiments: readonly LoadedExperiment[], typed: string): LoadedExperiment {
  const found = experiments.find(({ id, slug }) => id === paddedId(typed) || slug === typed);
  if (found !== undefined) return found;
  const ids = experiments.map(({ id }) => id);
  const names = [...ids, ...experiments.map(({ slug }) => slug)];
  throw new UsageError(
    `Cannot find experiment "${typed}"${didYouMean(typed, names)}: ${
      ids.length === 0 ? "there are none" : `there are ${ids.join(", ")}`
    }`,
  );
}
