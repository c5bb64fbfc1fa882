/** A signal map that is being checked, with what is known of the experiments that it speaks of. */
import { didYouMean } from "../../model/nearest.ts";
import { compareIds } from "../experiment_id.ts";
import { isObject } from "../json_value.ts";

/** Status of an experiment in an index. */
export type IndexStatus = "accepted" | "in_review" | "rejected";

/**
 * Which outcomes are allowed. `final`: two closed axes, class and reason. `older`: one field with a free ending, such
 * as `rejected_noise`.
 */
export type OutcomeVocabulary = "final" | "older";

/** What is known besides the map itself. */
export interface SignalContext {
  /** Known experiments, with their status where an index says it; absent means that the map's own entries are known. */
  readonly experiments?: ReadonlyMap<string, IndexStatus | undefined>;
  /** Absent: `final` when some entry has an `outcomeReason`, else `older` when any class has a free ending. */
  readonly vocabulary?: OutcomeVocabulary;
  /** Day against which candidates age, `YYYY-MM-DD`; absent means that none is stale. */
  readonly today?: string;
  /** Whether `currentRead` and notes have a length budget. */
  readonly limitsProse?: boolean;
}

/** A map, and what follows from it and from what is known. */
export interface SignalMap {
  /** The whole map. */
  readonly root: Readonly<Record<string, unknown>>;
  /** What the caller knows. */
  readonly context: SignalContext;
  /** Its entries by experiment id; empty when there are none. */
  readonly entries: Readonly<Record<string, unknown>>;
  /** Known experiments. */
  readonly known: ReadonlyMap<string, IndexStatus | undefined>;
  /** Which outcomes are allowed. */
  readonly vocabulary: OutcomeVocabulary;
  /** Statuses that it defines. */
  readonly statuses: readonly string[];
  /** Ids of directions, added as they are checked. */
  readonly directionIds: Set<string>;
}

/** The map with what follows from the context. */
export function readSignalMap(root: Readonly<Record<string, unknown>>, context: SignalContext): SignalMap {
  const entries = isObject(root["experiments"]) ? root["experiments"] : {};
  return {
    root,
    context,
    entries,
    known: context.experiments ?? new Map(Object.keys(entries).map((id) => [id, undefined])),
    vocabulary: context.vocabulary ?? guessVocabulary(entries),
    statuses: isObject(root["statusDefinitions"]) ? Object.keys(root["statusDefinitions"]) : [],
    directionIds: new Set(),
  };
}

/** What may have been meant by the id of an experiment, for the end of a message. */
export function guessExperiment({ known }: SignalMap, id: unknown): string {
  return typeof id === "string" ? didYouMean(id, known.keys()) : "";
}

/** Entries in the order of their ids. */
export function sortedEntries(entries: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(entries).sort(([a], [b]) => compareIds(a, b));
}

function guessVocabulary(entries: Readonly<Record<string, unknown>>): OutcomeVocabulary {
  const all = Object.values(entries).filter(isObject);
  if (all.some((entry) => entry["outcomeReason"] !== undefined)) return "final";
  const isFree = ({ outcomeClass }: Readonly<Record<string, unknown>>): boolean =>
    typeof outcomeClass === "string" &&
    /^(?:(?:accepted|rejected|in_review)_.+|benchmark_gap)$/i.test(outcomeClass);
  return all.some(isFree) ? "older" : "final";
}
