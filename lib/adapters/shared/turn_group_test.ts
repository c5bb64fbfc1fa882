import { deepStrictEqual, rejects } from "node:assert/strict";
import { TurnGroup } from "./turn_group.ts";

Deno.test("TurnGroup.add() runs what was added in one turn together, in order", async () => {
  const groups: number[][] = [];
  const group = new TurnGroup<number>((items) => {
    groups.push([...items]);
    return Promise.resolve();
  });
  await Promise.all([group.add(1), group.add(2)]);
  await group.add(3);
  deepStrictEqual(groups, [[1, 2], [3]]);
});

Deno.test("TurnGroup.add() rejects for each item of a group that failed, and goes on with the next", async () => {
  let isBroken = true;
  const group = new TurnGroup<number>(() => isBroken ? Promise.reject(new Error("full")) : Promise.resolve());
  const both = [group.add(1), group.add(2)];
  for (const one of both) await rejects(one, { message: "full" });
  isBroken = false;
  await group.add(3);
});
