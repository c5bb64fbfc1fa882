/**
 * The score of the page "Which database?", and who has none.
 *
 *     value / best value ── per metric, phase, workload ──► geometric means ──► aspect ── weights ──► score
 *
 * Within a workload the ratios of an aspect are put together by their geometric mean, then those of the workloads, so
 * that a workload of two phases counts no more than one of one. The score is the weighted geometric mean of the aspects:
 * 1 is whoever is the best in everything, 2 takes twice as long on average. A database is ranked only where all of it is
 * there: all answers right, and a number in every workload and aspect that counts. Pure.
 */
import type { Aspect, ChoiceCell, ChoiceDatabase, ChoiceValue, ChoiceView } from "./choice_view.ts";

/** All aspects, in the order of the page. */
export const ASPECTS: readonly Aspect[] = ["speed", "freshness", "main"];

/** How much each aspect counts: 0 or more, only their proportions matter. */
export type Weights = Readonly<Record<Aspect, number>>;

/** What a database is held against: the best of its class, the best of all, or the database with this name. */
export type Reference = "class" | "all" | { readonly name: string };

/** What the reader cares about. */
export interface Choice {
  /** Ids of the workloads that count. */
  readonly asked: readonly string[];
  /** How much each aspect counts. */
  readonly weights: Weights;
  /** What 1 stands for. */
  readonly against: Reference;
}

/** A ratio, and what it would be if each of its values were at an end of its interval: farther than chance goes. */
export interface Ratio {
  /** 1 is as good as what it is held against, more is worse. */
  readonly value: number;
  /** With the lower ends. */
  readonly lower: number;
  /** With the upper ends. */
  readonly upper: number;
}

/** One number that a score is made of. */
export interface ScorePart {
  /** Index of the question. */
  readonly question: number;
  /** Index of the phase. */
  readonly phase: number;
  /** Id of the metric. */
  readonly metric: string;
  /** What it counts for. */
  readonly aspect: Aspect;
  /** In nanoseconds. */
  readonly value: ChoiceValue;
  /** Absent where there is nothing to hold it against. */
  readonly ratio?: Ratio;
}

/**
 * Whether a database has a place. `wrong`: it gave wrong answers, whatever was asked. `floor`: it ran without live
 * queries, so that there is no freshness and less to do. `incomplete`: something that counts is not there.
 */
export type Standing =
  | { readonly kind: "ranked" }
  | { readonly kind: "wrong" | "floor" | "incomplete"; readonly reason: string };

/** A database with what it scored. */
export interface ScoredDatabase {
  /** As the page has it. */
  readonly database: ChoiceDatabase;
  /** Whether it has a place. */
  readonly standing: Standing;
  /** Present where it is ranked and something counts. */
  readonly score?: Ratio;
  /** By aspect; absent where it has no numbers. */
  readonly aspects: Readonly<Partial<Record<Aspect, Ratio>>>;
  /** In the order of questions, phases and metrics. Workloads that do not count are among them. */
  readonly parts: readonly ScorePart[];
}

/** Below this, times are one and the same: the clock and a turn of the event loop decide, and ratios say nothing. */
export const SMALLEST_NS = 1000;

/**
 * Scores every database, in the order of the view. Who is the best of a class or of all is looked for among those that
 * `isAmong` tells.
 */
export function scoreDatabases(
  { metrics, questions, databases }: Pick<ChoiceView, "metrics" | "questions" | "databases">,
  choice: Choice,
  isAmong: (database: ChoiceDatabase) => boolean = () => true,
): ScoredDatabase[] {
  const counted = metrics.filter(({ aspect }) => choice.weights[aspect] > 0);
  const standings = databases.map((database) =>
    standingOf(database, { metrics: counted, questions, databases }, choice.asked)
  );
  const best = (question: number, phase: number, metric: string, own: ChoiceDatabase): number | undefined => {
    const isMeant = (other: ChoiceDatabase, index: number): boolean => {
      if (typeof choice.against === "object") return other.name === choice.against.name;
      if (!isAmong(other)) return false;
      if (choice.against === "all" && own.cellClass !== "floor") return standings[index]!.kind === "ranked";
      return other.cellClass === own.cellClass && standings[index]!.kind === standingKind(own);
    };
    const values = databases.flatMap((other, index) =>
      isMeant(other, index) ? other.cells[question]?.phases[phase]?.[metric]?.[0] ?? [] : []
    );
    return values.length === 0 ? undefined : Math.max(SMALLEST_NS, Math.min(...values));
  };
  return databases.map((database, index): ScoredDatabase => {
    const parts = questions.flatMap(({ phases }, question) =>
      phases.flatMap((_, phase) =>
        metrics.flatMap(({ id, aspect }): ScorePart[] => {
          const value = database.cells[question]?.phases[phase]?.[id];
          if (value === undefined) return [];
          const reference = best(question, phase, id, database);
          const part = { question, phase, metric: id, aspect, value };
          return [reference === undefined ? part : { ...part, ratio: ratioTo(value, reference) }];
        })
      )
    );
    const asked = parts.filter(({ question }) => choice.asked.includes(questions[question]!.id));
    const aspects = Object.fromEntries(ASPECTS.flatMap((aspect) => {
      const ratio = aspectOf(asked.filter((part) => part.aspect === aspect));
      return ratio === undefined ? [] : [[aspect, ratio]];
    })) as Partial<Record<Aspect, Ratio>>;
    const standing = standings[index]!;
    const score = standing.kind === "ranked" ? weighted(aspects, choice.weights) : undefined;
    return { database, standing, aspects, parts, ...(score === undefined ? {} : { score }) };
  });
}

/** Whether the order of two neighbours could be chance: their ratios reach into each other. */
export function isClose(better: Ratio, worse: Ratio): boolean {
  return worse.lower <= better.upper;
}

function standingKind({ cellClass }: ChoiceDatabase): Standing["kind"] {
  return cellClass === "floor" ? "floor" : "ranked";
}

/** `metrics` are those that count. */
function standingOf(
  { cellClass, cells }: ChoiceDatabase,
  { metrics, questions, databases }: Pick<ChoiceView, "metrics" | "questions" | "databases">,
  asked: readonly string[],
): Standing {
  const wrong = cells.flatMap((cell, index) =>
    cell?.status === "wrong" ? [`wrong answers in ${questions[index]!.title} (${cell.reason})`] : []
  );
  if (wrong.length > 0) return { kind: "wrong", reason: wrong.join("; ") };
  if (cellClass === "floor") {
    return { kind: "floor", reason: "no live queries: what the same work costs when nobody watches" };
  }
  if (asked.length === 0) return { kind: "incomplete", reason: "no workload counts" };
  const reasons = questions.flatMap(({ id, title, phases }, index) => {
    if (!asked.includes(id)) return [];
    const needed = metrics.filter((metric) =>
      phases.some((_, phase) =>
        cells[index]?.phases[phase]?.[metric.id] === undefined &&
        // Where nothing is watched, there is no freshness, and nobody has it.
        databases.some((other) => other.cells[index]?.phases[phase]?.[metric.id] !== undefined)
      )
    );
    const fault = coverFault(cells[index] ?? undefined, needed);
    return fault === undefined ? [] : [`${title}: ${fault}`];
  });
  return reasons.length === 0 ? { kind: "ranked" } : { kind: "incomplete", reason: reasons.join("; ") };
}

/** What a cell lacks to be ranked; `missing` are metrics that others have. */
function coverFault(cell: ChoiceCell | undefined, missing: ChoiceView["metrics"]): string | undefined {
  if (cell === undefined) return "not measured";
  if (cell.status !== "verified") {
    const word = { failed: "failed", skipped: "skipped", missing: "not run", wrong: "wrong" }[cell.status];
    return cell.reason === "" ? word : `${word}, ${cell.reason}`;
  }
  if (cell.reason !== "") return cell.reason;
  return missing.length === 0 ? undefined : `no ${missing.map(({ title }) => title).join(", ")}`;
}

function ratioTo([value, lower, upper]: ChoiceValue, reference: number): Ratio {
  const [middle, low, high] = [value, lower, upper].map((one) => Math.max(SMALLEST_NS, one) / reference) as [
    number,
    number,
    number,
  ];
  return { value: middle, lower: low, upper: high };
}

/** Workloads count alike, however many numbers they have. */
function aspectOf(parts: readonly ScorePart[]): Ratio | undefined {
  const ratios = parts.flatMap(({ question, ratio }) => ratio === undefined ? [] : [{ question, ratio }]);
  if (ratios.length === 0) return undefined;
  const byQuestion = Map.groupBy(ratios, ({ question }) => question);
  return mean([...byQuestion.values()].map((group) => [mean(group.map(({ ratio }) => [ratio, 1])), 1]));
}

function weighted(aspects: ScoredDatabase["aspects"], weights: Weights): Ratio | undefined {
  const terms = ASPECTS.flatMap((aspect): [Ratio, number][] =>
    weights[aspect] > 0 && aspects[aspect] !== undefined ? [[aspects[aspect], weights[aspect]]] : []
  );
  return terms.length === 0 ? undefined : mean(terms);
}

/** Weighted geometric mean of at least one ratio. */
function mean(terms: readonly (readonly [ratio: Ratio, weight: number])[]): Ratio {
  const total = terms.reduce((sum, [, weight]) => sum + weight, 0);
  const of = (read: (ratio: Ratio) => number): number =>
    Math.exp(terms.reduce((sum, [ratio, weight]) => sum + weight * Math.log(read(ratio)), 0) / total);
  return {
    value: of(({ value }) => value),
    lower: of(({ lower }) => lower),
    upper: of(({ upper }) => upper),
  };
}
