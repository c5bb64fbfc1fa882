/**
 * Who has which id. `experiments/ids/130` holds the slug of the experiment that has it, and creating that file is the
 * claim: of two people in one folder only one can create it, and two branches that claim the same id cannot be merged
 * before one of them takes another.
 */
import { join } from "node:path";
import { nextId } from "./experiment_id.ts";
import { type Fault, faultAt } from "./fault.ts";
import type { LoadedExperiment } from "./load_experiments.ts";
import { readRegularFile } from "./regular_file.ts";

/** Folder of claims, relative to the root. */
export const IDS_FOLDER = "experiments/ids";

/** Claims the next free id for a slug: neither an experiment nor a claim has it. Returns the id. */
export function claimId(root: string, slug: string, known: readonly string[]): string {
  Deno.mkdirSync(join(root, IDS_FOLDER), { recursive: true });
  const taken = [...known, ...claimedIds(root)];
  for (;;) {
    const id = nextId(taken);
    try {
      Deno.writeTextFileSync(join(root, IDS_FOLDER, id), `${slug.replaceAll("_", "-")}\n`, {
        createNew: true,
      });
      return id;
    } catch (error) {
      // Somebody was faster.
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      taken.push(id);
    }
  }
}

/** Ids that are claimed; none where the folder is missing. */
function claimedIds(root: string): string[] {
  try {
    return Array.from(Deno.readDirSync(join(root, IDS_FOLDER)), ({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Experiments without a claim, or with that of another. A repository that claims no ids keeps no rule. */
export function idFaults(root: string, experiments: readonly LoadedExperiment[]): Fault[] {
  const claimed = claimedIds(root);
  if (claimed.length === 0) return [];
  return experiments.flatMap(({ id, slug, file }): Fault[] => {
    const claim = `${IDS_FOLDER}/${id}`;
    const content = claimed.includes(id) ? readRegularFile(join(root, claim)) : undefined;
    if (content === undefined) {
      return [
        faultAt(file, "id-unclaimed", [], `an id must be claimed: there is no ${claim}, holding "${slug}"`),
      ];
    }
    const owner = "text" in content ? content.text.trim() : "";
    if (owner === slug) return [];
    const message =
      `an id belongs to one experiment: ${id} is claimed by "${owner}"; "${slug}" must take another`;
    return [faultAt(claim, "id-claimed", [], message)];
  });
}
