import { join } from "node:path";
import { findWorkload } from "../../../workloads/mod.ts";
import { type Preregistration, UsageError, workloadKey } from "../../model/mod.ts";
import { textIfThere } from "../../record/mod.ts";

/** What a slug may be: the file's name is its snake case. */
const SLUG = /^[a-z0-9]+(?:[-_][a-z0-9]+)*$/;

/** How the experiments below a root import the contracts: from beside them in this repository, else by name. */
export function modelImport(root: string): string {
  const own = "lib/model/mod.ts";
  return textIfThere(join(root, own)) === undefined ? "watchbench/model" : `../${own}`;
}

/**
 * File name and text of a new experiment; `model` is the module of the contracts as the file imports it. Throws a
 * UsageError for a slug that cannot name a file.
 */
export function skeleton(
  id: string,
  slug: string,
  date: string,
  directions: readonly string[],
  model: string,
): { readonly name: string; readonly text: string } {
  if (!SLUG.test(slug) || slug.endsWith("test")) {
    throw new UsageError(
      `Cannot name an experiment as its slug must be lower-case words joined by hyphens, not ending in "test": got ${
        JSON.stringify(slug.slice(0, 60))
      }`,
    );
  }
  return { name: `${id}_${slug.replaceAll("-", "_")}.ts`, text: TEXT(date, directions, model) };
}

/** Texts that say nothing yet. */
const PLACEHOLDERS = {
  title: "One line that says what is compared",
  hypothesis: "What is expected, and why.",
  wouldChangeOurMind: "What would have to be seen to change your mind.",
} as const;

/** Fields of an experiment that still say what the skeleton said. */
export function placeholdersIn(experiment: Preregistration): string[] {
  return Object.entries(PLACEHOLDERS)
    .flatMap(([field, text]) => experiment[field as keyof typeof PLACEHOLDERS] === text ? [field] : []);
}

const WORKLOAD = workloadKey(findWorkload("keyed-pk"));

const TEXT = (date: string, directions: readonly string[], model: string): string =>
  `import type { Experiment } from "${model}";

export const experiment: Experiment = {
  title: "${PLACEHOLDERS.title}",
  date: "${date}",
  // ${
    directions.length === 0 ? "Files in experiments/directions/" : `One or more of ${directions.join(", ")}`
  }.
  directions: ["${directions[0] ?? "measurement-system"}"],
  experimentClass: "performance",
  question: "Does one reader thread do as well as two?",
  hypothesis: "${PLACEHOLDERS.hypothesis}",
  wouldChangeOurMind: "${PLACEHOLDERS.wouldChangeOurMind}",
  arms: [
    { name: "control", adapter: "watchlite" },
    { name: "changed", adapter: "watchlite", options: { readers: "1" } },
  ],
  control: "control",
  cells: [{ workload: "${WORKLOAD}", scale: "standard" }],
  primary: [
    {
      id: "update-cost",
      title: "Update, low quantile",
      place: { workload: "${WORKLOAD}", phase: "burst", operation: "update" },
      quantity: { metric: "latency_low_ns" },
      unit: "ns",
      bar: { kind: "improve", better: "lower", worthwhile: 0.05 },
    },
  ],
  guardrails: [
    {
      id: "update-median",
      title: "Update, median",
      place: { workload: "${WORKLOAD}", phase: "burst", operation: "update" },
      quantity: { metric: "latency_p50_ns" },
      unit: "ns",
      bar: { kind: "keep", better: "lower", margin: 0.05 },
    },
  ],
  rounds: { least: 10, most: 20, budgetSeconds: 300 },
  driftCell: { workload: "${WORKLOAD}", scale: "smoke", adapter: "node-sqlite" },
  withoutEvidence: "Planned",
};
`;
