import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../../testing/temp_folder.ts";
import { listHunts, type StoredHunt, storeHunt } from "./finds_file.ts";

const hunt: StoredHunt = {
  startedAt: "2026-11-28T10:00:00.000Z",
  options: { mode: "changes" },
  drivers: { library: "1.0.0" },
  seed: 7,
  durationMs: 60_000,
  caseCount: 0,
  stepCount: 0,
  leftOutCount: 0,
  isInterrupted: true,
  finds: [{ message: "was wrong", traits: ["watch"], isSteady: true, scenario: "found()" }],
  unsteady: [],
};

Deno.test("storeHunt() adds hunts in order, and takes a hunt that has gone on for the same one", async () => {
  await inTempFolder((folder) => {
    const own = join(folder, "fuzz");
    const later = { ...hunt, startedAt: "2026-11-28T11:00:00.000Z" };
    const again = {
      at: "2026-11-29T10:00:00.000Z",
      drivers: {},
      outcome: "known-gap" as const,
      gap: "watch/x",
    };
    const played = { ...hunt, finds: hunt.finds.map((find) => ({ ...find, again })) };
    const longer = { ...later, caseCount: 40, isInterrupted: false, endedBy: "time" as const, cutCount: 3 };
    for (const one of [hunt, later, longer, played]) storeHunt(own, "b", one);
    storeHunt(own, "a", hunt);
    assert.deepEqual(listHunts(own), [
      { adapter: "a", hunts: [hunt] },
      { adapter: "b", hunts: [played, longer] },
    ]);
    assert.deepEqual(Array.from(Deno.readDirSync(own), ({ name }) => name).sort(), ["a.json", "b.json"]);
    return Promise.resolve();
  });
});

Deno.test("listHunts() finds nothing where nothing is kept, and names a file that holds no hunts", async () => {
  await inTempFolder((folder) => {
    assert.deepEqual(listHunts(join(folder, "nothing")), []);
    Deno.writeTextFileSync(join(folder, "a.json"), '{"adapter":"a","hunts":[{}]}');
    assert.throws(() => listHunts(folder), {
      name: "RecordFormatError",
      message: /a\.json: it must hold the hunts of an adapter: .*startedAt/,
    });
    return Promise.resolve();
  });
});
