import { deepStrictEqual, doesNotThrow, match, ok, strictEqual, throws } from "node:assert/strict";
import { recordFixture } from "../../testing/record_fixture.ts";
import { JUDGING_VERSION, UsageError } from "../../model/mod.ts";
import type { Experiment, RunRecord } from "../../model/mod.ts";
import type { LoadedExperiment } from "../sources/load_experiments.ts";
import { outcomeDigest, preregistrationDigest } from "../sources/preregistration.ts";
import { shapeOutcome } from "../sources/schema.ts";
import { noise, syntheticRun, TWO_ARMS } from "./_synthetic_run.ts";
import { recordedFloors } from "./calibration.ts";
import { judgeExperiment } from "./judge.ts";
import {
  buildOutcome,
  requireCleanTree,
  requireOwnRun,
  requireRecordable,
  runLabel,
  storeOutcome,
  withRepetition,
} from "./outcome.ts";
import { Readings } from "./readings.ts";
import { placeTable, readingTable } from "./tables.ts";

function loaded(experiment: Experiment = TWO_ARMS): LoadedExperiment {
  return {
    id: "007",
    slug: "two-arms",
    file: "experiments/007_two_arms.ts",
    text: "",
    experiment,
    exports: {},
    preregistered: preregistrationDigest(experiment),
    outcomeFile: "experiments/007_two_arms.outcome.json",
  };
}

const RUN: RunRecord = {
  ...recordFixture(),
  id: "2026-11-22T10-00-00-exp-007",
  label: runLabel(loaded()),
  sha256: "a".repeat(64),
  ...syntheticRun(TWO_ARMS, 10, (arm, round) => ({
    operation: { latency_p10_ns: 1e6 * noise(arm, round) * (arm === "after" ? 0.9 : 1) },
    metrics: { wall_ns: 1e6 * noise(arm, round) },
  })),
  adapters: recordFixture().adapters,
  settings: recordFixture().settings,
};
const NOW = new Date("2026-11-22T12:00:00Z");

Deno.test("buildOutcome() makes a sound outcome whose verdict follows from its rule", async () => {
  const judgement = judgeExperiment(TWO_ARMS, RUN);
  const outcome = await buildOutcome(loaded(), {}, RUN, judgement, NOW);
  ok("value" in shapeOutcome(outcome));
  deepStrictEqual([outcome.outcomeClass, outcome.winner], ["accepted", "after"]);
  deepStrictEqual(outcome.evidence, [{ run: RUN.id, sha256: "a".repeat(64), role: "comparison" }]);
  strictEqual(outcome.sha256, outcomeDigest(outcome));
  strictEqual(outcome.preregistered, preregistrationDigest(TWO_ARMS));
});

Deno.test("buildOutcome() can be judged again to the same results from the run alone", async () => {
  const floorOf = () => ({ share: 0.04, isCalibrated: true });
  const outcome = await buildOutcome(loaded(), {}, RUN, judgeExperiment(TWO_ARMS, RUN, floorOf), NOW);
  const again = judgeExperiment(TWO_ARMS, RUN, recordedFloors(outcome.results)).results;
  strictEqual(JSON.stringify(again), JSON.stringify(outcome.results));
});

Deno.test("buildOutcome() adds the experiment's own tables, what it diagnosed, and the machine", async () => {
  const { titles, tables } = await (async () => {
    const outcome = await buildOutcome(
      loaded(),
      {
        tables: (readings) => [
          readingTable(readings, {
            title: "Cost",
            unit: "ns",
            rows: [{ label: "after", arm: "after", ...TWO_ARMS.primary[0]! }],
          }),
        ],
        diagnose: () =>
          Promise.resolve([{ title: "Looked inside", columns: [{ title: "x" }], rows: [["y"]], notes: [] }]),
      },
      RUN,
      judgeExperiment(TWO_ARMS, RUN),
      NOW,
    );
    return { titles: outcome.tables.map(({ title }) => title), tables: outcome.tables };
  })();
  deepStrictEqual(titles, ["Cost", "Looked inside", "The machine during the run"]);
  const [label, median, lowest, highest] = tables[0]!.rows[0]!;
  strictEqual(label, "after");
  ok(Number(lowest) <= Number(median) && Number(median) <= Number(highest));
});

Deno.test("storeOutcome() writes the file that belongs beside the experiment", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/experiments`);
    const outcome = await buildOutcome(loaded(), {}, RUN, judgeExperiment(TWO_ARMS, RUN), NOW);
    const text = await Deno.readTextFile(storeOutcome(root, loaded(), outcome));
    deepStrictEqual(JSON.parse(text), outcome);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("requireOwnRun() takes a run of the experiment as it is settled", () => {
  doesNotThrow(() => requireOwnRun(loaded(), RUN));
  const learned = { summary: "s", reading: [], changedBeliefs: [], nextSignals: [], claims: [] };
  doesNotThrow(
    () => requireOwnRun(loaded({ ...TWO_ARMS, learned }), RUN),
    "what was learned is not settled before",
  );
});

Deno.test("requireOwnRun() refuses another experiment's run, and one from before an edit", () => {
  throws(
    () => requireOwnRun(loaded(), { ...RUN, label: "exp-008-00000000" }),
    /must be one of experiment 007/,
  );
  const edited = loaded({ ...TWO_ARMS, hypothesis: "It is, surely." });
  throws(() => requireOwnRun(edited, RUN), (error) => {
    ok(error instanceof UsageError);
    match(error.message, /must not change after the run/);
    return true;
  });
});

Deno.test("requireRecordable() overwrites nothing without force, and tells of edits", async () => {
  doesNotThrow(() => requireRecordable(loaded(), false));
  const outcome = await buildOutcome(loaded(), {}, RUN, judgeExperiment(TWO_ARMS, RUN), NOW);
  const recorded = { ...loaded(), outcome, outcomeText: "{}" };
  throws(
    () => requireRecordable(recorded, false),
    /without --force: experiments\/007_two_arms\.outcome\.json exists$/,
  );
  throws(() => requireRecordable({ ...recorded, preregistered: "0" }, false), /was edited after its run/);
  doesNotThrow(() => requireRecordable(recorded, true));
});

Deno.test("requireCleanTree() wants a commit and no changes", () => {
  const { environment } = recordFixture();
  doesNotThrow(() => requireCleanTree("007", { ...environment, isDirty: false }));
  throws(() => requireCleanTree("007", { ...environment, isDirty: true }), /it has changes/);
  const { commit: _, ...without } = environment;
  throws(() => requireCleanTree("007", without), /there is no commit/);
});

Deno.test("withRepetition() adds a run to the evidence and changes nothing that was decided", async () => {
  const outcome = await buildOutcome(loaded(), {}, RUN, judgeExperiment(TWO_ARMS, RUN), NOW);
  const again: RunRecord = { ...RUN, id: "2026-11-23T10-00-00-exp-007", sha256: "b".repeat(64) };
  const judged = judgeExperiment(TWO_ARMS, again);
  const { evidence, sha256, replications, ...repeated } = withRepetition(
    { ...loaded(), outcome },
    again,
    judged,
  );
  const { evidence: before, sha256: _, ...recorded } = outcome;
  deepStrictEqual(repeated, recorded);
  deepStrictEqual(evidence, [...before, { run: again.id, sha256: "b".repeat(64), role: "repetition" }]);
  deepStrictEqual(
    replications!.map(({ run, judging, results }) => [run, judging, results.map(({ result }) => result)]),
    [
      [again.id, JUDGING_VERSION, judged.results.map(({ result }) => result)],
    ],
  );
  strictEqual(sha256, outcomeDigest({ ...outcome, evidence, replications: replications! }));
  throws(() => withRepetition({ ...loaded(), outcome }, RUN, judged), /is evidence already/);
  throws(() => withRepetition(loaded(), RUN, judged), /there must be an outcome: record it first/);
});

Deno.test("placeTable() has a row per place with medians over rounds, and no number where there is none", () => {
  const place = { workload: "keyed-pk@2", phase: "burst" };
  const { columns, rows } = placeTable(new Readings(TWO_ARMS, RUN), {
    title: "Walls",
    unit: "ns",
    arm: "before",
    places: [{ name: "burst", ...place }, { name: "elsewhere", ...place, phase: "merge" }],
    quantities: [["wall", { metric: "wall_ns" }], ["parked", { counter: "parked_total" }]],
  });
  deepStrictEqual(columns.map(({ title }) => title), ["workload", "wall", "parked"]);
  deepStrictEqual(rows.map((row) => [row[0], typeof row[1], row[2]]), [
    ["burst", "number", null],
    ["elsewhere", "object", null],
  ]);
});
