/**
 * What the pages about experiments show: the data that each page carries, and that `site/viewer` draws.
 *
 * Every text in it has passed through `safeText`. Numbers of verdicts are as they were recorded, so that they are worded the
 * same everywhere; those of dots are rounded to five significant digits.
 */
import type { ClaimState } from "../../lib/experiments/map/beliefs.ts";
import type { DatedClaims } from "../../lib/experiments/map/as_of.ts";
import type {
  ComparisonVerdict,
  CriterionResult,
  EdgeType,
  ExperimentClass,
  OutcomeClass,
  OutcomeTable,
} from "../../lib/model/experiment.ts";
import type { Unit } from "../../lib/model/metric.ts";
import type { RuleText } from "../../lib/experiments/rules/describe_rule.ts";
import type { TraceSeries, TraceSummary } from "../../lib/experiments/pages/trace_series.ts";

/** How an experiment stands: an outcome class, or `planned` while nothing is recorded. */
export type Standing = OutcomeClass | "planned";

/** One experiment as the list, the beliefs and the graph show it. */
export interface ExperimentLine extends DatedClaims {
  /** One line, without the number. */
  readonly title: string;
  /** Address of its page, seen from the top of the site. */
  readonly href: string;
  /** What kind of answer is sought. */
  readonly experimentClass: ExperimentClass;
  /** Ids of directions. */
  readonly directions: readonly string[];
  /** What is asked. */
  readonly question: string;
  /** How it ended; shown from the day on which it was recorded. */
  readonly standing: Standing;
  /** The same in words, with the reason: `rejected (tradeoff)`. */
  readonly standingText: string;
  /** What came of it; empty while it is planned. */
  readonly summary: string;
  /** What was believed before, and is now. */
  readonly changedBeliefs: readonly string[];
  /** What to look at next. */
  readonly nextSignals: readonly string[];
}

/** A line of research. */
export interface DirectionLine {
  /** Its id. */
  readonly id: string;
  /** Its status as it is now; empty when the file has none. */
  readonly status: string;
  /** How it is read now; empty when the file does not say. */
  readonly currentRead: string;
  /** Ideas that wait for somebody. */
  readonly candidates: readonly { readonly idea: string; readonly addedDate: string }[];
}

/** The page of all experiments. */
export interface ExperimentsView {
  /** Tells the viewer what to draw. */
  readonly page: "experiments";
  /** By id. */
  readonly experiments: readonly ExperimentLine[];
  /** By id. */
  readonly directions: readonly DirectionLine[];
  /** Files that could not be read, and why; one per file. */
  readonly strays: readonly { readonly path: string; readonly reason: string }[];
}

/** A link inside the site. */
export interface PageLink {
  /** What it says. */
  readonly text: string;
  /** Where it leads, seen from the page; empty when there is nothing to lead to. */
  readonly href: string;
}

/** One side of the experiment. */
export interface ArmView {
  /** Its name. */
  readonly name: string;
  /** The others are compared with it. */
  readonly isControl: boolean;
  /** Adapter with its options. */
  readonly adapter: string;
  /** Options that differ from their default, `name=value`. */
  readonly options: string;
  /** Git revision; empty for the code at hand. */
  readonly revision: string;
}

/** An arm over the control. */
export interface ComparisonView {
  /** What the pairs say. */
  readonly verdict: ComparisonVerdict;
  /** Estimate over all pairs, arm / control. */
  readonly ratio: number;
  /** Interval of the ratio. */
  readonly lower: number;
  /** Interval of the ratio. */
  readonly upper: number;
  /** Coverage of the interval, 0 to 1. */
  readonly confidence: number;
  /** Corrected for the number of comparisons. */
  readonly pValue: number;
  /** Pairs that took part. */
  readonly pairCount: number;
  /** Smallest difference that the verdict believed, a share: the A/A band, where it is calibrated. */
  readonly floor: number;
  /** Whether the floor comes from equal sides on that machine. */
  readonly isCalibrated: boolean;
  /** What the machine's calibration says today, where that is another share. */
  readonly floorNow?: number;
  /** Pairs that an undecided comparison still needs. */
  readonly pairsNeeded?: number;
}

/** A criterion judged for an arm, with the numbers behind it. */
export interface JudgedArmView {
  /** Name of the arm. */
  readonly arm: string;
  /** Absent for an arm that the criterion does not judge, which is shown beside the others. */
  readonly result?: CriterionResult["result"];
  /** Middle over blocks; `null` without one. */
  readonly value: number | null;
  /** The same of the control; `null` where nothing is compared. */
  readonly controlValue: number | null;
  /** Present where the arm was compared. */
  readonly comparison?: ComparisonView;
  /** What qualifies it; empty when nothing does. */
  readonly note: string;
  /** Each pair's ratio, by round; empty when the evidence cannot be read or nothing is compared. */
  readonly ratios: readonly number[];
  /** The value of each round; empty when the evidence cannot be read. */
  readonly values: readonly number[];
}

/** One bar with everything that it judges. */
export interface CriterionView {
  /** Unique in the experiment. */
  readonly id: string;
  /** What it decides. */
  readonly role: "primary" | "guardrail";
  /** A few words. */
  readonly title: string;
  /** Workload, phase and operation. */
  readonly place: string;
  /** What is read there. */
  readonly quantity: string;
  /** The bar in words. */
  readonly bar: string;
  /** Unit of values. */
  readonly unit: Unit;
  /** Where the bar lies: a ratio to the control, or a value. */
  readonly line: { readonly kind: "ratio" | "value"; readonly at: number; readonly passes: PassingSide };
  /** Arms that it judges, then the control where values are absolute. */
  readonly arms: readonly JudgedArmView[];
}

/** On which side of a bar values pass. */
export type PassingSide = "below" | "above" | "on";

/** An edge between claims, seen from one of them. */
export interface EdgeView {
  /** How the claim bears on the other one; `isIncoming` turns it round. */
  readonly type: EdgeType;
  /** The other claim points to this one. */
  readonly isIncoming: boolean;
  /** The other claim. */
  readonly other: PageLink;
}

/** A claim and what became of it. */
export interface ClaimView {
  /** Such as `127.1`. */
  readonly id: string;
  /** One sentence. */
  readonly text: string;
  /** Where it holds; empty when it does not say. */
  readonly conditions: string;
  /** Derived from all that is known now. */
  readonly state: ClaimState;
  /** Claims that made it so. */
  readonly by: readonly PageLink[];
  /** Both ways. */
  readonly edges: readonly EdgeView[];
}

/** A stored run that the outcome rests on. */
export interface EvidenceView {
  /** The run's folder, leading to its page. */
  readonly run: PageLink;
  /** What it is. */
  readonly role: string;
  /** Why it gives no dots; empty when it does, or need not. */
  readonly trouble: string;
}

/** Batches of one policy on a time axis. */
export interface TraceView extends TraceSeries, TraceSummary {
  /** The arm, where the title names one; else the title. */
  readonly name: string;
  /** Sentences below the table. */
  readonly notes: readonly string[];
}

/** The page of one experiment. */
export interface ExperimentView {
  /** Tells the viewer what to draw. */
  readonly page: "experiment";
  /** Its id. */
  readonly id: string;
  /** One line. */
  readonly title: string;
  /** Names and values: date, class, digest and the like. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Ids of directions. */
  readonly directions: readonly string[];
  /** How it stands. */
  readonly standing: Standing;
  /** The same in words. */
  readonly standingText: string;
  /** The accepted arm; empty without one. */
  readonly winner: string;
  /** What is asked. */
  readonly question: string;
  /** What is expected. */
  readonly hypothesis: string;
  /** What would have to be seen. */
  readonly wouldChangeOurMind: string;
  /** What is compared. */
  readonly arms: readonly ArmView[];
  /** What every arm runs. */
  readonly cells: readonly string[];
  /** The rule in words. */
  readonly rule: RuleText;
  /** Primaries first. */
  readonly criteria: readonly CriterionView[];
  /** Where the A/A bands come from; empty where nothing is compared. */
  readonly noise: string;
  /** What came of it, why there is nothing, and what was set aside. */
  readonly decision: readonly string[];
  /** Paragraphs that explain the verdict. */
  readonly reading: readonly string[];
  /** What was believed before, and is now. */
  readonly changedBeliefs: readonly string[];
  /** What to look at next. */
  readonly nextSignals: readonly string[];
  /** Its claims. */
  readonly claims: readonly ClaimView[];
  /** Bursts, batch by batch. */
  readonly traces: readonly TraceView[];
  /** Every other computed table. */
  readonly tables: readonly OutcomeTable[];
  /** Stored runs. */
  readonly evidence: readonly EvidenceView[];
  /** Commands that repeat it. */
  readonly commands: readonly string[];
}
