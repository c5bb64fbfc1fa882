import { createHash } from "node:crypto";
import type { Experiment, Outcome, Preregistration } from "../../model/experiment.ts";

/** The part of an experiment that is settled before it runs. */
export function preregistrationOf(experiment: Experiment): Preregistration {
  const { learned: _learned, withoutEvidence: _withoutEvidence, ...settled } = experiment;
  return settled;
}

/** SHA-256 in hex of what was settled; layout, comments and the order of keys do not matter, anything else does. */
export function preregistrationDigest(experiment: Experiment): string {
  return canonicalDigest(preregistrationOf(experiment));
}

/** SHA-256 in hex of an outcome without its own `sha256`. */
export function outcomeDigest(outcome: Outcome | Omit<Outcome, "sha256">): string {
  return canonicalDigest({ ...outcome, sha256: undefined });
}

/** SHA-256 in hex of JSON with sorted keys. */
function canonicalDigest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value, sortKeys)).digest("hex");
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}

/** How an outcome stands in its file. */
export function outcomeFileText(outcome: Outcome): string {
  return JSON.stringify(outcome, null, 2) + "\n";
}
