/** A repository with experiments whose evidence can be read, for the tests of their pages. */
import { join } from "node:path";
import type { Experiment, Outcome, RunRecord } from "../../lib/model/mod.ts";
import { recordFixture } from "../../lib/testing/record_fixture.ts";
import { decide } from "../../lib/experiments/rules/decide.ts";
import { preregistrationDigest } from "../../lib/experiments/sources/preregistration.ts";
import { lanesOf } from "../../lib/experiments/run/lanes.ts";
import { judgeExperiment } from "../../lib/experiments/run/judge.ts";
import { noise, syntheticRun, TWO_ARMS } from "../../lib/experiments/run/_synthetic_run.ts";
import { traceTable } from "../../lib/experiments/run/trace_phase.ts";
import { sealOutcome, storeRun, writeExperiment, writeOutcome } from "../../lib/experiments/_fixture.ts";

/** The run that two of the experiments rest on. */
export const RUN = "2026-11-22T10-00-00-exp-007";

/** Ten rounds; arm `after` takes nine tenths. */
const ROUNDS = 10;

/** Accepted on the 22nd; 009 refutes its first claim. */
export const FASTER: Experiment = {
  ...TWO_ARMS,
  guardrails: [...TWO_ARMS.guardrails, {
    id: "emissions",
    title: "Emissions",
    place: { workload: "keyed-pk@2", phase: "burst" },
    quantity: { metric: "emissions_delivered" },
    unit: "count",
    bar: { kind: "absolute", comparison: "below", value: 9 },
  }],
  learned: {
    summary: "After is a tenth faster.",
    reading: ["It does less."],
    changedBeliefs: ["Before: nothing can be won. Now: a tenth can."],
    nextSignals: ["Try it with more rows."],
    claims: [
      { id: "007.1", text: "A tenth of an update is waste.", conditions: "two cores" },
      { id: "007.2", text: "Waste is in the loop.", edges: [{ type: "dependsOn", target: "007.1" }] },
    ],
  },
};

/** Rejected on the 25th. */
export const REFUTING: Experiment = {
  ...TWO_ARMS,
  title: "The same with another control",
  date: "2026-11-24",
  directions: ["other-direction"],
  control: "after",
  learned: {
    summary: "The tenth was the order of the arms.",
    reading: [],
    changedBeliefs: [],
    nextSignals: [],
    claims: [{
      id: "009.1",
      text: "Nothing of an update is waste.",
      edges: [{ type: "refutes", target: "007.1" }, { type: "refines", target: "007.2" }],
    }],
  },
};

/** Planned; every text that a file may fill is the one given. */
export function plannedExperiment(text: string): Experiment {
  return {
    ...TWO_ARMS,
    title: text.replaceAll("\n", " "),
    date: "2026-11-26",
    question: text,
    hypothesis: text,
    wouldChangeOurMind: text,
    withoutEvidence: text.replaceAll("\n", " "),
  };
}

/** What {@link makeExperiments} writes. */
export interface MadeExperiments {
  /** Folder of the repository. */
  readonly root: string;
  /** The evidence of 007 and 009. */
  readonly run: RunRecord;
}

/** Writes the repository into a folder: 007 accepted, 009 rejected, 010 planned, 011 damaged, one direction. */
export function makeExperiments(root: string, hostile = "A question?"): MadeExperiments {
  for (const folder of ["results", "experiments/directions"]) {
    Deno.mkdirSync(join(root, folder), { recursive: true });
  }
  const synthetic = syntheticRun(FASTER, ROUNDS, (arm, round) => ({
    operation: { latency_p10_ns: 1e6 * noise(arm, round) * (arm === "after" ? 0.9 : 1) },
    metrics: { wall_ns: 1e6 * noise(arm, round), emissions_delivered: arm === "after" ? 8 : 100 },
  }));
  const cells = lanesOf(FASTER).lanes.map(({ measured }) => measured.cell);
  const run = storeRun(join(root, "results"), RUN, "exp-007-00000000", {
    settings: { ...recordFixture().settings, cells, blockCount: ROUNDS },
    results: synthetic.results,
  });
  writeExperiment(root, "007_faster", FASTER);
  writeOutcome(root, "007_faster", outcomeOf("007", FASTER, run, "2026-11-22T12:00:00.000Z", [traced()]));
  writeExperiment(root, "009_refuting", REFUTING);
  writeOutcome(root, "009_refuting", outcomeOf("009", REFUTING, run, "2026-11-25T12:00:00.000Z", []));
  writeExperiment(root, "010_planned", plannedExperiment(hostile));
  Deno.writeTextFileSync(join(root, "experiments/011_damaged.ts"), "export const experiment = {};\n");
  Deno.writeTextFileSync(
    join(root, "experiments/directions/other-direction.json"),
    JSON.stringify({
      status: "active",
      currentRead: "Look here first.",
      openCandidates: [
        { idea: "an early idea", addedDate: "2026-11-20" },
        { idea: "a late idea", addedDate: "2026-11-26" },
      ],
    }),
  );
  return { root, run };
}

/** What recording the run would write, with a disposition computed by the rule. */
export function outcomeOf(
  id: string,
  experiment: Experiment,
  run: RunRecord,
  recordedAt: string,
  tables: Outcome["tables"],
): Outcome {
  const floorOf = () => ({ share: 0.04, isCalibrated: true });
  const { results } = judgeExperiment(experiment, run, floorOf);
  return sealOutcome({
    schemaVersion: 1,
    experiment: id,
    recordedAt,
    preregistered: preregistrationDigest(experiment),
    evidence: [{ run: run.id, sha256: run.sha256!, role: "comparison" }],
    results,
    tables: [...tables, {
      title: "Where time goes",
      columns: [{ title: "part" }, { title: "time", unit: "ns" }],
      rows: [["loop", 500_000], ["rest", null]],
      notes: ["One block."],
    }],
    ...decide(experiment, results),
  });
}

/** Thirty batches, a delivery for every ten. */
function traced(): Outcome["tables"][number] {
  const events = Array.from({ length: 30 }, (_, index) => {
    const commit = index + 1;
    const last = 10 * Math.ceil(commit / 10);
    const step = (kind: string, atMs: number) => ({ kind, stream: null, commit, atMs });
    return [
      step("commit", commit),
      step("invalidate", commit + 0.1),
      ...(commit === last ? [step("requery-start", commit + 0.2), step("deliver", commit + 0.8)] : []),
    ];
  }).flat();
  return traceTable("One burst with after, batch by batch", events, ["One run."]);
}
