import assert from "node:assert/strict";
import fc from "fast-check";
import type { Claim, EdgeType } from "../../model/experiment.ts";
import { dependencyCycles, judgeClaims } from "./beliefs.ts";

/** Claims written as `"2.1 refutes 1.1, dependsOn 1.2"`. */
function claims(...lines: readonly string[]): Map<string, Claim[]> {
  const all = lines.map((line): Claim => {
    const [, id = "", rest = ""] = /^(\S+)\s*(.*)$/.exec(line)!;
    const edges = rest === "" ? [] : rest.split(", ").map((edge) => {
      const [type, target] = edge.split(" ") as [EdgeType, string];
      return { type, target };
    });
    return { id, text: id, edges };
  });
  return Map.groupBy(all, ({ id }) => id.split(".")[0]!);
}

function states(...lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    judgeClaims(claims(...lines)).map(({ claim, state, by }) => [claim.id, [state, ...by].join(" ")]),
  );
}

Deno.test("judgeClaims() lets a refutation outweigh a replacement", () => {
  assert.deepEqual(states("1.1", "2.1 supersedes 1.1", "3.1 refutes 1.1, refines 2.1"), {
    "1.1": "refuted 3.1",
    "2.1": "live",
    "3.1": "live",
  });
});

Deno.test("judgeClaims() takes support away along chains, and names what was lost", () => {
  assert.deepEqual(
    states("1.1", "2.1 dependsOn 1.1", "3.1 dependsOn 2.1, validates 1.1", "4.1 refutes 1.1"),
    {
      "1.1": "refuted 4.1",
      "2.1": "unsupported 1.1",
      "3.1": "unsupported 2.1",
      "4.1": "live",
    },
  );
});

Deno.test("judgeClaims() keeps a cycle alive until something outside falls", () => {
  assert.deepEqual(states("1.1 dependsOn 2.1", "2.1 dependsOn 1.1"), { "1.1": "live", "2.1": "live" });
  assert.equal(
    states("0.1", "1.1 dependsOn 2.1, dependsOn 0.1", "2.1 dependsOn 1.1", "3.1 refutes 0.1")["2.1"],
    "unsupported 1.1",
  );
});

Deno.test("judgeClaims() reaches a fixed point in which exactly the supported claims live", () => {
  const id = fc.integer({ min: 1, max: 8 }).map((number) => `${number}.1`);
  const type = fc.constantFrom<EdgeType>(
    "dependsOn",
    "dependsOn",
    "refines",
    "refutes",
    "supersedes",
    "validates",
  );
  const edges = fc.array(fc.record({ type, target: id }), { maxLength: 3 });
  fc.assert(fc.property(fc.array(edges, { minLength: 8, maxLength: 8 }), (lists) => {
    const all = new Map(lists.map((own, index) => [
      String(index + 1),
      [{ id: `${index + 1}.1`, text: "x", edges: own.filter(({ target }) => target !== `${index + 1}.1`) }],
    ]));
    const judged = judgeClaims(all);
    const stateOf = new Map(judged.map(({ claim, state }) => [claim.id, state]));
    for (const { claim, state } of judged) {
      const inbound = judged.flatMap((one) => one.claim.edges ?? []).filter(({ target }) =>
        target === claim.id
      );
      const isRefuted = inbound.some((edge) => edge.type === "refutes");
      const isSuperseded = inbound.some((edge) => edge.type === "supersedes");
      const lacksSupport = (claim.edges ?? [])
        .some((edge) => edge.type === "dependsOn" && stateOf.get(edge.target) !== "live");
      const expected = isRefuted
        ? "refuted"
        : isSuperseded
        ? "superseded"
        : lacksSupport
        ? "unsupported"
        : "live";
      assert.equal(state, expected);
    }
  }));
});

Deno.test("dependencyCycles() names each cycle once, from its smallest claim on", () => {
  const lines = [
    "10.1 dependsOn 2.1",
    "2.1 dependsOn 9.1",
    "9.1 dependsOn 10.1, refines 3.1",
    "3.1 dependsOn 2.1",
    "4.1 dependsOn 4.1",
  ];
  assert.deepEqual(dependencyCycles([...claims(...lines).values()].flat()), [["2.1", "9.1", "10.1"]]);
});
