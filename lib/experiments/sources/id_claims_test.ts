import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../../testing/temp_folder.ts";
import { claimId, idFaults, IDS_FOLDER } from "./id_claims.ts";
import type { LoadedExperiment } from "./load_experiments.ts";

function experiment(id: string, slug: string): LoadedExperiment {
  return { id, slug, file: `experiments/${id}_${slug}.ts` } as unknown as LoadedExperiment;
}

Deno.test("claimId() gives no id twice, be it an experiment's or a claim's", () =>
  inTempFolder(async (root) => {
    assert.equal(claimId(root, "first", ["007"]), "008");
    assert.equal(claimId(root, "second_one", ["007"]), "009");
    assert.equal(Deno.readTextFileSync(join(root, IDS_FOLDER, "009")), "second-one\n");
    assert.equal(claimId(root, "third", ["012"]), "013");
  }));

Deno.test("idFaults() names experiments whose id is not theirs, once ids are claimed at all", () =>
  inTempFolder(async (root) => {
    const both = [experiment("001", "a"), experiment("002", "b")];
    assert.deepEqual(idFaults(root, both), []);
    claimId(root, "a", []);
    assert.deepEqual(idFaults(root, both).map(({ rule, file }) => [rule, file]), [
      ["id-unclaimed", "experiments/002_b.ts"],
    ]);
    claimId(root, "other", []);
    const [claimed, ...rest] = idFaults(root, both);
    assert.deepEqual([claimed!.rule, claimed!.file, rest], ["id-claimed", `${IDS_FOLDER}/002`, []]);
    assert.match(claimed!.message, /002 is claimed by "other"; "b" must take another/);
  }));
