/** A small repository in which everything holds, for tests that break one thing at a time. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { ADAPTERS } from "../adapters/mod.ts";
import { METRICS } from "../metrics/mod.ts";
import { type Experiment, type Outcome, OUTCOME_SCHEMA_VERSION } from "../model/experiment.ts";
import type { Block, RunRecord } from "../model/record.ts";
import { headerDigest } from "../record/load_run.ts";
import { writeTimeline } from "../record/timeline_file.ts";
import { reporterById } from "../report/mod.ts";
import { recordFixture } from "../testing/record_fixture.ts";
import { starvedPhase } from "../testing/timeline_fixture.ts";
import { WORKLOADS } from "../../workloads/mod.ts";
import { decide } from "./rules/decide.ts";
import { generatedFiles } from "./pages/generate.ts";
import { loadExperiments } from "./sources/load_experiments.ts";
import { outcomeDigest, preregistrationDigest } from "./sources/preregistration.ts";
import { writeSections } from "./pages/sections.ts";
import type { Vocabulary } from "./rules/validate_experiment.ts";

/** Day on which nothing in the repository is stale. */
export const TODAY = "2026-11-22";

/** What is registered. */
export const VOCABULARY: Vocabulary = { adapters: ADAPTERS, workloads: WORKLOADS, metrics: METRICS };

/** Name of the run that both experiments rest on. */
export const RUN = "2026-11-22T10-00-00-exp001";

/** An experiment that its rule accepts. */
export const ACCEPTED: Experiment = {
  title: "Memory instead of a file",
  date: "2026-11-20",
  directions: ["storage", "live-queries"],
  experimentClass: "performance",
  question: "Is a database in memory faster for keyed writes?",
  hypothesis: "It is, since nothing is synced.",
  wouldChangeOurMind: "A burst that takes as long as before.",
  arms: [{ name: "file", adapter: "node-sqlite" }, { name: "memory", adapter: "tinybase" }],
  control: "file",
  cells: [{ workload: "keyed-pk@2", scale: "standard" }],
  primary: [{
    id: "burst-wall",
    title: "Burst wall",
    place: { workload: "keyed-pk@2", phase: "burst" },
    quantity: { metric: "wall_ns" },
    unit: "ns",
    bar: { kind: "improve", better: "lower", worthwhile: 0.05 },
  }],
  guardrails: [{
    id: "emissions",
    title: "Emissions",
    place: { workload: "keyed-pk@2", phase: "burst" },
    quantity: { metric: "emissions_delivered" },
    unit: "count",
    deterministic: true,
    bar: { kind: "absolute", comparison: "below", value: 10 },
  }],
  rounds: { least: 6, most: 20, budgetSeconds: 300 },
  learned: {
    summary: "Memory halves the burst",
    reading: ["The whole difference is the sync at the end of each write."],
    changedBeliefs: ["Syncs were thought to be a tenth of a write; they are half."],
    nextSignals: ["Measure the same with durability relaxed."],
    claims: [
      { id: "001.1", text: "Half of a keyed write is its sync.", conditions: "Deno 2.9.6, Linux" },
      { id: "001.2", text: "Memory is worth it.", edges: [{ type: "dependsOn", target: "001.1" }] },
    ],
  },
};

/** A later experiment that its rule rejects, and that overturns a claim of the first. */
export const REJECTED: Experiment = {
  ...ACCEPTED,
  title: "Memory on a slow disk",
  date: "2026-11-21",
  directions: ["storage"],
  primary: [{ ...ACCEPTED.primary[0]!, id: "burst-slow" }],
  guardrails: [],
  learned: {
    summary: "No effect worth having",
    reading: [],
    changedBeliefs: [],
    nextSignals: [],
    claims: [{
      id: "002.1",
      text: "A tenth of a keyed write is its sync.",
      edges: [{ type: "supersedes", target: "001.1" }],
    }],
  },
};

/** One that was not run yet. */
export const PLANNED: Experiment = {
  ...(({ learned: _learned, ...rest }) => rest)(ACCEPTED),
  title: "Memory for readers",
  directions: ["live-queries"],
  withoutEvidence: "Planned, not run yet",
};

/** Directions by file name. */
export const DIRECTIONS: Readonly<Record<string, Record<string, unknown>>> = {
  "storage": {
    status: "active",
    subsystems: ["writer"],
    currentRead: "Syncs are the price of a write.",
    keyPriors: ["002"],
    archive: ["001"],
    interestingIf: ["a disk without syncs appears"],
    openQuestions: ["What does a power cut take?"],
    openCandidates: [{ idea: "group commits", addedDate: "2026-10-01", addedAfter: "001" }],
    blockedOnMeasurement: [],
    notesForExperimenters: "Name the disk.",
  },
  "live-queries": {
    status: "measurement-needed",
    subsystems: ["streams"],
    currentRead: "Emissions follow commits.",
    keyPriors: ["001"],
    openCandidates: [],
    blockedOnMeasurement: ["time between commit and re-query"],
    notesForExperimenters: "Show freshness beside emissions.",
  },
};

/** Writes the repository into a new temporary folder and returns its path. */
export async function makeRepository(): Promise<string> {
  const root = Deno.makeTempDirSync();
  for (const folder of ["results", "experiments/directions", "docs"]) {
    Deno.mkdirSync(join(root, folder), { recursive: true });
  }
  const record = storeRun(join(root, "results"), RUN, "exp001");
  for (const [id, direction] of Object.entries(DIRECTIONS)) {
    write(root, `experiments/directions/${id}.json`, JSON.stringify(direction, null, 2) + "\n");
  }
  writeExperiment(root, "001_memory", ACCEPTED);
  writeExperiment(root, "002_slow_disk", REJECTED);
  writeExperiment(root, "003_readers", PLANNED);
  writeOutcome(root, "001_memory", exampleOutcome("001", ACCEPTED, record));
  writeOutcome(root, "002_slow_disk", exampleOutcome("002", REJECTED, record));
  write(
    root,
    "docs/guide.md",
    "# Guide\n\n## The first step\n\nBack to [the front](../README.md#what-it-is).\n",
  );
  write(
    root,
    "README.md",
    [
      "# Example",
      "",
      "## What it is",
      "",
      "See [the guide](docs/guide.md#the-first-step), `[not](a-link.md)` and [the web](https://example.org/x).",
      "",
      "<!-- generated: experiments -->",
      "<!-- /generated -->",
      "",
      `<!-- generated: run ${RUN} keyed-pk@2 burst -->`,
      "<!-- /generated -->",
      "",
    ].join("\n"),
  );
  await regenerate(root);
  return root;
}

/** Writes everything that is generated. */
export async function regenerate(root: string): Promise<void> {
  const research = await loadExperiments(root);
  for (const [file, text] of generatedFiles(research)) write(root, file, text);
  const page = Deno.readTextFileSync(join(root, "README.md"));
  write(root, "README.md", writeSections("README.md", page, { root, research }).text);
}

/** Stores the record fixture, changed where asked, as a sealed run with its report and a timeline of one block. */
export function storeRun(
  resultsFolder: string,
  id: string,
  label: string,
  changes: Partial<RunRecord> = {},
): RunRecord {
  const folder = join(resultsFolder, id);
  Deno.mkdirSync(folder, { recursive: true });
  const { results, ...fixture } = { ...recordFixture(), ...changes };
  const pictured = results.findIndex(({ status }) => status === "measured");
  const blocks = results.map((block, index): Block =>
    block.status === "measured" && index === pictured
      ? { ...block, timeline: writeTimeline(folder, block, [starvedPhase()]) }
      : block
  );
  const lines = blocks.map((block) => `${JSON.stringify(block)}\n`).join("");
  const sha256 = createHash("sha256").update(lines).digest("hex");
  const header = { ...fixture, id, label, blocks: { sha256, count: blocks.length } };
  const sealed = { ...header, sha256: headerDigest(header) };
  Deno.writeTextFileSync(join(folder, "record.json"), JSON.stringify(sealed, null, 2) + "\n");
  Deno.writeTextFileSync(join(folder, "blocks.jsonl"), lines);
  const record: RunRecord = { ...sealed, results: blocks };
  Deno.writeTextFileSync(join(folder, "report.md"), reporterById("markdown").render(record));
  return record;
}

/** Writes an experiment file. */
export function writeExperiment(root: string, name: string, experiment: Experiment): void {
  write(
    root,
    `experiments/${name}.ts`,
    `export const experiment = ${JSON.stringify(experiment, null, 2)};\n`,
  );
}

/** Writes an outcome file. */
export function writeOutcome(root: string, name: string, outcome: Outcome): void {
  write(root, `experiments/${name}.outcome.json`, JSON.stringify(outcome, null, 2) + "\n");
}

/** What `experiment --record` would write: the first arm wins by half, the second finds nothing. */
export function exampleOutcome(id: string, experiment: Experiment, { id: run, sha256 }: RunRecord): Outcome {
  const isWon = experiment.guardrails.length > 0;
  const ratio = isWon ? 0.5 : 0.99;
  const results: Outcome["results"] = [
    {
      criterion: experiment.primary[0]!.id,
      arm: "memory",
      result: isWon ? "pass" : "miss",
      value: 1_000_000 * ratio,
      controlValue: 1_000_000,
      comparison: {
        verdict: isWon ? "better" : "equivalent",
        ratio,
        interval: { lower: ratio - 0.01, upper: ratio + 0.01, confidence: 0.95 },
        pValue: isWon ? 0.001 : 0.4,
        pairCount: 12,
        floor: 0.03,
        isCalibrated: true,
      },
    },
    ...experiment.guardrails.map((
      { id: criterion },
    ) => ({ criterion, arm: "memory", result: "pass", value: 3 } as const)),
  ];
  return sealOutcome({
    schemaVersion: OUTCOME_SCHEMA_VERSION,
    experiment: id,
    recordedAt: "2026-11-22T11:00:00.000Z",
    preregistered: preregistrationDigest(experiment),
    evidence: [{ run, sha256: sha256!, role: "example" }],
    results,
    tables: [{
      title: "Where the time goes",
      columns: [{ title: "part" }, { title: "time", unit: "ns" }],
      rows: [["sync", 500_000], ["rest", null]],
      notes: ["One block."],
    }],
    ...decide(experiment, results),
  });
}

/** Adds the digest to an outcome. */
export function sealOutcome(outcome: Record<string, unknown>): Outcome {
  const { sha256: _old, ...rest } = outcome;
  return { ...rest, sha256: outcomeDigest(rest as Omit<Outcome, "sha256">) } as Outcome;
}

function write(root: string, file: string, text: string): void {
  Deno.writeTextFileSync(join(root, file), text);
}
