import { rejects } from "node:assert/strict";
import { OUTSIDE_SCENARIOS } from "./outside_scenarios.ts";
import { NotApplicable, type Stage } from "./scenario.ts";

Deno.test("OUTSIDE_SCENARIOS do not apply where the place is a name in a browser's storage", async () => {
  const session = {
    directory: "session-9",
    write: () => Promise.resolve(),
    read: () => Promise.resolve([{ id: 1, name: "p1" }]),
  };
  const scenario = OUTSIDE_SCENARIOS.find(({ key }) => key === "outside/read-sees-another-process")!;
  await rejects(scenario.run({ session } as unknown as Stage), NotApplicable);
});
