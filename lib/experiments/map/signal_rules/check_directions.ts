/** Rules for the directions of a signal map and their candidates. */
import { didYouMean } from "../../../model/nearest.ts";
import { parseDay } from "../../sources/day.ts";
import type { JsonPath } from "../../sources/json_path.ts";
import { checkBeliefs } from "./check_claims.ts";
import { type FaultLog, show } from "./fault_log.ts";
import { type SignalMap, strangerText } from "./read_map.ts";

/** Most experiments that somebody must read before working in a direction. */
const MOST_KEY_PRIORS = 6;

/** Days after which a candidate that nobody picked up is stale. */
const CANDIDATE_LIFETIME_DAYS = 92;

/** Longest `currentRead` and `notesForExperimenters`, in characters. */
const LONGEST_PROSE = 1500;

const DIRECTION_KEYS: readonly string[] = [
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
];
const CANDIDATE_KEYS: readonly string[] = ["idea", "addedDate", "addedAfter", "blockedOn"];

/** Checks all directions, and collects their ids. */
export function checkDirections(map: SignalMap, log: FaultLog): void {
  const { directions } = map.root;
  for (
    const [direction, path] of log.objectsOf(directions, "directions", ["directions"], "a direction")
  ) {
    checkDirection(map, log, direction, path);
  }
}

function checkDirection(
  map: SignalMap,
  log: FaultLog,
  direction: Readonly<Record<string, unknown>>,
  path: JsonPath,
): void {
  const { id, status } = direction;
  log.checkKeys(direction, DIRECTION_KEYS, path, "advice");
  if (typeof id !== "string" || !/^[a-z0-9][a-z0-9-]*$/.test(id)) {
    log.error(
      "direction-id",
      [...path, "id"],
      `it must be lower-case letters, digits and hyphens: it is ${show(id)}`,
    );
  } else if (map.directionIds.has(id)) {
    log.error(
      "direction-duplicate",
      [...path, "id"],
      `directions must have different ids: "${id}" is there twice`,
    );
  } else map.directionIds.add(id);
  if (typeof status !== "string" || (map.statuses.length > 0 && !map.statuses.includes(status))) {
    const guess = typeof status === "string" ? didYouMean(status, map.statuses) : "";
    log.error(
      "direction-status",
      [...path, "status"],
      `it must be a status that is defined${guess}: it is ${show(status)}`,
    );
  }
  log.requireTexts(direction, "subsystems", path, { isRequired: true, mayBeEmpty: false });
  for (const key of ["currentRead", "notesForExperimenters"]) {
    log.requireText(direction, key, path);
    const prose = direction[key];
    if (map.context.limitsProse && typeof prose === "string" && prose.length > LONGEST_PROSE) {
      log.advise(
        "prose-length",
        [...path, key],
        `it must have at most ${LONGEST_PROSE} characters: it has ${prose.length}`,
      );
    }
  }
  const priors = checkIds(map, log, direction, "keyPriors", path, true);
  if (priors.length > MOST_KEY_PRIORS) {
    log.error(
      "key-priors-count",
      [...path, "keyPriors"],
      `there must be at most ${MOST_KEY_PRIORS}: there are ${priors.length}`,
    );
  }
  for (const [index, archived] of checkIds(map, log, direction, "archive", path, false).entries()) {
    if (!priors.includes(archived)) continue;
    log.error(
      "archive-overlap",
      [...path, "archive", index],
      `the archive must hold no key prior: ${show(archived)} is one`,
    );
  }
  for (const key of ["interestingIf", "openQuestions", "blockedOnMeasurement"]) {
    log.requireTexts(direction, key, path, { isRequired: false, mayBeEmpty: true });
  }
  checkCandidates(map, log, direction["openCandidates"], [...path, "openCandidates"]);
  checkBeliefs(map, log, direction, path);
}

function checkIds(
  map: SignalMap,
  log: FaultLog,
  direction: Readonly<Record<string, unknown>>,
  key: "keyPriors" | "archive",
  path: JsonPath,
  isRequired: boolean,
): readonly unknown[] {
  const rule = key === "keyPriors" ? "key-prior" : "archive";
  const ids = direction[key];
  if (ids === undefined && !isRequired) return [];
  if (!Array.isArray(ids) || (isRequired && ids.length === 0)) {
    log.error(
      rule,
      [...path, key],
      `it must be a list of experiment ids${isRequired ? ", at least one" : ""}: it is ${show(ids)}`,
    );
    return [];
  }
  for (const [index, id] of ids.entries()) {
    const place = [...path, key, index];
    const text = strangerText(map, id, place);
    if (text !== undefined) log.error(`${rule}-unknown`, place, text);
  }
  for (const [index, id] of ids.entries()) {
    if (ids.indexOf(id) === index) continue;
    log.advise(
      `${rule}-duplicate`,
      [...path, key, index],
      `an experiment must be listed once: ${show(id)} is there twice`,
    );
  }
  return ids;
}

function checkCandidates(map: SignalMap, log: FaultLog, candidates: unknown, path: JsonPath): void {
  if (candidates === undefined) return;
  for (const [candidate, at] of log.objectsOf(candidates, "candidates", path, "a candidate")) {
    log.checkKeys(candidate, CANDIDATE_KEYS, at, "advice");
    log.requireText(candidate, "idea", at);
    checkCandidateDate(map, log, candidate, at);
    const { addedAfter, blockedOn } = candidate;
    const place = [...at, "addedAfter"];
    const text = addedAfter === undefined ? undefined : strangerText(map, addedAfter, place);
    if (text !== undefined) log.error("candidate-added-after", place, text);
    if (blockedOn !== undefined) log.requireText({ blockedOn }, "blockedOn", at);
  }
}

function checkCandidateDate(
  map: SignalMap,
  log: FaultLog,
  { addedDate }: Readonly<Record<string, unknown>>,
  at: JsonPath,
): void {
  const path = [...at, "addedDate"];
  if (typeof addedDate !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(addedDate)) {
    log.error("candidate-date", path, `it must be a date as YYYY-MM-DD: it is ${show(addedDate)}`);
    return;
  }
  const added = parseDay(addedDate);
  if (added === undefined) {
    log.advise("candidate-date-unreal", path, `it must be a day that exists: ${addedDate} is none`);
    return;
  }
  const today = map.context.today === undefined ? undefined : parseDay(map.context.today);
  if (today === undefined) return;
  if (added > today) {
    log.advise(
      "candidate-date-future",
      path,
      `it must not be later than today, ${map.context.today}: it is ${addedDate}`,
    );
  } else if (today - added > CANDIDATE_LIFETIME_DAYS) {
    const message = `a candidate must be picked up or removed within ${CANDIDATE_LIFETIME_DAYS} days: ` +
      `it waits for ${today - added}`;
    log.advise("stale-candidate", path, message);
  }
}
