/** What is believed now: the state of every claim, derived from the edges between claims. */
import type { Claim } from "../../model/experiment.ts";
import { compareIds } from "../sources/experiment_id.ts";

/**
 * `refuted` and `superseded`: a later claim says so. `unsupported`: it rests on one that no longer holds. `live`:
 * nothing speaks against it.
 */
export type ClaimState = "live" | "superseded" | "refuted" | "unsupported";

/** A claim with its state. */
export interface JudgedClaim {
  /** The claim as it was made. */
  readonly claim: Claim;
  /** Id of the experiment that made it. */
  readonly source: string;
  /** What became of it. */
  readonly state: ClaimState;
  /** Ids of the claims that made it so, sorted; empty when it is live. */
  readonly by: readonly string[];
}

/**
 * Judges all claims, by experiment id, in order. A refutation outweighs a replacement, and either outweighs missing
 * support. The state does not depend on whether the claim that speaks against it still holds itself: a refutation that
 * was refuted needs a new claim, not a silent return of the old one.
 */
export function judgeClaims(claimsBySource: ReadonlyMap<string, readonly Claim[]>): JudgedClaim[] {
  const all = [...claimsBySource].flatMap(([source, claims]) => claims.map((claim) => ({ source, claim })));
  const against = { refutes: new Map<string, string[]>(), supersedes: new Map<string, string[]>() };
  for (const { claim } of all) {
    for (const { type, target } of claim.edges ?? []) {
      if (type !== "refutes" && type !== "supersedes") continue;
      against[type].set(target, [...against[type].get(target) ?? [], claim.id]);
    }
  }

  const states = new Map<string, { state: ClaimState; by: string[] }>(all.map(({ claim: { id } }) => {
    const refutedBy = against.refutes.get(id);
    const supersededBy = against.supersedes.get(id);
    if (refutedBy !== undefined) return [id, { state: "refuted", by: refutedBy }];
    if (supersededBy !== undefined) return [id, { state: "superseded", by: supersededBy }];
    return [id, { state: "live", by: [] }];
  }));

  // Losing support spreads until nothing changes; each round takes at least one claim off the live ones.
  for (let isSettled = false; !isSettled;) {
    isSettled = true;
    for (const { claim } of all) {
      if (states.get(claim.id)!.state !== "live") continue;
      const lost = (claim.edges ?? [])
        .filter(({ type, target }) =>
          type === "dependsOn" && (states.get(target)?.state ?? "live") !== "live"
        )
        .map(({ target }) => target);
      if (lost.length === 0) continue;
      states.set(claim.id, { state: "unsupported", by: lost });
      isSettled = false;
    }
  }
  return all.map(({ source, claim }) => {
    const { state, by } = states.get(claim.id)!;
    return { claim, source, state, by: by.toSorted(compareClaimIds) };
  });
}

/** By experiment, then by number. */
export function compareClaimIds(a: string, b: string): number {
  const [sourceA = "", numberA] = a.split(".");
  const [sourceB = "", numberB] = b.split(".");
  return compareIds(sourceA, sourceB) || Number(numberA) - Number(numberB);
}

/**
 * Cycles of `dependsOn`, each once, from its smallest claim on: claims that hold each other up rest on nothing.
 * An edge to itself is no cycle here, as it is a fault of its own.
 */
export function dependencyCycles(claims: readonly Claim[]): string[][] {
  const targets = new Map(claims.map(({ id, edges = [] }) => [
    id,
    edges.filter(({ type, target }) => type === "dependsOn" && target !== id).map(({ target }) => target),
  ]));
  const cycles = new Map<string, string[]>();
  const finished = new Set<string>();
  const visit = (id: string, trail: readonly string[]): void => {
    const start = trail.indexOf(id);
    if (start !== -1) {
      const cycle = rotated(trail.slice(start));
      cycles.set(cycle.join(" "), cycle);
      return;
    }
    if (finished.has(id)) return;
    for (const target of targets.get(id) ?? []) visit(target, [...trail, id]);
    finished.add(id);
  };
  for (const id of targets.keys()) visit(id, []);
  return [...cycles.values()];
}

function rotated(cycle: readonly string[]): string[] {
  const smallest = cycle.indexOf(cycle.toSorted(compareClaimIds)[0]!);
  return [...cycle.slice(smallest), ...cycle.slice(0, smallest)];
}
