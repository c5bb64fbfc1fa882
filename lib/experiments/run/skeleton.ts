import { type Preregistration, UsageError } from "../../model/mod.ts";

/** What a slug may be: the file's name is its snake case. */
const SLUG = /^[a-z0-9]+(?:[-_][a-z0-9]+)*$/;

/** File name and text of a new experiment. Throws a UsageError for a slug that cannot name a file. */
export function skeleton(
  id: string,
  slug: string,
  date: string,
  directions: readonly string[],
): { readonly name: string; readonly text: string } {
  if (!SLUG.test(slug) || slug.endsWith("test")) {
    throw new UsageError(
      `Cannot name an experiment as its slug must be lower-case words joined by hyphens, not ending in "test": got ${
        JSON.stringify(slug.slice(0, 60))
      }`,
    );
  }
  return { name: `${id}_${slug.replaceAll("-", "_")}.ts`, text: TEXT(date, directions) };
}

/** Texts that say nothing yet. */
const PLACEHOLDERS = {
  title: "One line that says what is compared",
  hypothesis: "${PLACEHOLDERS.hypothesis}",
  wouldChangeOurMind: "What would have to be seen to change your mind.",
} as const;

/** Fields of an experiment that still say what the skeleton said. */
export function placeholdersIn(experiment: Preregistration): string[] {
  return Object.entries(PLACEHOLDERS)
    .flatMap(([field, text]) => experiment[field as keyof typeof PLACEHOLDERS] === text ? [field] : []);
}

const TEXT = (date: string, directions: readonly string[]): string =>
  `import type { Experiment } from "../lib/model/mod.ts";

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
  cells: [{ workload: "keyed-pk@2", scale: "standard" }],
  primary: [
    {
      id: "update-cost",
      title: "Update, low quantile",
      place: { workload: "keyed-pk@2", phase: "burst", operation: "update" },
      quantity: { metric: "latency_low_ns" },
      unit: "ns",
      bar: { kind: "improve", better: "lower", worthwhile: 0.05 },
    },
  ],
  guardrails: [
    {
      id: "update-median",
      title: "Update, median",
      place: { workload: "keyed-pk@2", phase: "burst", operation: "update" },
      quantity: { metric: "latency_p50_ns" },
      unit: "ns",
      bar: { kind: "keep", better: "lower", margin: 0.05 },
    },
  ],
  rounds: { least: 10, most: 20, budgetSeconds: 300 },
  driftCell: { workload: "keyed-pk@2", scale: "smoke", adapter: "node-sqlite" },
  withoutEvidence: "Planned",
};
`;
