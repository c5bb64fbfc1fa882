import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import type { Experiment } from "../../model/mod.ts";
import { TWO_ARMS } from "./_synthetic_run.ts";
import { lanesOf, measuredCell, roundGroups } from "./lanes.ts";

Deno.test("lanesOf() crosses arms with cells and keeps what is compared together", () => {
  const { lanes, groups, drift } = lanesOf({
    ...TWO_ARMS,
    cells: [{ workload: "keyed-pk@2", scale: "smoke" }, { workload: "fan-out@2", scale: "smoke" }],
    driftCell: { workload: "keyed-pk@2", scale: "smoke", adapter: "node-sqlite" },
  });
  deepStrictEqual(groups.map((group) => group.map(({ cell }) => cell.key)), [
    ["keyed-pk@2/watchlite[policy=per-commit]/smoke", "keyed-pk@2/watchlite/smoke"],
    ["fan-out@2/watchlite[policy=per-commit]/smoke", "fan-out@2/watchlite/smoke"],
    ["keyed-pk@2/node-sqlite[drift=yes]/smoke"],
  ]);
  strictEqual(lanes.length, 4);
  strictEqual(drift?.cell.adapter, "node-sqlite");
});

Deno.test("lanesOf() tells a revision from the code at hand, options or not", () => {
  const arms = [
    { name: "now", adapter: "watchlite" },
    { name: "then", adapter: "watchlite", revision: "v1" },
    { name: "other", adapter: "watchlite", options: { readers: "1" }, revision: "v1" },
  ];
  const [group] = lanesOf({ ...TWO_ARMS, arms, control: "now" }).groups;
  deepStrictEqual(group!.map(({ cell, revision }) => [cell.key, revision]), [
    ["keyed-pk@2/watchlite/smoke", undefined],
    ["keyed-pk@2/watchlite[revision=v1]/smoke", "v1"],
    ["keyed-pk@2/watchlite[readers=1,revision=v1]/smoke", "v1"],
  ]);
});

Deno.test("roundGroups() repeats what ratios are judged on, and the unchanged cell", () => {
  const guardrail = TWO_ARMS.guardrails[0]!;
  const experiment: Experiment = {
    ...TWO_ARMS,
    cells: [
      { workload: "keyed-pk@2", scale: "smoke" },
      { workload: "keyed-pk@2", scale: "standard" },
      { workload: "fan-out@2", scale: "smoke" },
      { workload: "chat-sim@2", scale: "smoke" },
    ],
    guardrails: [
      // Without a scale the first cell of the workload is meant.
      guardrail,
      {
        ...guardrail,
        id: "absolute",
        place: { workload: "fan-out@2", phase: "burst" },
        bar: { kind: "absolute", comparison: "below", value: 1 },
      },
      {
        ...guardrail,
        id: "exact",
        place: { workload: "chat-sim@2", phase: "chat" },
        deterministic: true,
      },
    ],
    driftCell: { workload: "keyed-pk@2", scale: "smoke", adapter: "node-sqlite" },
  };
  const lanes = lanesOf(experiment);
  deepStrictEqual(roundGroups(experiment, lanes, 5).map((group) => group.length), [10, 2, 2, 2, 5]);
  deepStrictEqual(roundGroups(experiment, lanes, 1), lanes.groups);
});

Deno.test("measuredCell() gives every option a value, and an option at its default no place in the key", () => {
  const { cell } = measuredCell({ workload: "keyed-pk@2", scale: "smoke" }, {
    adapter: "watchlite",
    options: { policy: "latest-wins" },
  });
  deepStrictEqual([cell.key, cell.options["grain"]], ["keyed-pk@2/watchlite/smoke", "row"]);
});

Deno.test("measuredCell() refuses what is not registered", () => {
  throws(
    () => measuredCell({ workload: "keyed@2", scale: "smoke" }, { adapter: "watchlite" }),
    /Cannot find workload/,
  );
  throws(
    () => measuredCell({ workload: "keyed-pk@2", scale: "smoke" }, { adapter: "watch" }),
    /Cannot find adapter/,
  );
});

Deno.test("roundGroups() repeats every cell where the experiment wants it, and only what is compared otherwise", () => {
  const bar = { kind: "absolute", comparison: "below", value: 1 } as const;
  const alone: Experiment = {
    ...TWO_ARMS,
    primary: TWO_ARMS.primary.map((one) => ({ ...one, bar })),
    guardrails: [],
  };
  const count = (experiment: Experiment) => roundGroups(experiment, lanesOf(experiment), 5).flat().length;
  deepStrictEqual([count(alone), count({ ...alone, rounds: { ...alone.rounds, repeatsAll: true } })], [
    2,
    10,
  ]);
});
