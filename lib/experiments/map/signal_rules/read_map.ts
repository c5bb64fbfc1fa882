/** A signal map that is being checked, with what is known of the experiments that it speaks of. */
import { didYouMean } from "../../../model/nearest.ts";
import { compareIds } from "../../sources/experiment_id.ts";
import type { JsonPath } from "../../sources/json_path.ts";
import { isObject } from "../../sources/json_value.ts";

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
  /**
   * Absent: `older` when any class has a free ending, since that vocabulary allows the final classes too; else `final`.
   */
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
  /** Experiments that the map speaks of, has no entry for, and nobody says are none: added as they are met. */
  readonly unlisted: Map<string, JsonPath>;
  /** Entries of each form, where the map has both and nobody chose between them. */
  readonly mixed?: { readonly olderCount: number; readonly finalCount: number };
}

/** The map with what follows from the context. */
export function readSignalMap(root: Readonly<Record<string, unknown>>, context: SignalContext): SignalMap {
  const entries = isObject(root["experiments"]) ? root["experiments"] : {};
  const all = Object.values(entries).filter(isObject);
  const olderCount = all.filter(isOlder).length;
  const finalCount = all.filter((entry) => entry["outcomeReason"] !== undefined && !isOlder(entry)).length;
  const isMixed = context.vocabulary === undefined && olderCount > 0 && finalCount > 0;
  return {
    root,
    context,
    entries,
    known: context.experiments ?? new Map(Object.keys(entries).map((id) => [id, undefined])),
    vocabulary: context.vocabulary ?? (olderCount > 0 ? "older" : "final"),
    statuses: isObject(root["statusDefinitions"]) ? Object.keys(root["statusDefinitions"]) : [],
    directionIds: new Set(),
    unlisted: new Map(),
    ...(isMixed ? { mixed: { olderCount, finalCount } } : {}),
  };
}

/**
 * Why something is no id of a known experiment, as the end of a sentence; `undefined` when it is one, or when nobody can
 * tell: maps have no entries for their first experiments, and only an index says which of them exist.
 */
export function strangerText(map: SignalMap, id: unknown, path: JsonPath): string | undefined {
  if (typeof id === "string" && map.known.has(id)) return undefined;
  if (map.context.experiments === undefined && typeof id === "string" && /^\d{3,}[a-z]?$/.test(id)) {
    if (!map.unlisted.has(id)) map.unlisted.set(id, path);
    return undefined;
  }
  const guess = typeof id === "string" && map.context.experiments !== undefined
    ? didYouMean(id, map.known.keys())
    : "";
  return `it must be a known experiment${guess}: ${JSON.stringify(id)} is none`;
}

/** Entries in the order of their ids. */
export function sortedEntries(entries: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(entries).sort(([a], [b]) => compareIds(a, b));
}

function isOlder({ outcomeClass }: Readonly<Record<string, unknown>>): boolean {
  return typeof outcomeClass === "string" &&
    /^(?:(?:accepted|rejected|in_review)_.+|benchmark_gap)$/i.test(outcomeClass);
}
