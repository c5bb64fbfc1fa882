/**
 * Triplit 1.0.50: transactions that run side by side read the same state, and all but one of their updates are lost.
 * https://www.triplit.dev/docs/client/transact
 *
 *     deno run --no-config --no-lock --allow-env docs/known-gaps/triplit-lost-updates.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { TriplitClient } from "npm:@triplit/client@1.0.50";

const client = new TriplitClient({ storage: "memory", autoConnect: false });
await client.ready;
await client.insert("scores", { id: "1", score: 0 });
const outcomes = await Promise.allSettled(
  Array.from({ length: 40 }, () =>
    client.transact(async (tx) => {
      await tx.update("scores", "1", (entity) => {
        entity.score += 1;
      });
    })),
);
const refused = outcomes.filter(({ status }) => status === "rejected").length;
const { score } = (await client.fetchById("scores", "1", { policy: "local-only" }))!;
console.log(`40 increments side by side: ${score}, refused ${refused}`);
console.log(score === 40 - refused ? "The gap is closed" : "The gap is there: increments were lost");
await client.clear();
Deno.exit();
