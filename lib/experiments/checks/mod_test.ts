import assert from "node:assert/strict";
import { join } from "node:path";
import type { Experiment, Outcome } from "../../model/experiment.ts";
import {
  ACCEPTED,
  DIRECTIONS,
  makeRepository,
  regenerate,
  REJECTED,
  RUN,
  sealOutcome,
  storeRun,
  TODAY,
  VOCABULARY,
  writeExperiment,
  writeOutcome,
} from "../_fixture.ts";
import { checkText, describeFault } from "./check_report.ts";
import type { Fault } from "../sources/fault.ts";
import { loadExperiments } from "../sources/load_experiments.ts";
import { timelineFileName } from "../../record/timeline_file.ts";
import { type CheckInput, type CheckResult, CHECKS, runChecks } from "./mod.ts";

const run = `results/${RUN}`;

/** The only timeline of that run. */
const TIMELINE = timelineFileName("keyed-pk@2/node-sqlite/standard", 0);
const timelineIn = (root: string): string => join(root, run, "timelines", TIMELINE);

type Expected = Partial<Fault> & { readonly check: string; readonly rule: string; readonly file: string };

/** What is broken, and what must be said about it. */
interface Corruption {
  readonly name: string;
  readonly corrupt: (root: string) => void | Promise<void>;
  readonly expected: Expected;
  /** Generated files are written again after the corruption, as a careless author would. */
  readonly isRegenerated?: boolean;
  readonly input?: Partial<CheckInput>;
}

const LESSON = "experiments/lessons/it-is-so.json";

const PIN = {
  kind: "bench",
  run: RUN,
  cell: "keyed-pk@2/node-sqlite/standard",
  place: { workload: "keyed-pk@2", phase: "burst" },
  quantity: { metric: "wall_ns" },
  unit: "ns",
  value: 1_000_000,
  tolerance: 0.1,
} as const;

const CORRUPTIONS: readonly Corruption[] = [
  // Runs.
  {
    name: "a digit of a record's header",
    corrupt: (root) => edit(root, `${run}/record.json`, '"seed": ', '"seed": 1'),
    expected: { check: "records", rule: "record", file: `${run}/record.json` },
  },
  {
    name: "a digit of a block",
    corrupt: (root) => edit(root, `${run}/blocks.jsonl`, '"wall_ns":2', '"wall_ns":3'),
    expected: { check: "records", rule: "record", file: `${run}/blocks.jsonl` },
  },
  {
    name: "a removed line",
    corrupt: (root) => editLines(root, `${run}/blocks.jsonl`, (lines) => lines.toSpliced(3, 1)),
    expected: { check: "records", rule: "record", file: `${run}/blocks.jsonl` },
  },
  {
    name: "two swapped lines",
    corrupt: (root) => editLines(root, `${run}/blocks.jsonl`, ([a, b, ...rest]) => [b!, a!, ...rest]),
    expected: { check: "records", rule: "record", file: `${run}/blocks.jsonl`, line: 2 },
  },
  {
    name: "truncated blocks",
    corrupt: (root) => replace(root, `${run}/blocks.jsonl`, (text) => text.slice(0, -20)),
    expected: { check: "records", rule: "record", file: `${run}/blocks.jsonl` },
  },
  {
    name: "a truncated header",
    corrupt: (root) => replace(root, `${run}/record.json`, (text) => text.slice(0, 100)),
    expected: { check: "records", rule: "record", file: `${run}/record.json` },
  },
  {
    name: "a record of a future version",
    corrupt: (root) => edit(root, `${run}/record.json`, '"schemaVersion": 2', '"schemaVersion": 99'),
    expected: { check: "records", rule: "record", file: `${run}/record.json` },
  },
  {
    name: "a wrong digest of the blocks",
    corrupt: (root) =>
      replace(root, `${run}/record.json`, (text) => text.replace(/[0-9a-f]{64}/, "0".repeat(64))),
    expected: { check: "records", rule: "record", file: `${run}/record.json` },
  },
  {
    name: "missing blocks",
    corrupt: (root) => Deno.removeSync(join(root, run, "blocks.jsonl")),
    expected: { check: "records", rule: "record", file: `${run}/blocks.jsonl` },
  },
  {
    name: "a byte of a timeline",
    corrupt: (root) => Deno.writeFileSync(timelineIn(root), new Uint8Array([0]), { append: true }),
    expected: { check: "records", rule: "record", file: `${run}/timelines/${TIMELINE}` },
  },
  {
    name: "a missing timeline",
    corrupt: (root) => Deno.removeSync(timelineIn(root)),
    expected: { check: "records", rule: "record", file: `${run}/timelines/${TIMELINE}` },
  },
  {
    name: "a file in a run folder that belongs to nothing",
    corrupt: (root) => Deno.writeTextFileSync(join(root, run, "notes.txt"), "x"),
    expected: { check: "records", rule: "record-stray", file: `${run}/notes.txt` },
  },
  {
    name: "a timeline that no block names",
    corrupt: (root) => Deno.copyFileSync(timelineIn(root), join(root, run, "timelines/other-0.json.gz")),
    expected: { check: "records", rule: "record-stray", file: `${run}/timelines/other-0.json.gz` },
  },
  {
    name: "a folder in the place of a record",
    corrupt: (root) => becomeFolder(root, `${run}/record.json`),
    expected: { check: "records", rule: "record", file: `${run}/record.json` },
  },
  {
    name: "a folder in the place of a report",
    corrupt: (root) => becomeFolder(root, `${run}/report.md`),
    expected: {
      check: "reports",
      rule: "report-missing",
      file: `${run}/report.md`,
      message: "it must be a regular file: it is a folder",
    },
  },
  {
    name: "a link in the place of a run folder",
    corrupt: (root) => becomeLink(root, run),
    expected: {
      check: "records",
      rule: "record",
      file: run,
      message: "a run must be a folder: it is a symbolic link",
    },
  },
  {
    name: "blocks with other line ends",
    corrupt: (root) => replace(root, `${run}/blocks.jsonl`, (text) => text.replaceAll("\n", "\r\n")),
    expected: { check: "records", rule: "record", file: `${run}/blocks.jsonl` },
  },
  {
    name: "a report with other line ends",
    corrupt: (root) => replace(root, `${run}/report.md`, (text) => text.replaceAll("\n", "\r\n")),
    expected: { check: "reports", rule: "report-differs", file: `${run}/report.md`, line: 1 },
  },
  {
    name: "a run that was never sealed",
    corrupt: (root) =>
      editJson(root, `${run}/record.json`, (header) => ({
        ...header,
        status: "running",
        endedAt: undefined,
        blocks: undefined,
        sha256: undefined,
      })),
    expected: { check: "records", rule: "record-unsealed", file: run },
  },
  {
    name: "a renamed run folder",
    corrupt: (root) => Deno.renameSync(join(root, run), join(root, "results/2026-11-22T10-00-00-other")),
    expected: { check: "records", rule: "record-name", file: "results/2026-11-22T10-00-00-other" },
  },
  {
    name: "a file that is no run",
    corrupt: (root) => Deno.writeTextFileSync(join(root, "results/notes.txt"), "x"),
    expected: { check: "records", rule: "record", file: "results/notes.txt" },
  },
  {
    name: "a byte of a report",
    corrupt: (root) => edit(root, `${run}/report.md`, "Run 2026", "Run 2027"),
    expected: { check: "reports", rule: "report-differs", file: `${run}/report.md`, line: 1 },
  },
  {
    name: "a missing report",
    corrupt: (root) => Deno.removeSync(join(root, run, "report.md")),
    expected: { check: "reports", rule: "report-missing", file: `${run}/report.md` },
  },
  {
    name: "a study that cannot be read",
    corrupt: (root) => {
      Deno.mkdirSync(join(root, "results/power"));
      Deno.writeTextFileSync(join(root, "results/power/0123.json"), "{");
    },
    input: { studies: { power: (text) => JSON.parse(text) } },
    expected: { check: "records", rule: "study", file: "results/power/0123.json" },
  },
  {
    name: "a study whose run is another by now",
    corrupt: (root) => writeStudy(root, RUN),
    input: { studies: { power: (text) => JSON.parse(text) } },
    expected: { check: "records", rule: "study-run", file: "results/power/0123.json" },
  },
  {
    name: "a study whose run was removed",
    corrupt: (root) => writeStudy(root, "2026-11-22T10-00-00-gone"),
    input: { studies: { power: (text) => JSON.parse(text) } },
    expected: {
      check: "records",
      rule: "study-run",
      file: "results/power/0123.json",
      message:
        'a study must rest on a stored run with the digest that it names: of "2026-11-22T10-00-00-gone", there is none',
    },
  },
  {
    name: "a run of an experiment that nobody recorded",
    corrupt: (root) =>
      void storeRun(join(root, "results"), "2026-11-22T12-00-00-exp003-again", "exp003-again"),
    expected: { check: "history", rule: "run-unrecorded", file: "results/2026-11-22T12-00-00-exp003-again" },
  },
  // Experiment files.
  {
    name: "an experiment that does not load",
    corrupt: (root) => edit(root, "experiments/001_memory.ts", "export const", "export cons"),
    expected: { check: "experiments", rule: "module", file: "experiments/001_memory.ts", line: 1 },
  },
  {
    name: "a folder in the place of an experiment",
    corrupt: (root) => becomeFolder(root, "experiments/001_memory.ts"),
    expected: { check: "experiments", rule: "file-kind", file: "experiments/001_memory.ts" },
  },
  {
    name: "an unknown key in an experiment",
    corrupt: (root) => writeExperiment(root, "001_memory", { ...ACCEPTED, hypotesis: "x" } as Experiment),
    expected: { check: "experiments", rule: "shape", file: "experiments/001_memory.ts" },
  },
  {
    name: "an impossible date",
    corrupt: (root) => writeExperiment(root, "001_memory", { ...ACCEPTED, date: "2026-02-30" }),
    expected: { check: "experiments", rule: "shape", file: "experiments/001_memory.ts", path: "date" },
  },
  {
    name: "an unknown metric",
    corrupt: (root) => withPrimary(root, { quantity: { metric: "wal_ns" } }),
    expected: {
      check: "experiments",
      rule: "metric-unknown",
      file: "experiments/001_memory.ts",
      path: "primary[0].quantity.metric",
    },
  },
  {
    name: "an unknown phase",
    corrupt: (root) => withPrimary(root, { place: { workload: "keyed-pk@2", phase: "brust" } }),
    expected: { check: "experiments", rule: "phase-unknown", file: "experiments/001_memory.ts" },
  },
  {
    name: "a bar against the metric's direction",
    corrupt: (root) => withPrimary(root, { bar: { kind: "improve", better: "higher", worthwhile: 0.05 } }),
    expected: { check: "experiments", rule: "direction-opposed", file: "experiments/001_memory.ts" },
  },
  {
    name: "a time that should be the same everywhere",
    corrupt: (root) => withPrimary(root, { deterministic: true }),
    expected: { check: "experiments", rule: "not-deterministic", file: "experiments/001_memory.ts" },
  },
  {
    name: "bars that exclude each other",
    corrupt: (root) => {
      const [guardrail] = ACCEPTED.guardrails;
      const other = {
        ...guardrail!,
        id: "many",
        bar: { kind: "absolute", comparison: "at-least", value: 10 },
      } as const;
      writeExperiment(root, "001_memory", { ...ACCEPTED, guardrails: [guardrail!, other] });
    },
    expected: {
      check: "experiments",
      rule: "bars-contradict",
      file: "experiments/001_memory.ts",
      path: "guardrails[1].bar",
    },
  },
  {
    name: "two experiments with one id",
    corrupt: (root) => writeExperiment(root, "003_writers", { ...ACCEPTED, withoutEvidence: "Planned" }),
    expected: { check: "experiments", rule: "id-duplicate", file: "experiments/003_writers.ts" },
  },
  {
    name: "an id that another branch has claimed",
    corrupt: (root) => {
      Deno.mkdirSync(join(root, "experiments/ids"));
      Deno.writeTextFileSync(join(root, "experiments/ids/001"), "something-else\n");
    },
    expected: { check: "experiments", rule: "id-claimed", file: "experiments/ids/001" },
  },
  {
    name: "a claim that rests on a criterion that is none",
    corrupt: (root) => {
      const { learned } = ACCEPTED;
      const claims = [{ ...learned!.claims[0]!, restsOn: ["burst-wal"] }];
      writeExperiment(root, "001_memory", { ...ACCEPTED, learned: { ...learned!, claims } });
    },
    expected: { check: "experiments", rule: "claim-criterion", file: "experiments/001_memory.ts" },
  },
  {
    name: "a replication that its run does not give",
    corrupt: (root) => {
      const file = join(root, "experiments/001_memory.outcome.json");
      const { results } = JSON.parse(Deno.readTextFileSync(file)) as Outcome;
      withOutcome(root, { replications: [{ run: RUN, machineId: "m", deno: "2", judging: 2, results }] });
    },
    input: { judge: ({ outcome }) => ({ results: outcome!.results, tables: [], replications: [[]] }) },
    expected: {
      check: "verdicts",
      rule: "verdict-recomputed",
      file: "experiments/001_memory.outcome.json",
      path: "replications[0].results[0]",
    },
  },
  // Outcomes.
  {
    name: "an experiment without outcome",
    corrupt: (root) => Deno.removeSync(join(root, "experiments/001_memory.outcome.json")),
    expected: { check: "evidence", rule: "outcome-missing", file: "experiments/001_memory.ts" },
  },
  {
    name: "an outcome without experiment",
    corrupt: (root) => Deno.writeTextFileSync(join(root, "experiments/009_lost.outcome.json"), "{}"),
    expected: { check: "experiments", rule: "outcome-stray", file: "experiments/009_lost.outcome.json" },
  },
  {
    name: "a folder in the place of an outcome",
    corrupt: (root) => becomeFolder(root, "experiments/001_memory.outcome.json"),
    expected: { check: "experiments", rule: "file-kind", file: "experiments/001_memory.outcome.json" },
  },
  {
    name: "a link in the place of an outcome",
    corrupt: (root) => becomeLink(root, "experiments/001_memory.outcome.json"),
    expected: {
      check: "experiments",
      rule: "file-kind",
      file: "experiments/001_memory.outcome.json",
      message: "it must be a regular file: it is a symbolic link",
    },
  },
  {
    name: "a truncated outcome",
    corrupt: (root) =>
      replace(
        root,
        "experiments/001_memory.outcome.json",
        (text) => text.slice(0, text.indexOf('"results"')),
      ),
    expected: { check: "experiments", rule: "json", file: "experiments/001_memory.outcome.json", line: 13 },
  },
  {
    name: "an outcome with other line ends",
    corrupt: (root) =>
      replace(root, "experiments/001_memory.outcome.json", (text) => text.replaceAll("\n", "\r\n")),
    expected: {
      check: "preregistration",
      rule: "outcome-edited",
      file: "experiments/001_memory.outcome.json",
      line: 1,
    },
  },
  {
    name: "a key that an outcome has twice",
    corrupt: (root) =>
      edit(
        root,
        "experiments/001_memory.outcome.json",
        '"experiment":',
        '"experiment": "002",\n  "experiment":',
      ),
    expected: {
      check: "experiments",
      rule: "key-repeated",
      file: "experiments/001_memory.outcome.json",
      line: 4,
    },
  },
  {
    name: "a missing evidence folder",
    corrupt: (root) => Deno.removeSync(join(root, run), { recursive: true }),
    expected: {
      check: "evidence",
      rule: "evidence-folder",
      file: "experiments/001_memory.outcome.json",
      path: "evidence[0].run",
    },
  },
  {
    name: "evidence that was measured again",
    corrupt: (root) => {
      editJson(root, `${run}/record.json`, (header) => ({ ...header, label: "exp001-b" }));
      Deno.removeSync(join(root, run), { recursive: true });
      storeRun(join(root, "results"), RUN, "exp001-b");
    },
    expected: { check: "evidence", rule: "evidence-digest", file: "experiments/001_memory.outcome.json" },
  },
  {
    name: "an outcome without runs",
    corrupt: (root) => withOutcome(root, { evidence: [] }),
    expected: { check: "evidence", rule: "evidence-missing", file: "experiments/001_memory.outcome.json" },
  },
  {
    name: "a recorded experiment that teaches nothing",
    corrupt: (root) => {
      const { learned: _learned, ...rest } = ACCEPTED;
      writeExperiment(root, "001_memory", rest);
    },
    expected: { check: "evidence", rule: "learned-missing", file: "experiments/001_memory.ts" },
  },
  {
    name: "a bar that was moved after the run",
    corrupt: (root) => withPrimary(root, { bar: { kind: "improve", better: "lower", worthwhile: 0.04 } }),
    expected: { check: "preregistration", rule: "edited-after-run", file: "experiments/001_memory.ts" },
    isRegenerated: true,
  },
  {
    name: "an outcome edited by hand",
    corrupt: (root) =>
      edit(root, "experiments/001_memory.outcome.json", '"pairCount": 12', '"pairCount": 13'),
    expected: {
      check: "preregistration",
      rule: "outcome-edited",
      file: "experiments/001_memory.outcome.json",
    },
    isRegenerated: true,
  },
  {
    name: "an outcome of a future version",
    corrupt: (root) => withOutcome(root, { schemaVersion: 2 }),
    expected: {
      check: "experiments",
      rule: "shape",
      file: "experiments/001_memory.outcome.json",
      path: "schemaVersion",
    },
  },
  {
    name: "an outcome class with another's reason",
    corrupt: (root) => withOutcome(root, { outcomeReason: "regression" }),
    expected: {
      check: "experiments",
      rule: "shape",
      file: "experiments/001_memory.outcome.json",
      path: "outcomeReason",
    },
  },
  {
    name: "an outcome that does not follow from its results",
    corrupt: (root) => withOutcome(root, { outcomeReason: "correctness" }),
    expected: { check: "verdicts", rule: "outcome-decision", file: "experiments/001_memory.outcome.json" },
    isRegenerated: true,
  },
  {
    name: "another winner",
    corrupt: (root) => withOutcome(root, { winner: "file" }),
    expected: { check: "verdicts", rule: "outcome-winner", file: "experiments/001_memory.outcome.json" },
  },
  {
    name: "a result that its numbers contradict",
    corrupt: (root) => withResults(root, ([first, ...rest]) => [first!, { ...rest[0]!, value: 12 }]),
    expected: {
      check: "verdicts",
      rule: "result-bar",
      file: "experiments/001_memory.outcome.json",
      path: "results[1].result",
    },
  },
  {
    name: "a result that is not there",
    corrupt: (root) => withResults(root, ([first]) => [first!]),
    expected: { check: "verdicts", rule: "result-missing", file: "experiments/001_memory.outcome.json" },
  },
  {
    name: "a result that the runs do not give",
    corrupt: () => {},
    input: {
      judge: ({ outcome }) => ({
        results: outcome!.results.map((result) => ({ ...result, value: 7 })),
        tables: outcome!.tables,
      }),
    },
    expected: {
      check: "verdicts",
      rule: "verdict-recomputed",
      file: "experiments/001_memory.outcome.json",
      path: "results[0]",
    },
  },
  {
    name: "a number in a table that the runs do not give",
    corrupt: () => {},
    input: {
      judge: ({ outcome }) => ({
        results: outcome!.results,
        tables: outcome!.tables.map((table) => ({ ...table, rows: [["synced", 499_999], ["rest", null]] })),
      }),
    },
    expected: {
      check: "verdicts",
      rule: "table-recomputed",
      file: "experiments/001_memory.outcome.json",
      path: "tables[0].rows[0][1]",
    },
  },
  // The signal map.
  {
    name: "an unknown key in a direction",
    corrupt: (root) => withDirection(root, { openCandidate: [] }),
    expected: {
      check: "signals",
      rule: "unknown-key",
      file: "experiments/directions/storage.json",
      path: "openCandidate",
    },
    isRegenerated: true,
  },
  {
    name: "beliefs written by hand",
    corrupt: (root) => withDirection(root, { beliefs: {} }),
    expected: {
      check: "experiments",
      rule: "derived-key",
      file: "experiments/directions/storage.json",
      path: "beliefs",
    },
  },
  {
    name: "an unknown status",
    corrupt: (root) => withDirection(root, { status: "hot" }),
    expected: {
      check: "signals",
      rule: "direction-status",
      file: "experiments/directions/storage.json",
      line: 2,
    },
    isRegenerated: true,
  },
  {
    name: "an unknown direction",
    corrupt: (root) =>
      writeExperiment(root, "003_readers", {
        ...ACCEPTED,
        directions: ["storrage"],
        withoutEvidence: "Planned",
      }),
    expected: {
      check: "signals",
      rule: "entry-direction-unknown",
      file: "experiments/003_readers.ts",
      path: "directions[0]",
    },
    isRegenerated: true,
  },
  {
    name: "a prior that does not exist",
    corrupt: (root) => withDirection(root, { keyPriors: ["002", "042"] }),
    expected: {
      check: "signals",
      rule: "key-prior-unknown",
      file: "experiments/directions/storage.json",
      path: "keyPriors[1]",
    },
    isRegenerated: true,
  },
  {
    name: "no priors",
    corrupt: (root) => withDirection(root, { keyPriors: [] }),
    expected: { check: "signals", rule: "key-prior", file: "experiments/directions/storage.json" },
    isRegenerated: true,
  },
  {
    name: "seven priors",
    corrupt: (root) =>
      withDirection(root, { keyPriors: ["001", "002", "003", "001", "002", "003", "001"], archive: [] }),
    expected: { check: "signals", rule: "key-priors-count", file: "experiments/directions/storage.json" },
    isRegenerated: true,
  },
  {
    name: "a prior in the archive",
    corrupt: (root) => withDirection(root, { archive: ["001", "002"] }),
    expected: {
      check: "signals",
      rule: "archive-overlap",
      file: "experiments/directions/storage.json",
      path: "archive[1]",
    },
    isRegenerated: true,
  },
  {
    name: "a candidate's date without day",
    corrupt: (root) => withDirection(root, { openCandidates: [{ idea: "x", addedDate: "2026-10" }] }),
    expected: { check: "signals", rule: "candidate-date", file: "experiments/directions/storage.json" },
    isRegenerated: true,
  },
  {
    name: "a candidate's day that does not exist",
    corrupt: (root) => withDirection(root, { openCandidates: [{ idea: "x", addedDate: "2026-09-31" }] }),
    expected: {
      check: "signals",
      rule: "candidate-date-unreal",
      file: "experiments/directions/storage.json",
    },
    isRegenerated: true,
  },
  {
    name: "a stale candidate",
    corrupt: () => {},
    input: { today: "2027-01-02" },
    expected: {
      check: "signals",
      rule: "stale-candidate",
      file: "experiments/directions/storage.json",
      path: "openCandidates[0].addedDate",
    },
  },
  {
    name: "endless prose",
    corrupt: (root) => withDirection(root, { currentRead: "word ".repeat(400) }),
    expected: { check: "signals", rule: "prose-length", file: "experiments/directions/storage.json" },
    isRegenerated: true,
  },
  {
    name: "an unknown edge",
    corrupt: (root) => withClaims(root, { edges: [{ type: "kills" as "refutes", target: "001.1" }] }),
    expected: { check: "experiments", rule: "shape", file: "experiments/002_slow_disk.ts" },
  },
  {
    name: "an edge to itself",
    corrupt: (root) => withClaims(root, { edges: [{ type: "refines", target: "002.1" }] }),
    expected: { check: "signals", rule: "claim-edge-self", file: "experiments/002_slow_disk.ts" },
    isRegenerated: true,
  },
  {
    name: "an edge to nowhere",
    corrupt: (root) => withClaims(root, { edges: [{ type: "refines", target: "001.9" }] }),
    expected: { check: "signals", rule: "claim-edge-target", file: "experiments/002_slow_disk.ts" },
    isRegenerated: true,
  },
  {
    name: "a claim of another experiment",
    corrupt: (root) => withClaims(root, { id: "001.3" }),
    expected: { check: "signals", rule: "claim-id", file: "experiments/002_slow_disk.ts" },
    isRegenerated: true,
  },
  {
    name: "a duplicate claim",
    corrupt: (root) => {
      const { learned } = REJECTED;
      writeExperiment(root, "002_slow_disk", {
        ...REJECTED,
        learned: { ...learned!, claims: [...learned!.claims, ...learned!.claims] },
      });
    },
    expected: { check: "signals", rule: "claim-duplicate", file: "experiments/002_slow_disk.ts" },
    isRegenerated: true,
  },
  {
    name: "claims that hold each other up",
    corrupt: (root) => {
      const { learned } = ACCEPTED;
      const [first, second] = learned!.claims;
      const claims = [{ ...first!, edges: [{ type: "dependsOn", target: "001.2" } as const] }, second!];
      writeExperiment(root, "001_memory", { ...ACCEPTED, learned: { ...learned!, claims } });
    },
    expected: { check: "signals", rule: "claim-cycle", file: "experiments/001_memory.ts" },
    isRegenerated: true,
  },
  {
    name: "a direction's file that is no JSON",
    corrupt: (root) => replace(root, "experiments/directions/storage.json", (text) => text.slice(0, 50)),
    expected: { check: "experiments", rule: "json", file: "experiments/directions/storage.json" },
  },
  {
    name: "a direction's file with a comma too many",
    corrupt: (root) => edit(root, "experiments/directions/storage.json", ",", ",,"),
    expected: { check: "experiments", rule: "json", file: "experiments/directions/storage.json", line: 2 },
  },
  {
    name: "a key that a direction has twice",
    corrupt: (root) =>
      edit(root, "experiments/directions/storage.json", '"status":', '"status": "settled",\n  "status":'),
    expected: {
      check: "experiments",
      rule: "key-repeated",
      file: "experiments/directions/storage.json",
      line: 3,
      path: "status",
    },
  },
  {
    name: "a folder among the directions",
    corrupt: (root) => Deno.mkdirSync(join(root, "experiments/directions/other.json")),
    expected: { check: "experiments", rule: "file-kind", file: "experiments/directions/other.json" },
  },
  {
    name: "a file in the place of the directions",
    corrupt: (root) => {
      Deno.removeSync(join(root, "experiments/directions"), { recursive: true });
      Deno.writeTextFileSync(join(root, "experiments/directions"), "");
    },
    expected: { check: "experiments", rule: "file-kind", file: "experiments/directions" },
  },
  // What is generated, and pages.
  {
    name: "a folder in the place of a page",
    corrupt: (root) => becomeFolder(root, "experiments/001-memory.md"),
    expected: {
      check: "generated",
      rule: "generated-missing",
      file: "experiments/001-memory.md",
      message: "it must be a regular file: it is a folder",
    },
  },
  {
    name: "an experiment that left the signal map",
    corrupt: (root) =>
      editJson(root, "experiments/signals.json", ({ experiments, ...map }) => {
        const { "002": _lost, ...rest } = experiments as Record<string, unknown>;
        return { ...map, experiments: rest };
      }),
    expected: { check: "generated", rule: "generated-stale", file: "experiments/signals.json" },
  },
  {
    name: "a page with other line ends",
    corrupt: (root) => replace(root, "experiments/001-memory.md", (text) => text.replaceAll("\n", "\r\n")),
    expected: { check: "generated", rule: "generated-stale", file: "experiments/001-memory.md", line: 1 },
  },
  {
    name: "a generated part whose experiments cannot be read",
    corrupt: (root) => Deno.writeTextFileSync(join(root, "experiments/004_empty.ts"), ""),
    expected: {
      check: "sections",
      rule: "section-source",
      file: "README.md",
      message:
        "a section must have its source: every experiment must be readable: experiments/004_empty.ts is not",
    },
  },
  {
    name: "a key in the signal map",
    corrupt: (root) => edit(root, "experiments/signals.json", '"purpose"', '"porpoise"'),
    expected: { check: "generated", rule: "generated-stale", file: "experiments/signals.json", line: 3 },
  },
  {
    name: "a verdict in the index",
    corrupt: (root) => edit(root, "experiments/README.md", "accepted (performance)", "rejected (regression)"),
    expected: { check: "generated", rule: "generated-stale", file: "experiments/README.md" },
  },
  {
    name: "a number on an experiment's page",
    corrupt: (root) => edit(root, "experiments/001-memory.md", "500 us", "400 us"),
    expected: { check: "generated", rule: "generated-stale", file: "experiments/001-memory.md" },
  },
  {
    name: "a missing page",
    corrupt: (root) => Deno.removeSync(join(root, "experiments/003-readers.md")),
    expected: { check: "generated", rule: "generated-missing", file: "experiments/003-readers.md" },
  },
  {
    name: "a page without experiment",
    corrupt: (root) => Deno.writeTextFileSync(join(root, "experiments/004-ghost.md"), "# Boo\n"),
    expected: { check: "generated", rule: "generated-stray", file: "experiments/004-ghost.md" },
  },
  {
    name: "pages whose sources cannot be read",
    corrupt: (root) => Deno.writeTextFileSync(join(root, "experiments/004_empty.ts"), ""),
    expected: { check: "generated", rule: "generated-unknown", file: "experiments" },
  },
  {
    name: "an index that lags behind its sources",
    corrupt: (root) => withDirection(root, { status: "settled" }),
    expected: { check: "generated", rule: "generated-stale", file: "experiments/README.md" },
  },
  {
    name: "a number in a generated part of a page",
    corrupt: (root) => replace(root, "README.md", (text) => text.replace(/\d us/, "9 ns")),
    expected: { check: "sections", rule: "section-stale", file: "README.md" },
  },
  {
    name: "a generated part without end",
    corrupt: (root) => replace(root, "README.md", (text) => text.replaceAll("<!-- /generated -->", "")),
    expected: { check: "sections", rule: "section-open", file: "README.md", line: 7 },
  },
  {
    name: "a generated part of an unknown kind",
    corrupt: (root) => edit(root, "README.md", "generated: experiments", "generated: experimemts"),
    expected: { check: "sections", rule: "section-unknown", file: "README.md", line: 7 },
  },
  {
    name: "a dead link",
    corrupt: (root) => Deno.renameSync(join(root, "docs/guide.md"), join(root, "docs/manual.md")),
    expected: { check: "links", rule: "link-dead", file: "README.md", line: 5 },
  },
  {
    name: "a dead heading",
    corrupt: (root) => edit(root, "README.md", "## What it is", "## What it was"),
    expected: { check: "links", rule: "link-dead", file: "docs/guide.md", line: 5 },
  },
  {
    name: "a link out of the repository",
    corrupt: (root) => edit(root, "README.md", "docs/guide.md#", "../guide.md#"),
    expected: { check: "links", rule: "link-dead", file: "README.md", line: 5 },
  },
  {
    name: "a stale schema",
    corrupt: (root) => {
      Deno.mkdirSync(join(root, "schemas"));
      Deno.writeTextFileSync(join(root, "schemas/block.schema.json"), "{}\n");
    },
    expected: { check: "schemas", rule: "schema-stale", file: "schemas/block.schema.json", line: 1 },
  },
  // Lessons.
  {
    name: "a lesson that rests on a claim that nobody made",
    corrupt: (root) => writeLesson(root, { kind: "claim", claim: "001.9" }),
    isRegenerated: true,
    expected: { check: "journal", rule: "pin-missing", file: LESSON, path: "pins[0]" },
  },
  {
    name: "a lesson that rests on a test that is not there",
    corrupt: (root) => {
      Deno.writeTextFileSync(join(root, "docs/a_test.ts"), 'Deno.test("other", () => {});');
      writeLesson(root, { kind: "test", file: "docs/a_test.ts", title: "this one" });
    },
    isRegenerated: true,
    expected: {
      check: "journal",
      rule: "pin-missing",
      file: LESSON,
      message: 'a pinned test must exist: "docs/a_test.ts" has none called "this one"',
    },
  },
  {
    name: "a lesson that rests on a run that is not there",
    corrupt: (root) => writeLesson(root, { ...PIN, run: "2026-01-01T00-00-00-gone" }),
    isRegenerated: true,
    expected: { check: "journal", rule: "pin-missing", file: LESSON },
  },
  {
    name: "a lesson whose number is another one in its run",
    corrupt: (root) => writeLesson(root, PIN),
    isRegenerated: true,
    input: { readPin: () => 1_200_000 },
    expected: {
      check: "journal",
      rule: "pin-drifted",
      file: LESSON,
      message: "a pinned number must be what its run has: pinned is 1.00 ms, the run has 1.20 ms",
    },
  },
];

/** A lesson with one pin. */
function writeLesson(root: string, pin: Readonly<Record<string, unknown>>): void {
  Deno.mkdirSync(join(root, "experiments/lessons"), { recursive: true });
  const lesson = {
    date: "2026-11-22",
    lesson: "It is so.",
    appliesAgainWhen: "it is asked.",
    pins: [pin],
  };
  Deno.writeTextFileSync(join(root, LESSON), JSON.stringify(lesson, null, 2));
}

Deno.test("runChecks() finds nothing wrong with lessons whose pins hold", async () => {
  await withRepository(async (root) => {
    Deno.writeTextFileSync(join(root, "docs/a_test.ts"), 'Deno.test("this one", () => {});');
    writeLesson(root, { kind: "test", file: "docs/a_test.ts", title: "this one" });
    await regenerate(root);
    assert.deepEqual(faultsOf(await checkRepository(root)), []);
    writeLesson(root, PIN);
    await regenerate(root);
    assert.deepEqual(faultsOf(await checkRepository(root, { readPin: () => 1_050_000 })), []);
    assert.match(
      Deno.readTextFileSync(join(root, "experiments/JOURNAL.md")),
      /## it is so\n\nIt is so\.\n\n\*\*Applies again when\*\* it is asked\./,
    );
  });
});

Deno.test("runChecks() finds nothing in a repository in which everything holds", async () => {
  await withRepository(async (root) => {
    assert.deepEqual(faultsOf(await checkRepository(root)), []);
  });
});

for (const { name, corrupt, expected, isRegenerated, input } of CORRUPTIONS) {
  Deno.test(`runChecks() names ${name}`, async () => {
    await withRepository(async (root) => {
      await corrupt(root);
      if (isRegenerated) await regenerate(root);
      const { check: id, ...fields } = expected;
      const found = (await checkRepository(root, input)).find(({ check }) => check.id === id)!.faults;
      const isNamed = found.some((fault) =>
        Object.entries(fields).every(([key, value]) => fault[key as keyof Fault] === value)
      );
      assert.ok(
        isNamed,
        `expected ${JSON.stringify(expected)}, found:\n${found.map(describeFault).join("\n")}`,
      );
    });
  });
}

Deno.test("runChecks() tells what wakes a candidate up without calling it a fault", async () => {
  await withRepository(async (root) => {
    const results = await checkRepository(root, {
      wakeups: (_, folder, runs) => [`${folder} ${runs.join(", ")}`],
    });
    assert.deepEqual(faultsOf(results), []);
    assert.deepEqual(results.flatMap(({ notes = [] }) => notes), [`${root}/results ${RUN}`]);
    assert.match(checkText(results), new RegExp(`\n {9}${root}/results ${RUN}\n`));
  });
});

Deno.test("runChecks() loads each run once, however many checks and experiments there are", async () => {
  await withRepository(async (root) => {
    for (const name of ["a", "b", "c"]) storeRun(join(root, "results"), `2026-11-22T13-00-00-${name}`, name);
    const readFile = Deno.readFileSync;
    const reads: string[] = [];
    Deno.readFileSync = (path) => {
      reads.push(String(path));
      return readFile(path);
    };
    try {
      assert.deepEqual(faultsOf(await checkRepository(root)), []);
    } finally {
      Deno.readFileSync = readFile;
    }
    // The page quotes one run, which is read again for that.
    assert.equal(reads.filter((path) => path.endsWith("blocks.jsonl")).length, 4 + 1);
  });
});

Deno.test("runChecks() goes on with the other checks when one cannot read what it needs", async () => {
  await withRepository(async (root) => {
    Deno.removeSync(join(root, "results"), { recursive: true });
    Deno.writeTextFileSync(join(root, "results"), "");
    const results = await checkRepository(root);
    const [records, , schemas] = results;
    assert.deepEqual(records!.faults.map(({ rule, file }) => [rule, file]), [["unreadable", "."]]);
    assert.deepEqual(schemas!.faults, []);
    assert.equal(results.length, CHECKS.length);
  });
});

Deno.test("runChecks() blames an unreadable outcome once, not its run as well", async () => {
  await withRepository(async (root) => {
    const label = "exp001-again";
    const { id, sha256 } = storeRun(join(root, "results"), `2026-11-22T12-00-00-${label}`, label);
    withOutcome(root, { evidence: [{ run: id, sha256, role: "example" }] });
    replace(root, "experiments/001_memory.outcome.json", (text) => text.slice(0, 300));
    const found = (await checkRepository(root)).flatMap(({ faults }) => faults.map(({ rule }) => rule));
    assert.deepEqual(found, ["json", "generated-unknown", "section-source"]);
  });
});

Deno.test("every check has a corruption that it names", () => {
  const named = new Set(CORRUPTIONS.map(({ expected }) => expected.check));
  assert.deepEqual(CHECKS.map(({ id }) => id).filter((id) => !named.has(id)), []);
});

async function withRepository(test: (root: string) => Promise<void>): Promise<void> {
  const root = await makeRepository();
  try {
    await test(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

async function checkRepository(root: string, input: Partial<CheckInput> = {}): Promise<CheckResult[]> {
  const research = await loadExperiments(root);
  return runChecks({ root, today: TODAY, research, vocabulary: VOCABULARY, ...input });
}

function faultsOf(results: readonly CheckResult[]): string[] {
  return results.flatMap(({ faults }) => faults.map(describeFault));
}

function replace(root: string, file: string, change: (text: string) => string): void {
  const before = Deno.readTextFileSync(join(root, file));
  const after = change(before);
  // A corruption that changes nothing would prove nothing.
  assert.notEqual(after, before, `nothing to corrupt in ${file}`);
  Deno.writeTextFileSync(join(root, file), after);
}

/** A folder of studies with one that names a run. */
function writeStudy(root: string, run: string): void {
  Deno.mkdirSync(join(root, "results/power"));
  Deno.writeTextFileSync(
    join(root, "results/power/0123.json"),
    JSON.stringify([{ run, sha256: "0".repeat(64) }]),
  );
}

function becomeFolder(root: string, file: string): void {
  Deno.removeSync(join(root, file));
  Deno.mkdirSync(join(root, file));
}

/** Moves a file or a folder out of sight and puts a link in its place. */
function becomeLink(root: string, file: string): void {
  Deno.mkdirSync(join(root, ".hidden"));
  Deno.renameSync(join(root, file), join(root, ".hidden/moved"));
  Deno.symlinkSync(join(root, ".hidden/moved"), join(root, file));
}

function edit(root: string, file: string, search: string, replacement: string): void {
  replace(root, file, (text) => text.replace(search, replacement));
}

function editLines(root: string, file: string, change: (lines: string[]) => string[]): void {
  replace(root, file, (text) => change(text.trimEnd().split("\n")).join("\n") + "\n");
}

function editJson(
  root: string,
  file: string,
  change: (value: Record<string, unknown>) => Record<string, unknown>,
): void {
  replace(root, file, (text) => JSON.stringify(change(JSON.parse(text)), null, 2) + "\n");
}

function withPrimary(root: string, change: Partial<Experiment["primary"][number]>): void {
  writeExperiment(root, "001_memory", { ...ACCEPTED, primary: [{ ...ACCEPTED.primary[0]!, ...change }] });
}

function withClaims(
  root: string,
  change: Partial<NonNullable<Experiment["learned"]>["claims"][number]>,
): void {
  const { learned } = REJECTED;
  writeExperiment(root, "002_slow_disk", {
    ...REJECTED,
    learned: { ...learned!, claims: [{ ...learned!.claims[0]!, ...change }] },
  });
}

function withDirection(root: string, change: Record<string, unknown>): void {
  const text = JSON.stringify({ ...DIRECTIONS["storage"], ...change }, null, 2) + "\n";
  Deno.writeTextFileSync(join(root, "experiments/directions/storage.json"), text);
}

/** Changes the first outcome and gives it the digest that belongs to the change, as a forger would. */
function withOutcome(root: string, change: Record<string, unknown>): void {
  const file = join(root, "experiments/001_memory.outcome.json");
  const outcome = JSON.parse(Deno.readTextFileSync(file)) as Record<string, unknown>;
  writeOutcome(root, "001_memory", sealOutcome({ ...outcome, ...change }));
}

function withResults(root: string, change: (results: Outcome["results"]) => Outcome["results"]): void {
  const file = join(root, "experiments/001_memory.outcome.json");
  const { results } = JSON.parse(Deno.readTextFileSync(file)) as Outcome;
  withOutcome(root, { results: change(results) });
}
