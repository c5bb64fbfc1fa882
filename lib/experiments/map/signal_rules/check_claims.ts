/** Rules for the claims of a signal map, the edges between them, and the beliefs that follow. */
import { type Claim, type ClaimEdge, EDGE_TYPES, type EdgeType } from "../../../model/experiment.ts";
import { didYouMean } from "../../../model/nearest.ts";
import { dependencyCycles, judgeClaims } from "../beliefs.ts";
import type { JsonPath } from "../../sources/json_path.ts";
import { isObject } from "../../sources/json_value.ts";
import { type FaultLog, isOneOf, show } from "./fault_log.ts";
import { type SignalMap, sortedEntries } from "./read_map.ts";

const CLAIM_KEYS: readonly string[] = ["id", "text", "conditions", "edges"];
const EDGE_KEYS: readonly string[] = ["type", "target"];

/** Readers that know no unsupported claims list them as live. */
const BELIEF_STATES: Readonly<Record<string, readonly string[]>> = {
  live: ["live", "unsupported"],
  superseded: ["superseded"],
  refuted: ["refuted"],
  unsupported: ["unsupported"],
};

/** Checks all claims and edges. */
export function checkClaims(map: SignalMap, log: FaultLog): void {
  const places = new Map<string, JsonPath>();
  const edges: { readonly from: string; readonly target: unknown; readonly path: JsonPath }[] = [];
  for (const [entryId, entry] of sortedEntries(map.entries)) {
    const claims = isObject(entry) ? entry["claims"] : undefined;
    if (claims === undefined) continue;
    const at = ["experiments", entryId, "claims"];
    for (const [claim, path] of log.objectsOf(claims, "claims", at, "a claim")) {
      checkClaim(log, claim, entryId, path, places, edges);
    }
  }
  for (const { from, target, path } of edges) {
    if (target === from) {
      log.error("claim-edge-self", path, `a claim must not point to itself: "${from}" does`);
    } else if (typeof target !== "string" || !places.has(target)) {
      log.error(
        "claim-edge-target",
        path,
        `a target must be a claim: ${show(target)} is none${
          typeof target === "string" ? didYouMean(target, places.keys()) : ""
        }`,
      );
    }
  }
  for (const cycle of dependencyCycles([...readClaims(map.entries).values()].flat())) {
    const message = `claims must not hold each other up: ${[...cycle, cycle[0]].join(" depends on ")}`;
    log.advise("claim-cycle", places.get(cycle[0]!) ?? ["experiments"], message);
  }
}

function checkClaim(
  log: FaultLog,
  claim: Readonly<Record<string, unknown>>,
  entryId: string,
  path: JsonPath,
  places: Map<string, JsonPath>,
  edges: { from: string; target: unknown; path: JsonPath }[],
): void {
  const { id, conditions } = claim;
  log.checkKeys(claim, CLAIM_KEYS, path, "error");
  if (
    typeof id !== "string" || !id.startsWith(`${entryId}.`) || !/^\d+$/.test(id.slice(entryId.length + 1))
  ) {
    log.error("claim-id", [...path, "id"], `it must be "${entryId}." and a number: it is ${show(id)}`);
  } else if (places.has(id)) {
    log.error(
      "claim-duplicate",
      [...path, "id"],
      `claims must have different ids: "${id}" is there twice`,
    );
  } else places.set(id, path);
  log.requireText(claim, "text", path);
  if (conditions !== undefined && typeof conditions !== "string") {
    log.error(
      "claim-conditions",
      [...path, "conditions"],
      `it must be a text: it is ${show(conditions)}`,
    );
  }
  const list = claim["edges"];
  if (list === undefined) return;
  for (const [edge, at] of log.objectsOf(list, "claim-edges", [...path, "edges"], "an edge")) {
    log.checkKeys(edge, EDGE_KEYS, at, "error");
    if (!isOneOf(EDGE_TYPES, edge["type"])) {
      const guess = typeof edge["type"] === "string" ? didYouMean(edge["type"], EDGE_TYPES) : "";
      log.error(
        "claim-edge-type",
        [...at, "type"],
        `it must be one of ${EDGE_TYPES.join(", ")}${guess}: it is ${show(edge["type"])}`,
      );
    }
    edges.push({ from: String(id), target: edge["target"], path: [...at, "target"] });
  }
}

/** Beliefs are generated: stored ones must say what the claims say. */
export function checkBeliefs(
  map: SignalMap,
  log: FaultLog,
  { id, beliefs }: Readonly<Record<string, unknown>>,
  path: JsonPath,
): void {
  if (beliefs === undefined) return;
  const at = [...path, "beliefs"];
  if (!isObject(beliefs)) {
    log.advise("beliefs", at, "it must be an object");
    return;
  }
  const own = Object.entries(map.entries)
    .filter(([, entry]) =>
      isObject(entry) && Array.isArray(entry["directions"]) && entry["directions"].includes(id)
    )
    .map(([entryId]) => entryId);
  const judged = judgeClaims(readClaims(map.entries)).filter(({ source }) => own.includes(source));
  const lists = Object.keys(BELIEF_STATES).map((key) => [key, beliefs[key] ?? []] as const);
  for (const [key, list] of lists) {
    if (!Array.isArray(list)) {
      log.advise("beliefs", [...at, key], "it must be a list of claims");
      continue;
    }
    for (const [index, item] of list.entries()) {
      const claimId = isObject(item) ? item["id"] : item;
      const state = judged.find(({ claim }) => claim.id === claimId)?.state;
      if (state !== undefined && BELIEF_STATES[key]!.includes(state)) continue;
      const actual = state === undefined ? "no claim of the direction" : state;
      log.advise(
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
    log.advise(
      "beliefs-stale",
      at,
      `beliefs must list every claim of the direction: "${claim.id}" is missing`,
    );
  }
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
