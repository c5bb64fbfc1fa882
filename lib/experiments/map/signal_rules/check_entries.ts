/** Rules for the entries of a signal map: their directions, outcomes, and status. */
import { ACCEPTED_REASONS, OUTCOME_CLASSES, REJECTED_REASONS } from "../../../model/experiment.ts";
import { didYouMean } from "../../../model/nearest.ts";
import type { JsonPath } from "../../sources/json_path.ts";
import { isObject } from "../../sources/json_value.ts";
import { type FaultLog, isOneOf, show } from "./fault_log.ts";
import { type SignalMap, sortedEntries } from "./read_map.ts";

const ENTRY_KEYS: readonly string[] = [
  "directions",
  "outcomeClass",
  "outcomeReason",
  "outcomeNote",
  "experimentClass",
  "changedBeliefs",
  "nextSignals",
  "claims",
];

/** Retired reason, and the one entry that still may use it. */
const RETIRED_REASON = { reason: "unspecified", entry: "241" };

/** Checks all entries; directions must have been checked before. */
export function checkEntries(map: SignalMap, log: FaultLog): void {
  const { experiments } = map.root;
  if (!isObject(experiments)) {
    log.error(
      "experiments",
      ["experiments"],
      `it must be an object of entries by experiment id: it is ${show(experiments)}`,
    );
    return;
  }
  for (const [id, entry] of sortedEntries(experiments)) {
    const path = ["experiments", id];
    if (!map.known.has(id)) {
      const guess = didYouMean(id, map.known.keys());
      log.error(
        "entry-unknown",
        path,
        `an entry must belong to a known experiment${guess}: "${id}" is none`,
      );
    }
    if (!isObject(entry)) {
      log.error("experiments", path, `an entry must be an object: it is ${show(entry)}`);
      continue;
    }
    log.checkKeys(entry, ENTRY_KEYS, path, "advice");
    checkEntryDirections(map, log, entry, path);
    if (map.vocabulary === "final") checkOutcome(log, id, entry, path);
    else checkOlderOutcome(log, entry, path);
    checkStatus(map, log, id, entry, path);
    for (const key of ["changedBeliefs", "nextSignals"]) {
      log.requireTexts(entry, key, path, { isRequired: false, mayBeEmpty: true });
    }
  }
}

function checkEntryDirections(
  map: SignalMap,
  log: FaultLog,
  { directions }: Readonly<Record<string, unknown>>,
  path: JsonPath,
): void {
  const at = [...path, "directions"];
  if (!Array.isArray(directions) || directions.length === 0) {
    log.error(
      "entry-directions",
      at,
      `it must be a list of direction ids, at least one: it is ${show(directions)}`,
    );
    return;
  }
  for (const [index, id] of directions.entries()) {
    if (typeof id === "string" && map.directionIds.has(id)) continue;
    const guess = typeof id === "string" ? didYouMean(id, map.directionIds) : "";
    log.error(
      "entry-direction-unknown",
      [...at, index],
      `it must be a direction of the map${guess}: ${show(id)} is none`,
    );
  }
}

function checkOutcome(
  log: FaultLog,
  id: string,
  { outcomeClass, outcomeReason }: Readonly<Record<string, unknown>>,
  path: JsonPath,
): void {
  const reasonPath = [...path, "outcomeReason"];
  if (!isOneOf(OUTCOME_CLASSES, outcomeClass)) {
    const guess = typeof outcomeClass === "string" ? didYouMean(outcomeClass, OUTCOME_CLASSES) : "";
    log.error(
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
    log.error(
      "outcome-reason-forbidden",
      reasonPath,
      `class "${outcomeClass}" must have no reason: it has ${show(outcomeReason)}`,
    );
  } else if (outcomeReason === undefined) {
    log.error(
      "outcome-reason-missing",
      path,
      `class "${outcomeClass}" must have a reason: one of ${reasons.join(", ")}`,
    );
  } else if (outcomeClass === "rejected" && outcomeReason === RETIRED_REASON.reason) {
    if (id === RETIRED_REASON.entry) return;
    log.error(
      "outcome-reason-retired",
      reasonPath,
      `new entries must not use "${RETIRED_REASON.reason}": use one of ${reasons.join(", ")}`,
    );
  } else if (!isOneOf(reasons as readonly string[], outcomeReason)) {
    const guess = typeof outcomeReason === "string" ? didYouMean(outcomeReason, reasons) : "";
    log.error(
      "outcome-reason",
      reasonPath,
      `class "${outcomeClass}" must have one of ${reasons.join(", ")}${guess}: it has ${show(outcomeReason)}`,
    );
  }
}

function checkOlderOutcome(
  log: FaultLog,
  { outcomeClass }: Readonly<Record<string, unknown>>,
  path: JsonPath,
): void {
  const isAllowed = typeof outcomeClass === "string" &&
    /^(?:(?:accepted|rejected|in_review)(?:_.+)?|watch|benchmark_gap|deferred)$/.test(
      outcomeClass.toLowerCase(),
    );
  if (isAllowed) return;
  const rule = "it must begin with accepted, rejected or in_review, or be watch, benchmark_gap or deferred";
  log.error("outcome-class", [...path, "outcomeClass"], `${rule}: it is ${show(outcomeClass)}`);
}

function checkStatus(
  map: SignalMap,
  log: FaultLog,
  id: string,
  { outcomeClass }: Readonly<Record<string, unknown>>,
  path: JsonPath,
): void {
  const status = map.known.get(id);
  if (status === undefined || typeof outcomeClass !== "string") return;
  const value = outcomeClass.toLowerCase();
  const begins = (word: string): boolean => value.startsWith(word);
  const agrees = map.vocabulary === "older"
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
  log.error(
    "outcome-status",
    [...path, "outcomeClass"],
    `the class must agree with the index, which says "${status}": it is ${show(outcomeClass)}`,
  );
}
