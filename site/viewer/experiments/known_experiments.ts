/** Which experiments are shown, and what was known of them on the chosen day. Without elements, for any caller. */
import { beliefsOn, isAskedBy, isLearnedBy } from "../../../lib/experiments/map/as_of.ts";
import type { JudgedClaim } from "../../../lib/experiments/map/beliefs.ts";
import type { ExperimentLine } from "../../experiments/view.ts";

/** What the reader asked for; empty texts stand for everything. */
export interface Question {
  /** Words that must all be there, in lower case. */
  readonly words: readonly string[];
  /** A standing. */
  readonly standing: string;
  /** A class. */
  readonly experimentClass: string;
  /** Id of a direction. */
  readonly direction: string;
  /** `YYYY-MM-DD`: what was known at its end. */
  readonly day: string;
}

/** The answer. */
export interface KnownExperiments {
  /** Experiments that were asked by that day, before the other filters. */
  readonly asked: readonly ExperimentLine[];
  /** Those among them that all filters let through, as they stood that day. */
  readonly shown: readonly ExperimentLine[];
  /** Claims of all asked experiments, as they were judged that day. */
  readonly beliefs: readonly JudgedClaim[];
}

/** Later than any day that a file may name. */
const ALWAYS = "9999-12-31";

/** Answers a question. */
export function knownExperiments(
  experiments: readonly ExperimentLine[],
  { words, standing, experimentClass, direction, day }: Question,
): KnownExperiments {
  const by = day === "" ? ALWAYS : day;
  const asked = experiments.filter(({ days }) => isAskedBy(days, by)).map((line) => asOf(line, by));
  return {
    asked,
    shown: asked.filter((line) =>
      (standing === "" || line.standing === standing) &&
      (experimentClass === "" || line.experimentClass === experimentClass) &&
      (direction === "" || line.directions.includes(direction)) &&
      matches(line, words)
    ),
    beliefs: beliefsOn(experiments, by),
  };
}

/** The line without what had not been recorded yet. */
function asOf(line: ExperimentLine, day: string): ExperimentLine {
  // What is set aside or reasoned without a run keeps its words; only later records are taken away.
  if (line.days.learned === undefined || isLearnedBy(line.days, day)) return line;
  const { learned: _later, ...days } = line.days;
  return {
    ...line,
    days,
    standing: "planned",
    standingText: "planned",
    summary: "",
    changedBeliefs: [],
    nextSignals: [],
    claims: [],
  };
}

function matches(line: ExperimentLine, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = searchText(line);
  return words.every((word) => text.includes(word));
}

function searchText(line: ExperimentLine): string {
  const { id, title, question, directions, standingText, experimentClass, summary } = line;
  return [
    id,
    title,
    question,
    ...directions,
    standingText,
    experimentClass,
    summary,
    ...line.changedBeliefs,
    ...line.nextSignals,
    ...line.claims.flatMap(({ id, text, conditions = "" }) => [id, text, conditions]),
  ].join(" ").toLowerCase();
}
