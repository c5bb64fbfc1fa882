/**
 * Checks a signal map of schemaVersion 2 that anybody may have written.
 *
 * Comes in: parsed JSON, and what the caller knows about the experiments it speaks of. Goes out: every rule that it
 * breaks, with the path to the place; nothing stops at the first one. `error` is what resqlite's own checker refuses;
 * `advice` is what it lets pass but should not: unknown keys, days that do not exist, cycles, stale candidates,
 * overlong prose. Whoever keeps a map here treats both alike.
 */
import {
  ACCEPTED_REASONS,
  type Claim,
  type ClaimEdge,
  EDGE_TYPES,
  type EdgeType,
  OUTCOME_CLASSES,
  REJECTED_REASONS,
} from "../model/experiment.ts";
import { didYouMean } from "../model/nearest.ts";
import { dependencyCycles, judgeClaims } from "./beliefs.ts";
import { parseDay } from "./day.ts";
import { compareIds, numberOf } from "./experiment_id.ts";
import type { JsonPath } from "./json_path.ts";
import { isObject } from "./json_value.ts";

/** Most experiments that somebody must read before working in a direction. */
export const MOST_KEY_PRIORS = 6;

/** Days after which a candidate that nobody picked up is stale. */
export const CANDIDATE_LIFETIME_DAYS = 92;

/** Longest `currentRead` and `notesForExperimenters`, in characters. */
export const LONGEST_PROSE = 1500;

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

/** A rule that the map breaks. */
export interface SignalFault {
  /** See the file's head. */
  readonly severity: "error" | "advice";
  /** Kebab-case. */
  readonly rule: string;
  /** From the root of the map. */
  readonly path: JsonPath;
  /** What must be, and what is. */
  readonly message: string;
}

/** All rules that a map breaks, in the order of the document. */
export function validateSignals(map: unknown, context: SignalContext = {}): SignalFault[] {
  if (!isObject(map)) {
    return [{
      severity: "error",
      rule: "root-object",
      path: [],
      message: `the map must be an object: it is ${show(map)}`,
    }];
  }
  const check = new MapCheck(map, context);
  check.run();
  return check.faults;
}

const KEYS = {
  root: [
    "schemaVersion",
    "purpose",
    "schemaNotes",
    "coverage",
    "statusDefinitions",
    "directions",
    "experiments",
  ],
  coverage: ["experimentEntriesRequiredFrom", "directionFieldRequiredFrom"],
  direction: [
    "id",
    "status",
    "subsystems",
    "currentRead",
    "keyPriors",
    "archive",
    "interestingIf",
    "openQuestions",
    "openCandidates",
    "blockedOnMeasurement",
    "notesForExperimenters",
    "beliefs",
  ],
  candidate: ["idea", "addedDate", "addedAfter", "blockedOn"],
  entry: [
    "directions",
    "outcomeClass",
    "outcomeReason",
    "outcomeNote",
    "experimentClass",
    "changedBeliefs",
    "nextSignals",
    "claims",
  ],
  claim: ["id", "text", "conditions", "edges"],
  edge: ["type", "target"],
} as const;

/** Retired reason, and the one entry that still may use it. */
const RETIRED_REASON = { reason: "unspecified", entry: "241" };

class MapCheck {
  readonly faults: SignalFault[] = [];
  readonly #map: Readonly<Record<string, unknown>>;
  readonly #context: SignalContext;
  readonly #entries: Readonly<Record<string, unknown>>;
  readonly #known: ReadonlyMap<string, IndexStatus | undefined>;
  readonly #vocabulary: OutcomeVocabulary;
  readonly #directionIds = new Set<string>();
  readonly #statuses: readonly string[];

  constructor(map: Readonly<Record<string, unknown>>, context: SignalContext) {
    this.#map = map;
    this.#context = context;
    this.#entries = isObject(map["experiments"]) ? map["experiments"] : {};
    this.#known = context.experiments ?? new Map(Object.keys(this.#entries).map((id) => [id, undefined]));
    this.#vocabulary = context.vocabulary ?? guessVocabulary(this.#entries);
    this.#statuses = isObject(map["statusDefinitions"]) ? Object.keys(map["statusDefinitions"]) : [];
  }

  run(): void {
    this.#checkHead();
    this.#checkDirections();
    this.#checkEntries();
    this.#checkClaims();
    this.#checkIndex();
  }

  #guessExperiment(id: unknown): string {
    return typeof id === "string" ? didYouMean(id, this.#known.keys()) : "";
  }

  #error(rule: string, path: JsonPath, message: string): void {
    this.faults.push({ severity: "error", rule, path, message });
  }

  #advise(rule: string, path: JsonPath, message: string): void {
    this.faults.push({ severity: "advice", rule, path, message });
  }

  #checkHead(): void {
    const { schemaVersion, coverage, statusDefinitions } = this.#map;
    this.#checkKeys(this.#map, KEYS.root, [], "advice");
    if (!Number.isInteger(schemaVersion)) {
      this.#error("schema-version", ["schemaVersion"], `it must be an integer: it is ${show(schemaVersion)}`);
    } else if (schemaVersion !== 2) {
      this.#advise(
        "schema-version-unknown",
        ["schemaVersion"],
        `these rules are those of version 2: it is ${schemaVersion}`,
      );
    }
    this.#requireText(this.#map, "purpose", []);
    if (!isObject(coverage)) {
      this.#error("coverage", ["coverage"], `it must be an object: it is ${show(coverage)}`);
    } else {
      this.#checkKeys(coverage, KEYS.coverage, ["coverage"], "advice");
      for (const key of KEYS.coverage) {
        if (Number.isInteger(coverage[key])) continue;
        this.#error("coverage", ["coverage", key], `it must be an integer: it is ${show(coverage[key])}`);
      }
    }
    if (!isObject(statusDefinitions)) {
      this.#error(
        "status-definitions",
        ["statusDefinitions"],
        `it must be an object of texts by status: it is ${show(statusDefinitions)}`,
      );
    } else {
      for (const [status, meaning] of Object.entries(statusDefinitions)) {
        if (!isBlank(status) && !isBlank(meaning)) continue;
        this.#error(
          "status-definitions",
          ["statusDefinitions", status],
          "a status and its meaning must not be blank",
        );
      }
    }
  }

  #checkDirections(): void {
    const { directions } = this.#map;
    for (
      const [direction, path] of this.#objectsOf(directions, "directions", ["directions"], "a direction")
    ) {
      this.#checkDirection(direction, path);
    }
  }

  #checkDirection(direction: Readonly<Record<string, unknown>>, path: JsonPath): void {
    const { id, status } = direction;
    this.#checkKeys(direction, KEYS.direction, path, "advice");
    if (typeof id !== "string" || !/^[a-z0-9][a-z0-9-]*$/.test(id)) {
      this.#error(
        "direction-id",
        [...path, "id"],
        `it must be lower-case letters, digits and hyphens: it is ${show(id)}`,
      );
    } else if (this.#directionIds.has(id)) {
      this.#error(
        "direction-duplicate",
        [...path, "id"],
        `directions must have different ids: "${id}" is there twice`,
      );
    } else this.#directionIds.add(id);
    if (typeof status !== "string" || (this.#statuses.length > 0 && !this.#statuses.includes(status))) {
      const guess = typeof status === "string" ? didYouMean(status, this.#statuses) : "";
      this.#error(
        "direction-status",
        [...path, "status"],
        `it must be a status that is defined${guess}: it is ${show(status)}`,
      );
    }
    this.#requireTexts(direction, "subsystems", path, { isRequired: true, mayBeEmpty: false });
    for (const key of ["currentRead", "notesForExperimenters"]) {
      this.#requireText(direction, key, path);
      const prose = direction[key];
      if (this.#context.limitsProse && typeof prose === "string" && prose.length > LONGEST_PROSE) {
        this.#advise(
          "prose-length",
          [...path, key],
          `it must have at most ${LONGEST_PROSE} characters: it has ${prose.length}`,
        );
      }
    }
    const priors = this.#checkIds(direction, "keyPriors", path, true);
    if (priors.length > MOST_KEY_PRIORS) {
      this.#error(
        "key-priors-count",
        [...path, "keyPriors"],
        `there must be at most ${MOST_KEY_PRIORS}: there are ${priors.length}`,
      );
    }
    for (const [index, archived] of this.#checkIds(direction, "archive", path, false).entries()) {
      if (!priors.includes(archived)) continue;
      this.#error(
        "archive-overlap",
        [...path, "archive", index],
        `the archive must hold no key prior: ${show(archived)} is one`,
      );
    }
    for (const key of ["interestingIf", "openQuestions", "blockedOnMeasurement"]) {
      this.#requireTexts(direction, key, path, { isRequired: false, mayBeEmpty: true });
    }
    this.#checkCandidates(direction["openCandidates"], [...path, "openCandidates"]);
    this.#checkBeliefs(direction, path);
  }

  #checkIds(
    direction: Readonly<Record<string, unknown>>,
    key: "keyPriors" | "archive",
    path: JsonPath,
    isRequired: boolean,
  ): readonly unknown[] {
    const rule = key === "keyPriors" ? "key-prior" : "archive";
    const ids = direction[key];
    if (ids === undefined && !isRequired) return [];
    if (!Array.isArray(ids) || (isRequired && ids.length === 0)) {
      this.#error(
        rule,
        [...path, key],
        `it must be a list of experiment ids${isRequired ? ", at least one" : ""}: it is ${show(ids)}`,
      );
      return [];
    }
    for (const [index, id] of ids.entries()) {
      if (typeof id === "string" && this.#known.has(id)) continue;
      this.#error(
        `${rule}-unknown`,
        [...path, key, index],
        `it must be a known experiment${this.#guessExperiment(id)}: ${show(id)} is none`,
      );
    }
    for (const [index, id] of ids.entries()) {
      if (ids.indexOf(id) === index) continue;
      this.#advise(
        `${rule}-duplicate`,
        [...path, key, index],
        `an experiment must be listed once: ${show(id)} is there twice`,
      );
    }
    return ids;
  }

  #checkCandidates(candidates: unknown, path: JsonPath): void {
    if (candidates === undefined) return;
    for (const [candidate, at] of this.#objectsOf(candidates, "candidates", path, "a candidate")) {
      this.#checkKeys(candidate, KEYS.candidate, at, "advice");
      this.#requireText(candidate, "idea", at);
      this.#checkCandidateDate(candidate, at);
      const { addedAfter, blockedOn } = candidate;
      if (addedAfter !== undefined && !(typeof addedAfter === "string" && this.#known.has(addedAfter))) {
        this.#error(
          "candidate-added-after",
          [...at, "addedAfter"],
          `it must be a known experiment${this.#guessExperiment(addedAfter)}: ${show(addedAfter)} is none`,
        );
      }
      if (blockedOn !== undefined) this.#requireText({ blockedOn }, "blockedOn", at);
    }
  }

  #checkCandidateDate({ addedDate }: Readonly<Record<string, unknown>>, at: JsonPath): void {
    const path = [...at, "addedDate"];
    if (typeof addedDate !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(addedDate)) {
      this.#error("candidate-date", path, `it must be a date as YYYY-MM-DD: it is ${show(addedDate)}`);
      return;
    }
    const added = parseDay(addedDate);
    if (added === undefined) {
      this.#advise("candidate-date-unreal", path, `it must be a day that exists: ${addedDate} is none`);
      return;
    }
    const today = this.#context.today === undefined ? undefined : parseDay(this.#context.today);
    if (today === undefined) return;
    if (added > today) {
      this.#advise(
        "candidate-date-future",
        path,
        `it must not be later than today, ${this.#context.today}: it is ${addedDate}`,
      );
    } else if (today - added > CANDIDATE_LIFETIME_DAYS) {
      const message = `a candidate must be picked up or removed within ${CANDIDATE_LIFETIME_DAYS} days: ` +
        `it waits for ${today - added}`;
      this.#advise("stale-candidate", path, message);
    }
  }

  #checkEntries(): void {
    const { experiments } = this.#map;
    if (!isObject(experiments)) {
      this.#error(
        "experiments",
        ["experiments"],
        `it must be an object of entries by experiment id: it is ${show(experiments)}`,
      );
      return;
    }
    for (const [id, entry] of sortedEntries(experiments)) {
      const path = ["experiments", id];
      if (!this.#known.has(id)) {
        const guess = this.#guessExperiment(id);
        this.#error(
          "entry-unknown",
          path,
          `an entry must belong to a known experiment${guess}: "${id}" is none`,
        );
      }
      if (!isObject(entry)) {
        this.#error("experiments", path, `an entry must be an object: it is ${show(entry)}`);
        continue;
      }
      this.#checkKeys(entry, KEYS.entry, path, "advice");
      this.#checkEntryDirections(entry, path);
      if (this.#vocabulary === "final") this.#checkOutcome(id, entry, path);
      else this.#checkOlderOutcome(entry, path);
      this.#checkStatus(id, entry, path);
      for (const key of ["changedBeliefs", "nextSignals"]) {
        this.#requireTexts(entry, key, path, { isRequired: false, mayBeEmpty: true });
      }
    }
  }

  #checkEntryDirections({ directions }: Readonly<Record<string, unknown>>, path: JsonPath): void {
    const at = [...path, "directions"];
    if (!Array.isArray(directions) || directions.length === 0) {
      this.#error(
        "entry-directions",
        at,
        `it must be a list of direction ids, at least one: it is ${show(directions)}`,
      );
      return;
    }
    for (const [index, id] of directions.entries()) {
      if (typeof id === "string" && this.#directionIds.has(id)) continue;
      const guess = typeof id === "string" ? didYouMean(id, this.#directionIds) : "";
      this.#error(
        "entry-direction-unknown",
        [...at, index],
        `it must be a direction of the map${guess}: ${show(id)} is none`,
      );
    }
  }

  #checkOutcome(
    id: string,
    { outcomeClass, outcomeReason }: Readonly<Record<string, unknown>>,
    path: JsonPath,
  ): void {
    const reasonPath = [...path, "outcomeReason"];
    if (!isOneOf(OUTCOME_CLASSES, outcomeClass)) {
      const guess = typeof outcomeClass === "string" ? didYouMean(outcomeClass, OUTCOME_CLASSES) : "";
      this.#error(
        "outcome-class",
        [...path, "outcomeClass"],
        `it must be one of ${OUTCOME_CLASSES.join(", ")}${guess}: it is ${show(outcomeClass)}`,
      );
      return;
    }
    const reasons = outcomeClass === "accepted"
      ? ACCEPTED_REASONS
      : outcomeClass === "rejected"
      ? REJECTED_REASONS
      : [];
    if (reasons.length === 0) {
      if (outcomeReason === undefined) return;
      this.#error(
        "outcome-reason-forbidden",
        reasonPath,
        `class "${outcomeClass}" must have no reason: it has ${show(outcomeReason)}`,
      );
    } else if (outcomeReason === undefined) {
      this.#error(
        "outcome-reason-missing",
        path,
        `class "${outcomeClass}" must have a reason: one of ${reasons.join(", ")}`,
      );
    } else if (outcomeClass === "rejected" && outcomeReason === RETIRED_REASON.reason) {
      if (id === RETIRED_REASON.entry) return;
      this.#error(
        "outcome-reason-retired",
        reasonPath,
        `new entries must not use "${RETIRED_REASON.reason}": use one of ${reasons.join(", ")}`,
      );
    } else if (!isOneOf(reasons as readonly string[], outcomeReason)) {
      const guess = typeof outcomeReason === "string" ? didYouMean(outcomeReason, reasons) : "";
      this.#error(
        "outcome-reason",
        reasonPath,
        `class "${outcomeClass}" must have one of ${reasons.join(", ")}${guess}: it has ${
          show(outcomeReason)
        }`,
      );
    }
  }

  #checkOlderOutcome({ outcomeClass }: Readonly<Record<string, unknown>>, path: JsonPath): void {
    const isAllowed = typeof outcomeClass === "string" &&
      /^(?:(?:accepted|rejected|in_review)(?:_.+)?|watch|benchmark_gap|deferred)$/.test(
        outcomeClass.toLowerCase(),
      );
    if (isAllowed) return;
    const rule = "it must begin with accepted, rejected or in_review, or be watch, benchmark_gap or deferred";
    this.#error("outcome-class", [...path, "outcomeClass"], `${rule}: it is ${show(outcomeClass)}`);
  }

  #checkStatus(id: string, { outcomeClass }: Readonly<Record<string, unknown>>, path: JsonPath): void {
    const status = this.#known.get(id);
    if (status === undefined || typeof outcomeClass !== "string") return;
    const value = outcomeClass.toLowerCase();
    const begins = (word: string): boolean => value.startsWith(word);
    const agrees = this.#vocabulary === "older"
      ? {
        accepted: begins("accepted"),
        rejected: !begins("accepted") && !begins("in_review"),
        in_review: !begins("accepted") && !begins("rejected"),
      }[status]
      : {
        accepted: value === "accepted",
        rejected: ["rejected", "deferred", "watch"].includes(value),
        in_review: value === "in_review",
      }[status];
    if (agrees) return;
    this.#error(
      "outcome-status",
      [...path, "outcomeClass"],
      `the class must agree with the index, which says "${status}": it is ${show(outcomeClass)}`,
    );
  }

  #checkClaims(): void {
    const places = new Map<string, JsonPath>();
    const edges: { readonly from: string; readonly target: unknown; readonly path: JsonPath }[] = [];
    for (const [entryId, entry] of sortedEntries(this.#entries)) {
      const claims = isObject(entry) ? entry["claims"] : undefined;
      if (claims === undefined) continue;
      const at = ["experiments", entryId, "claims"];
      for (const [claim, path] of this.#objectsOf(claims, "claims", at, "a claim")) {
        this.#checkClaim(claim, entryId, path, places, edges);
      }
    }
    for (const { from, target, path } of edges) {
      if (target === from) {
        this.#error("claim-edge-self", path, `a claim must not point to itself: "${from}" does`);
      } else if (typeof target !== "string" || !places.has(target)) {
        this.#error(
          "claim-edge-target",
          path,
          `a target must be a claim: ${show(target)} is none${
            typeof target === "string" ? didYouMean(target, places.keys()) : ""
          }`,
        );
      }
    }
    for (const cycle of dependencyCycles([...readClaims(this.#entries).values()].flat())) {
      const message = `claims must not hold each other up: ${[...cycle, cycle[0]].join(" depends on ")}`;
      this.#advise("claim-cycle", places.get(cycle[0]!) ?? ["experiments"], message);
    }
  }

  #checkClaim(
    claim: Readonly<Record<string, unknown>>,
    entryId: string,
    path: JsonPath,
    places: Map<string, JsonPath>,
    edges: { from: string; target: unknown; path: JsonPath }[],
  ): void {
    const { id, conditions } = claim;
    this.#checkKeys(claim, KEYS.claim, path, "error");
    if (
      typeof id !== "string" || !id.startsWith(`${entryId}.`) || !/^\d+$/.test(id.slice(entryId.length + 1))
    ) {
      this.#error("claim-id", [...path, "id"], `it must be "${entryId}." and a number: it is ${show(id)}`);
    } else if (places.has(id)) {
      this.#error(
        "claim-duplicate",
        [...path, "id"],
        `claims must have different ids: "${id}" is there twice`,
      );
    } else places.set(id, path);
    this.#requireText(claim, "text", path);
    if (conditions !== undefined && typeof conditions !== "string") {
      this.#error(
        "claim-conditions",
        [...path, "conditions"],
        `it must be a text: it is ${show(conditions)}`,
      );
    }
    const list = claim["edges"];
    if (list === undefined) return;
    for (const [edge, at] of this.#objectsOf(list, "claim-edges", [...path, "edges"], "an edge")) {
      this.#checkKeys(edge, KEYS.edge, at, "error");
      if (!isOneOf(EDGE_TYPES, edge["type"])) {
        const guess = typeof edge["type"] === "string" ? didYouMean(edge["type"], EDGE_TYPES) : "";
        this.#error(
          "claim-edge-type",
          [...at, "type"],
          `it must be one of ${EDGE_TYPES.join(", ")}${guess}: it is ${show(edge["type"])}`,
        );
      }
      edges.push({ from: String(id), target: edge["target"], path: [...at, "target"] });
    }
  }

  /** Beliefs are generated: stored ones must say what the claims say. */
  #checkBeliefs({ id, beliefs }: Readonly<Record<string, unknown>>, path: JsonPath): void {
    if (beliefs === undefined) return;
    const at = [...path, "beliefs"];
    if (!isObject(beliefs)) {
      this.#advise("beliefs", at, "it must be an object");
      return;
    }
    const own = Object.entries(this.#entries)
      .filter(([, entry]) =>
        isObject(entry) && Array.isArray(entry["directions"]) && entry["directions"].includes(id)
      )
      .map(([entryId]) => entryId);
    const judged = judgeClaims(readClaims(this.#entries)).filter(({ source }) => own.includes(source));
    const lists = Object.keys(BELIEF_STATES).map((key) => [key, beliefs[key] ?? []] as const);
    for (const [key, list] of lists) {
      if (!Array.isArray(list)) {
        this.#advise("beliefs", [...at, key], "it must be a list of claims");
        continue;
      }
      for (const [index, item] of list.entries()) {
        const claimId = isObject(item) ? item["id"] : item;
        const state = judged.find(({ claim }) => claim.id === claimId)?.state;
        if (state !== undefined && BELIEF_STATES[key]!.includes(state)) continue;
        const actual = state === undefined ? "no claim of the direction" : state;
        this.#advise(
          "beliefs-stale",
          [...at, key, index],
          `beliefs must follow from the claims: ${show(claimId)} is ${actual}`,
        );
      }
    }
    const listed = new Set(
      lists.flatMap(([, list]) => Array.isArray(list) ? list : []).map((item) =>
        isObject(item) ? item["id"] : item
      ),
    );
    for (const { claim } of judged) {
      if (listed.has(claim.id)) continue;
      this.#advise(
        "beliefs-stale",
        at,
        `beliefs must list every claim of the direction: "${claim.id}" is missing`,
      );
    }
  }

  #checkIndex(): void {
    if (this.#context.experiments === undefined) return;
    const coverage = this.#map["coverage"];
    const from = isObject(coverage) ? coverage["experimentEntriesRequiredFrom"] : undefined;
    if (typeof from !== "number") return;
    for (const id of this.#known.keys()) {
      if (!/^\d/.test(id) || numberOf(id) < from || Object.hasOwn(this.#entries, id)) continue;
      this.#error(
        "entry-missing",
        ["experiments"],
        `experiments from ${from} on must have an entry: "${id}" has none`,
      );
    }
  }

  /** The objects of a list, each with its path; whatever is none is named. */
  #objectsOf(
    list: unknown,
    rule: string,
    path: JsonPath,
    what: string,
  ): (readonly [Readonly<Record<string, unknown>>, JsonPath])[] {
    if (!Array.isArray(list)) {
      this.#error(rule, path, `it must be a list of objects: it is ${show(list)}`);
      return [];
    }
    return list.flatMap((item: unknown, index) => {
      const at = [...path, index];
      if (isObject(item)) return [[item, at] as const];
      this.#error(rule, at, `${what} must be an object: it is ${show(item)}`);
      return [];
    });
  }

  #requireText(object: Readonly<Record<string, unknown>>, key: string, path: JsonPath): void {
    if (!isBlank(object[key])) return;
    this.#error("text", [...path, key], `it must be a text that is not blank: it is ${show(object[key])}`);
  }

  #requireTexts(
    object: Readonly<Record<string, unknown>>,
    key: string,
    path: JsonPath,
    { isRequired, mayBeEmpty }: { readonly isRequired: boolean; readonly mayBeEmpty: boolean },
  ): void {
    const list = object[key];
    if (list === undefined && !isRequired) return;
    if (!Array.isArray(list) || (list.length === 0 && !mayBeEmpty)) {
      this.#error(
        "texts",
        [...path, key],
        `it must be a list of texts${mayBeEmpty ? "" : ", at least one"}: it is ${show(list)}`,
      );
      return;
    }
    for (const [index, item] of list.entries()) {
      if (!isBlank(item)) continue;
      this.#error("texts", [...path, key, index], `it must be a text that is not blank: it is ${show(item)}`);
    }
  }

  #checkKeys(
    object: Readonly<Record<string, unknown>>,
    known: readonly string[],
    path: JsonPath,
    severity: SignalFault["severity"],
  ): void {
    for (const key of Object.keys(object)) {
      if (known.includes(key)) continue;
      const message = `keys must be known${didYouMean(key, known)}: "${key}" is not`;
      this.faults.push({ severity, rule: "unknown-key", path: [...path, key], message });
    }
  }
}

/** Readers that know no unsupported claims list them as live. */
const BELIEF_STATES: Readonly<Record<string, readonly string[]>> = {
  live: ["live", "unsupported"],
  superseded: ["superseded"],
  refuted: ["refuted"],
  unsupported: ["unsupported"],
};

function guessVocabulary(entries: Readonly<Record<string, unknown>>): OutcomeVocabulary {
  const all = Object.values(entries).filter(isObject);
  if (all.some((entry) => entry["outcomeReason"] !== undefined)) return "final";
  const isFree = ({ outcomeClass }: Readonly<Record<string, unknown>>): boolean =>
    typeof outcomeClass === "string" &&
    /^(?:(?:accepted|rejected|in_review)_.+|benchmark_gap)$/i.test(outcomeClass);
  return all.some(isFree) ? "older" : "final";
}

/** Claims that are whole enough to be judged, by entry. */
function readClaims(entries: Readonly<Record<string, unknown>>): Map<string, Claim[]> {
  return new Map(
    sortedEntries(entries).map(([id, entry]) => {
      const claims = isObject(entry) && Array.isArray(entry["claims"])
        ? entry["claims"].filter(isObject)
        : [];
      return [
        id,
        claims.filter((claim) => typeof claim["id"] === "string").map((claim) => ({
          id: claim["id"] as string,
          text: String(claim["text"]),
          edges: (Array.isArray(claim["edges"]) ? claim["edges"] : []).filter(isEdge),
        })),
      ];
    }),
  );
}

function isEdge(edge: unknown): edge is ClaimEdge {
  return isObject(edge) && isOneOf(EDGE_TYPES as readonly EdgeType[], edge["type"]) &&
    typeof edge["target"] === "string";
}

function sortedEntries(entries: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(entries).sort(([a], [b]) => compareIds(a, b));
}

function isOneOf<T>(values: readonly T[], value: unknown): value is T {
  return values.includes(value as T);
}

function isBlank(value: unknown): boolean {
  return typeof value !== "string" || value.trim() === "";
}

function show(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
