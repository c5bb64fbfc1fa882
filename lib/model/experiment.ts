/**
 * The contract between an experiment's author, the runner of experiments and the signal map.
 *
 * Two files make one experiment. `experiments/NNN_slug.ts` is written by hand and exports `experiment`: what is
 * settled before the first run, and later what was learned. `experiments/NNN_slug.outcome.json` is written by
 * `experiment --record` and by nothing else: evidence, computed verdicts, and the digest of what was settled. Prose is
 * never computed and numbers are never typed.
 */
import type { OptionValues } from "./adapter.ts";
import type { Unit } from "./metric.ts";
import type { Scale } from "./workload.ts";

/** Version of the outcome file. */
export const OUTCOME_SCHEMA_VERSION: number = 1;

/**
 * Version of the rule by which criteria are judged. 1: intervals of 95 % at every look, absolute bars by the middle
 * alone. 2: the looks share the error of intervals, absolute bars by the interval of the middle. What was recorded by an
 * earlier version is judged again by that one.
 */
export const JUDGING_VERSION: number = 2;

/**
 * What kind of answer is sought. `performance`: is it faster or cheaper. `measurement`: where does the time go, is the
 * number right. `moonshot`: a large bet that will probably fail.
 */
export type ExperimentClass = "performance" | "measurement" | "moonshot";

/** All classes, in the order in which lists show them. */
export const EXPERIMENT_CLASSES: readonly ExperimentClass[] = ["performance", "measurement", "moonshot"];

/** Why an experiment was accepted. */
export type AcceptedReason = "performance" | "measurement" | "correctness";

/** All reasons to accept. */
export const ACCEPTED_REASONS: readonly AcceptedReason[] = ["performance", "measurement", "correctness"];

/**
 * Why an experiment was rejected. `below_signal`: no effect worth having was seen. `regression`: it is worse.
 * `tradeoff`: what it gains costs more elsewhere. `premise_refuted`: what it rests on is not so. `benchmark_gap`: no
 * workload could show it.
 */
export type RejectedReason = "below_signal" | "regression" | "tradeoff" | "premise_refuted" | "benchmark_gap";

/** All reasons to reject. */
export const REJECTED_REASONS: readonly RejectedReason[] = [
  "below_signal",
  "regression",
  "tradeoff",
  "premise_refuted",
  "benchmark_gap",
];

/** How an experiment ended, with a reason where one is due. A closed set: outcomes must be countable. */
export type Disposition =
  | { readonly outcomeClass: "accepted"; readonly outcomeReason: AcceptedReason }
  | { readonly outcomeClass: "rejected"; readonly outcomeReason: RejectedReason }
  | { readonly outcomeClass: "deferred" | "watch" | "in_review" };

/** The first half of a {@link Disposition}. */
export type OutcomeClass = Disposition["outcomeClass"];

/** All outcome classes, in the order in which lists show them. */
export const OUTCOME_CLASSES: readonly OutcomeClass[] = [
  "accepted",
  "in_review",
  "rejected",
  "deferred",
  "watch",
];

/** One side of the experiment. */
export interface Arm {
  /** Kebab-case, unique in the experiment. */
  readonly name: string;
  /** Id of a registered adapter. */
  readonly adapter: string;
  /** Options that differ from their default. */
  readonly options?: OptionValues;
  /** A git revision that is built in a worktree; absent for the code at hand. */
  readonly revision?: string;
}

/** What every arm runs. */
export interface ExperimentCell {
  /** `keyed-pk@2`; the version is part of what is settled. */
  readonly workload: string;
  /** Size of the workload. */
  readonly scale: Scale;
}

/**
 * A number of one block, as plain data. Metrics and counters are read at the place of the criterion; the other forms
 * combine quantities of the same place, block by block.
 */
export type Quantity =
  /** A registered metric, by id. */
  | { readonly metric: string }
  /** What a counter of the adapter gained during the phase, by id. */
  | { readonly counter: string }
  | { readonly sum: readonly Quantity[] }
  /** The first minus the second. */
  | { readonly difference: readonly [Quantity, Quantity] }
  /** The first over the second. */
  | { readonly ratio: readonly [Quantity, Quantity] };

/** Where in a block a quantity is read. */
export interface Place {
  /** `keyed-pk@2`, one of the experiment's cells. */
  readonly workload: string;
  /** Needed only where the experiment runs that workload at several scales. */
  readonly scale?: Scale;
  /** Absent for metrics with scope `block`. */
  readonly phase?: string;
  /** Label of operations, for metrics with scope `operation`. */
  readonly operation?: string;
}

/**
 * What a criterion demands of each arm that it judges.
 *
 * `absolute`: the arm's own value against a fixed one; every block must meet it where the quantity is deterministic,
 * else the whole interval of the middle over rounds. `improve`: better than the control arm by at least `worthwhile`, a share (0.05 is 5 %).
 * `keep`: not worse than the control arm by more than `margin`, a share.
 */
export type Bar =
  | {
    readonly kind: "absolute";
    readonly comparison: "below" | "at-most" | "equal" | "at-least" | "above";
    readonly value: number;
  }
  | { readonly kind: "improve"; readonly better: "lower" | "higher"; readonly worthwhile: number }
  | { readonly kind: "keep"; readonly better: "lower" | "higher"; readonly margin: number };

/** One number and the bar that it must clear. */
export interface Criterion {
  /** Kebab-case, unique over primaries and guardrails. */
  readonly id: string;
  /** A few words, for table heads. */
  readonly title: string;
  /** Where it is read. */
  readonly place: Place;
  /** What is read there. */
  readonly quantity: Quantity;
  /** How the number is written. */
  readonly unit: Unit;
  /** The same program gives the same value whatever the machine does: judged first, and exactly. Default `false`. */
  readonly deterministic?: boolean;
  /** What it must clear. */
  readonly bar: Bar;
  /** Arms that it judges. Default: all but the control; with a single arm, that one. */
  readonly arms?: readonly string[];
  /** What a miss means when it leads to a rejection. Default: computed from the verdicts. */
  readonly missReason?: RejectedReason;
}

/** How long to measure. Rounds stop early once every criterion is decided. */
export interface Rounds {
  /** Each round runs every arm on every cell once, in random order; at least this many. */
  readonly least: number;
  /** No more than this many. */
  readonly most: number;
  /** No new round begins after this time. */
  readonly budgetSeconds: number;
  /** Seed of the order and of the traffic. Default 0. */
  readonly seed?: number;
  /**
   * Every cell has as many blocks in a round as a side of a pair, even where nothing is compared: one process in a few is
   * slow for its whole life. Default `false`.
   */
  readonly repeatsAll?: boolean;
}

/** A cell outside the comparison that runs in each round, so that a drifting machine is seen. */
export interface DriftCell extends ExperimentCell {
  /** Id of a registered adapter that no arm changes. */
  readonly adapter: string;
  /** Options that differ from their default. */
  readonly options?: OptionValues;
}

/** What is settled before the first run. Its digest is stored with the outcome: a later edit is noticed. */
export interface Preregistration {
  /** One line, without the number. */
  readonly title: string;
  /** `YYYY-MM-DD`, the day it was written down. */
  readonly date: string;
  /** Ids of files in `experiments/directions/`. */
  readonly directions: readonly string[];
  /** What kind of answer is sought. */
  readonly experimentClass: ExperimentClass;
  /** One sentence that ends in a question mark. */
  readonly question: string;
  /** What is expected, and why. */
  readonly hypothesis: string;
  /** What would have to be seen to change our mind. */
  readonly wouldChangeOurMind: string;
  /** At least one, the control among them; of several that clear every bar, the first one wins. */
  readonly arms: readonly Arm[];
  /** Name of the arm that the others are compared with. */
  readonly control: string;
  /** What every arm runs; at least one. */
  readonly cells: readonly ExperimentCell[];
  /** An arm is accepted when it clears all of these and breaks no guardrail. */
  readonly primary: readonly Criterion[];
  /** What a winner must not harm; may be empty. */
  readonly guardrails: readonly Criterion[];
  /** How long to measure. */
  readonly rounds: Rounds;
  /** Absent where drift does not matter. */
  readonly driftCell?: DriftCell;
  /** Default: `measurement` for measurements, else `performance`. */
  readonly acceptReason?: AcceptedReason;
}

/** How one claim bears on an earlier one. */
export type EdgeType = "supersedes" | "refutes" | "refines" | "validates" | "dependsOn";

/** All edge types. */
export const EDGE_TYPES: readonly EdgeType[] = [
  "supersedes",
  "refutes",
  "refines",
  "validates",
  "dependsOn",
];

/** A claim that this one points to. */
export interface ClaimEdge {
  /** How it bears on the target. */
  readonly type: EdgeType;
  /** Id of the claim pointed to, such as `079.2`. */
  readonly target: string;
}

/** One sentence that the evidence supports. Whether it still holds is derived from edges, never stored. */
export interface Claim {
  /** `<experiment id>.<number>`: `127.1`. */
  readonly id: string;
  /** One sentence. */
  readonly text: string;
  /** Where it holds: machine, version, workload. */
  readonly conditions?: string;
  /** Earlier claims that it bears on. */
  readonly edges?: readonly ClaimEdge[];
  /** Ids of the criteria that it rests on, so that a replication bears on it; absent for all primaries. */
  readonly restsOn?: readonly string[];
}

/** A candidate that sleeps until a stored run shows that it has become worth trying. */
export interface Wakeup {
  /** One sentence: what to try then. */
  readonly idea: string;
  /** Id of the adapter whose runs are looked at. */
  readonly adapter: string;
  /** Where in a block the number is read. */
  readonly place: Place;
  /** What is read there. */
  readonly quantity: Quantity;
  /** How the number is written. */
  readonly unit: Unit;
  /** It wakes up when the interval of the middle over blocks lies wholly on this side of the value. */
  readonly comparison: "below" | "above";
  /** In the quantity's unit; times in nanoseconds. */
  readonly value: number;
}

/** What the author writes after the run. Numbers belong to the outcome, their reading belongs here. */
export interface Learned {
  /** One or two sentences for the index. */
  readonly summary: string;
  /** Paragraphs that explain the verdict. */
  readonly reading: readonly string[];
  /** Sets the computed disposition aside, with the reason. Only for what no rule can compute. */
  readonly setAside?: { readonly outcomeClass: "deferred" | "watch" | "in_review"; readonly because: string };
  /** One sentence each: what was believed before, what is now. */
  readonly changedBeliefs: readonly string[];
  /** What to try or to measure next, one sentence each. */
  readonly nextSignals: readonly string[];
  /** What later experiments may build on, or overturn. */
  readonly claims: readonly Claim[];
  /** Candidates that newer runs may wake up: `check` looks. */
  readonly wakeups?: readonly Wakeup[];
}

/** What `experiments/NNN_slug.ts` exports as `experiment`. Id and slug are the file's name. */
export interface Experiment extends Preregistration {
  /** Absent until the experiment was run. */
  readonly learned?: Learned;
  /** Why there is no outcome, or none with stored runs: planned, blocked, reasoned on paper. */
  readonly withoutEvidence?: string;
}

/** What a comparison says. `undecided` is not `equivalent`: more pairs could still tell. */
export type ComparisonVerdict = "better" | "worse" | "equivalent" | "undecided";

/** All comparison verdicts. */
export const COMPARISON_VERDICTS: readonly ComparisonVerdict[] = [
  "better",
  "worse",
  "equivalent",
  "undecided",
];

/** An arm over the control, pair by pair. Ratios are arm / control: 1.05 is 5 % more. */
export interface ArmComparison {
  /** What the pairs say, seen from the arm. */
  readonly verdict: ComparisonVerdict;
  /** Estimate over all pairs. */
  readonly ratio: number;
  /** Interval of the ratio, both ends included; `confidence` is its coverage, 0 to 1. */
  readonly interval: { readonly lower: number; readonly upper: number; readonly confidence: number };
  /** Corrected for the number of comparisons that were made. */
  readonly pValue: number;
  /** Pairs that took part. */
  readonly pairCount: number;
  /** Smallest effect that was believed, a share: max(3 %, A/A noise of the metric on that machine). */
  readonly floor: number;
  /** Whether the floor comes from an A/A run on that machine. */
  readonly isCalibrated: boolean;
  /** Pairs that an undecided comparison still needs, estimated. */
  readonly pairsNeeded?: number;
}

/** One criterion judged for one arm. */
export interface CriterionResult {
  /** Id of a criterion of the experiment. */
  readonly criterion: string;
  /** Name of an arm of the experiment. */
  readonly arm: string;
  /** `miss` is for bars that were not cleared; `undecided` when neither that nor the opposite is shown. */
  readonly result: "pass" | "miss" | "undecided";
  /** The arm's middle over blocks; `null` when no block gave one, which leaves the criterion undecided. */
  readonly value: number | null;
  /** Interval of that middle, both ends included; present for absolute bars that are not deterministic. */
  readonly interval?: ArmComparison["interval"];
  /** The same of the control arm, for bars that compare. */
  readonly controlValue?: number | null;
  /** Present for bars that compare, once there are pairs. */
  readonly comparison?: ArmComparison;
  /** Why it could not be judged, or what qualifies it. */
  readonly note?: string;
}

/** A stored run that the outcome rests on. */
export interface Evidence {
  /** Name of a folder in `results/`. */
  readonly run: string;
  /** `sha256` of its sealed header. */
  readonly sha256: string;
  /** What it is: `comparison`, or one word for what else was measured. */
  readonly role: string;
}

/** The same experiment judged on a run of another machine, another runtime or a newer engine. */
export interface Replication {
  /** Name of a folder in `results/`, which is evidence too. */
  readonly run: string;
  /** The machine that it ran on. */
  readonly machineId: string;
  /** The runtime's version. */
  readonly deno: string;
  /** The commit that ran; absent when it is unknown. */
  readonly commit?: string;
  /** Version of the rule that judged it, see {@link JUDGING_VERSION}. */
  readonly judging: number;
  /** One per criterion and arm that it judges, primaries first. */
  readonly results: readonly CriterionResult[];
}

/** A computed table for the experiment's page. */
export interface OutcomeTable {
  /** One line. */
  readonly title: string;
  /** From left to right. */
  readonly columns: readonly { readonly title: string; readonly unit?: Unit }[];
  /** As many cells as there are columns; `null` where there is no value. Numbers in the column's unit. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** Sentences that belong below the table. */
  readonly notes: readonly string[];
}

/** The part of an {@link Outcome} beside its disposition. */
export interface OutcomeBody {
  /** {@link OUTCOME_SCHEMA_VERSION}. */
  readonly schemaVersion: number;
  /** Id of the experiment. */
  readonly experiment: string;
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
  /** SHA-256 in hex of the {@link Preregistration} that was run. */
  readonly preregistered: string;
  /** Version of the rule that judged, see {@link JUDGING_VERSION}; absent for 1. */
  readonly judging?: number;
  /** Stored runs, in the order in which they were made. */
  readonly evidence: readonly Evidence[];
  /** One per criterion and arm that it judges, primaries first. */
  readonly results: readonly CriterionResult[];
  /** Runs that asked the same again, in the order in which they were recorded; they bear on claims, not on the verdict. */
  readonly replications?: readonly Replication[];
  /** Shown on the page, in order. */
  readonly tables: readonly OutcomeTable[];
  /** The arm that was accepted. */
  readonly winner?: string;
  /** SHA-256 in hex of this file's JSON without this field: it is written, never edited. */
  readonly sha256: string;
}

/** Content of `experiments/NNN_slug.outcome.json`. Its disposition is computed; `learned.setAside` may overrule it. */
export type Outcome = OutcomeBody & Disposition;
