/**
 * Checks a signal map of schemaVersion 2 that anybody may have written.
 *
 * Comes in: parsed JSON, and what the caller knows about the experiments it speaks of. Goes out: every rule that it
 * breaks, with the path to the place; nothing stops at the first one. `error` is what resqlite's own checker refuses;
 * `advice` is what it lets pass but should not: unknown keys, days that do not exist, cycles, stale candidates,
 * overlong prose. Whoever keeps a map here treats both alike.
 */
import { compareIds, numberOf } from "../../sources/experiment_id.ts";
import { isObject } from "../../sources/json_value.ts";
import { checkClaims } from "./check_claims.ts";
import { checkDirections } from "./check_directions.ts";
import { checkEntries } from "./check_entries.ts";
import { FaultLog, isBlank, show, type SignalFault } from "./fault_log.ts";
import { readSignalMap, type SignalContext, type SignalMap } from "./read_map.ts";

const ROOT_KEYS: readonly string[] = [
  "schemaVersion",
  "purpose",
  "schemaNotes",
  "coverage",
  "statusDefinitions",
  "directions",
  "experiments",
];
const COVERAGE_KEYS: readonly string[] = ["experimentEntriesRequiredFrom", "directionFieldRequiredFrom"];

/** All rules that a map breaks, in the order of the document. */
export function validateSignals(root: unknown, context: SignalContext = {}): SignalFault[] {
  const log = new FaultLog();
  if (!isObject(root)) {
    log.error("root-object", [], `the map must be an object: it is ${show(root)}`);
    return log.faults;
  }
  const map = readSignalMap(root, context);
  checkHead(map, log);
  checkDirections(map, log);
  checkEntries(map, log);
  checkClaims(map, log);
  checkIndex(map, log);
  adviseOptions(map, log);
  return log.faults;
}

/** What would have told more, or something else. */
function adviseOptions({ mixed, unlisted }: SignalMap, log: FaultLog): void {
  if (mixed !== undefined) {
    const { olderCount, finalCount } = mixed;
    log.advise(
      "outcomes-mixed",
      ["experiments"],
      `outcomes should have one form: ${olderCount} have the older one, ${finalCount} the final one with a reason; both ` +
        `were allowed, --outcomes final names those that are left to change`,
    );
  }
  const [first] = unlisted.values();
  if (first === undefined) return;
  const ids = [...unlisted.keys()].sort(compareIds);
  log.advise(
    "experiments-unlisted",
    first,
    `experiments without an entry can only be known by an index: --index <path> or --experiments <ids> says whether there ` +
      `${ids.length === 1 ? "is" : "are"} ${ids.slice(0, 12).join(", ")}${
        ids.length > 12 ? ` and ${ids.length - 12} more` : ""
      }`,
  );
}

function checkHead(map: SignalMap, log: FaultLog): void {
  const { schemaVersion, coverage, statusDefinitions } = map.root;
  log.checkKeys(map.root, ROOT_KEYS, [], "advice");
  if (!Number.isInteger(schemaVersion)) {
    log.error("schema-version", ["schemaVersion"], `it must be an integer: it is ${show(schemaVersion)}`);
  } else if (schemaVersion !== 2) {
    log.advise(
      "schema-version-unknown",
      ["schemaVersion"],
      `these rules are those of version 2: it is ${schemaVersion}`,
    );
  }
  log.requireText(map.root, "purpose", []);
  if (!isObject(coverage)) {
    log.error("coverage", ["coverage"], `it must be an object: it is ${show(coverage)}`);
  } else {
    log.checkKeys(coverage, COVERAGE_KEYS, ["coverage"], "advice");
    for (const key of COVERAGE_KEYS) {
      if (Number.isInteger(coverage[key])) continue;
      log.error("coverage", ["coverage", key], `it must be an integer: it is ${show(coverage[key])}`);
    }
  }
  if (!isObject(statusDefinitions)) {
    log.error(
      "status-definitions",
      ["statusDefinitions"],
      `it must be an object of texts by status: it is ${show(statusDefinitions)}`,
    );
  } else {
    for (const [status, meaning] of Object.entries(statusDefinitions)) {
      if (!isBlank(status) && !isBlank(meaning)) continue;
      log.error(
        "status-definitions",
        ["statusDefinitions", status],
        "a status and its meaning must not be blank",
      );
    }
  }
}

function checkIndex(map: SignalMap, log: FaultLog): void {
  if (map.context.experiments === undefined) return;
  const coverage = map.root["coverage"];
  const from = isObject(coverage) ? coverage["experimentEntriesRequiredFrom"] : undefined;
  if (typeof from !== "number") return;
  for (const id of map.known.keys()) {
    if (!/^\d/.test(id) || numberOf(id) < from || Object.hasOwn(map.entries, id)) continue;
    log.error(
      "entry-missing",
      ["experiments"],
      `experiments from ${from} on must have an entry: "${id}" has none`,
    );
  }
}
