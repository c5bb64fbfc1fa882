/** The generated pages: one per experiment, and the index. Pure: the same research gives the same bytes. */
import { markdownTable } from "markdown-table";
import type { Criterion, Experiment, Wakeup } from "../../model/experiment.ts";
import { formatQuantity } from "../../report/format.ts";
import { markdownText } from "../../report/safe_text.ts";
import { judgeClaims, type JudgedClaim } from "../map/beliefs.ts";
import { compareIds } from "../sources/experiment_id.ts";
import { isObject } from "../sources/json_value.ts";
import { type Bearing, claimBearings } from "../rules/bearing.ts";
import { criteriaOf, judgedArms } from "../rules/judged_arms.ts";
import {
  dispositionOf,
  EXPERIMENTS_FOLDER,
  type LoadedDirection,
  type LoadedExperiment,
  pageFile,
  pictureFile,
  type Research,
} from "../sources/load_experiments.ts";
import { claimsBySource } from "../map/signal_map.ts";
import { JOURNAL_FILE, journalPage } from "./journal.ts";
import { type NamedSeries, tracePicture } from "./trace_picture.ts";
import { seriesName, traceSeriesOf } from "./trace_series.ts";
import {
  describeBar,
  describeDisposition,
  describePlace,
  describeQuantity,
  resultRow,
  tableRows,
} from "../rules/wording.ts";

/** Where the index is kept, relative to the root. */
export const INDEX_FILE = `${EXPERIMENTS_FOLDER}/README.md`;

/** Generated text of the index. */
export function indexPage(
  { experiments, directions, lessons }: Research,
  judged: readonly JudgedClaim[],
): string {
  const byClass = (...classes: readonly (string | undefined)[]): LoadedExperiment[] =>
    experiments.filter((loaded) => classes.includes(dispositionOf(loaded)?.outcomeClass)).reverse();
  const parts = [
    generatedNote("the experiment and direction files"),
    "# Experiments",
    "Every change that claims to be worth it starts here as a question with a decision rule, and ends with a computed " +
    "verdict. Rejected experiments stay: nobody should walk the same dead end twice.",
    ...section("Accepted", byClass("accepted"), judged),
    ...section("In Review", byClass("in_review", undefined), judged),
    ...section("Rejected", byClass("rejected", "deferred", "watch"), judged),
    ...(lessons.length === 0 ? [] : [
      `What was learned beyond one experiment, and when it is needed again: the [journal](JOURNAL.md), ${
        lessons.length === 1 ? "one lesson" : `${lessons.length} lessons`
      }.`,
    ]),
    "## Directions",
    ...directions.flatMap((direction) => directionPart(direction, experiments)),
  ];
  return parts.join("\n\n") + "\n";
}

/** Generated text of an experiment's page. */
export function experimentPage(loaded: LoadedExperiment, judged: readonly JudgedClaim[]): string {
  const { id, file, experiment, outcome } = loaded;
  const { title, question, hypothesis, wouldChangeOurMind, learned } = experiment;
  const parts = [
    generatedNote(file.slice(EXPERIMENTS_FOLDER.length + 1)),
    `# Experiment ${id}: ${markdownText(title)}`,
    headLines(loaded, judged).join("  \n"),
    ...(learned === undefined ? [] : [`**In short.** ${learned.summary.trim()}`]),
    "## Question",
    question.trim(),
    "## Hypothesis",
    hypothesis.trim(),
    `**What would change our mind.** ${wouldChangeOurMind.trim()}`,
    "## Approach",
    ...approachParts(experiment),
    "## Results",
    ...resultParts(loaded),
    ...(dispositionOf(loaded) === undefined ? [] : [
      "## Decision",
      `**${capital(describeDisposition(dispositionOf(loaded)))}.** ${learned?.summary ?? ""}`.trim(),
    ]),
    ...(outcome === undefined || learned?.setAside === undefined ? [] : [
      `The rule says ${describeDisposition(outcome)}. It is set aside: ${learned.setAside.because}`,
    ]),
    ...(learned?.reading ?? []).map((paragraph) => paragraph.trim()),
    ...bullets("What changed", learned?.changedBeliefs ?? []),
    ...bullets("Claims", judged.filter(({ source }) => source === id).map((one) => claimLine(one, loaded))),
    ...bullets("What would wake a candidate up", (learned?.wakeups ?? []).map(wakeupLine)),
    ...bullets("What to look at next", learned?.nextSignals ?? []),
  ];
  return parts.join("\n\n") + "\n";
}

function generatedNote(source: string): string {
  return `<!-- Generated from ${source}: edit there, then run "deno task signals generate" -->`;
}

function section(
  title: string,
  experiments: readonly LoadedExperiment[],
  judged: readonly JudgedClaim[],
): string[] {
  if (experiments.length === 0) return [`## ${title}`, "None."];
  const rows = experiments.map((loaded) => {
    const { id, slug, experiment } = loaded;
    const lineage = lineageOf(id, judged);
    return [
      `[${id}](${id}-${slug}.md)${lineage.length === 0 ? "" : `<br>${lineage.join("<br>")}`}`,
      markdownText(experiment.title),
      experiment.experimentClass,
      describeDisposition(dispositionOf(loaded)),
      cellText(experiment.learned?.summary ?? experiment.withoutEvidence ?? experiment.question),
    ];
  });
  return [
    `## ${title}`,
    markdownTable([["#", "experiment", "class", "outcome", "what came of it"], ...rows]),
  ];
}

function directionPart({ id, fields }: LoadedDirection, experiments: readonly LoadedExperiment[]): string[] {
  const text = (key: string): string => typeof fields[key] === "string" ? fields[key].trim() : "";
  const texts = (key: string): string[] => Array.isArray(fields[key]) ? fields[key].map(String) : [];
  const candidates = Array.isArray(fields["openCandidates"]) ? fields["openCandidates"].filter(isObject) : [];
  const own = experiments.filter(({ experiment }) => experiment.directions.includes(id));
  const link = (experimentId: string): string => {
    const found = experiments.find((one) => one.id === experimentId);
    return found === undefined ? experimentId : `[${experimentId}](${found.id}-${found.slug}.md)`;
  };
  const facts = [
    ["Read first", texts("keyPriors").map(link)],
    ["Experiments", own.map((one) => link(one.id))],
    ["Waits for", texts("blockedOnMeasurement")],
  ] as const;
  return [
    `### ${id} (${text("status")})`,
    text("currentRead"),
    facts.filter(([, items]) => items.length > 0).map(([label, items]) => `**${label}:** ${items.join(", ")}`)
      .join("  \n"),
    candidates.map(({ idea, addedDate, blockedOn }) =>
      `- ${idea} (since ${addedDate}${blockedOn === undefined ? "" : `; waits for ${blockedOn}`})`
    ).join("\n"),
  ].filter((part) => part !== "");
}

function headLines(loaded: LoadedExperiment, judged: readonly JudgedClaim[]): string[] {
  const { id, experiment, outcome, preregistered } = loaded;
  const status = describeDisposition(dispositionOf(loaded));
  const winner = outcome?.winner === undefined ? "" : `, arm ${outcome.winner}`;
  const runs = (outcome?.evidence ?? []).map(({ run, role }) =>
    `[${run}](../results/${run}/report.md) (${role})`
  );
  const evidence = runs.length > 0 ? runs.join(", ") : `none: ${experiment.withoutEvidence ?? "not run"}`;
  const lineage = lineageOf(id, judged);
  return [
    `**Date:** ${experiment.date}`,
    `**Status:** ${capital(status)}${winner}`,
    `**Direction:** ${experiment.directions.map((direction) => `\`${direction}\``).join(", ")}`,
    `**Class:** ${experiment.experimentClass}`,
    `**Benchmark Run:** ${evidence}`,
    ...(lineage.length === 0 ? [] : [`**Lineage:** ${lineage.join(", ")}`]),
    `**Settled:** \`${(outcome?.preregistered ?? preregistered).slice(0, 16)}\`${
      outcome === undefined ? "" : `, recorded ${outcome.recordedAt}`
    }`,
  ];
}

function approachParts(experiment: Experiment): string[] {
  const { arms, control, cells, rounds, driftCell } = experiment;
  const optionText = (options: Readonly<Record<string, string>> = {}): string =>
    Object.entries(options).map(([name, value]) => `${name}=${value}`).join(", ");
  const armRows = arms.map(({ name, adapter, options, revision }) => [
    name === control ? `${name} (control)` : name,
    adapter,
    markdownText(optionText(options)),
    revision === undefined ? "" : `\`${revision}\``,
  ]);
  const criterionRows = criteriaOf(experiment).map((criterion) => [
    experiment.primary.includes(criterion) ? "primary" : "guardrail",
    markdownText(criterion.title),
    describePlace(criterion.place),
    `\`${describeQuantity(criterion.quantity)}\``,
    describeBar(criterion.bar, criterion.unit, control),
    judgedArms(experiment, criterion).join(", "),
  ]);
  const drift = driftCell === undefined
    ? ""
    : ` ${driftCell.workload} at ${driftCell.scale} on ${driftCell.adapter} runs in every round, unchanged, to show drift.`;
  return [
    markdownTable([["arm", "adapter", "options", "revision"], ...armRows]),
    `Cells: ${
      cells.map(({ workload, scale }) => `${workload} at ${scale}`).join(", ")
    }. ${rounds.least} to ` +
    `${rounds.most} rounds within ${rounds.budgetSeconds} s.${drift}`,
    markdownTable([["role", "criterion", "where", "quantity", "bar", "judges"], ...criterionRows]),
  ];
}

function resultParts(loaded: LoadedExperiment): string[] {
  const { experiment, outcome } = loaded;
  if (outcome === undefined) {
    const { withoutEvidence } = experiment;
    return [withoutEvidence === undefined ? "None yet." : `None: ${withoutEvidence.replace(/\.$/, "")}.`];
  }
  const criteria = new Map<string, Criterion>(
    criteriaOf(experiment).map((criterion) => [criterion.id, criterion]),
  );
  const rows = outcome.results.flatMap((result) => {
    const criterion = criteria.get(result.criterion);
    return criterion === undefined ? [] : [resultRow(criterion, result).map((text) => markdownText(text))];
  });
  const notes = outcome.results.flatMap(({ criterion, arm, note }) =>
    note === undefined ? [] : [`- ${criterion}, ${arm}: ${markdownText(note)}`]
  );
  const head = ["criterion", "arm", "value", "control", "ratio to control", "comparison", "result"];
  const picture = pictureFile(loaded).slice(EXPERIMENTS_FOLDER.length + 1);
  return [
    markdownTable([head, ...rows]),
    ...(notes.length === 0 ? [] : [notes.join("\n")]),
    ...(outcome.results.some(({ comparison }) => comparison !== undefined) ? [readingGuide(experiment)] : []),
    ...(tracesOf(loaded).length === 0
      ? []
      : [`![Bursts batch by batch, from commit to delivery; the numbers are in tables below](${picture})`]),
    ...outcome.tables.flatMap((table) => [
      `### ${markdownText(table.title)}`,
      ...folded(
        markdownTable([
          table.columns.map(({ title }) => markdownText(title)),
          ...tableRows(table).map((row) => row.map((text) => markdownText(text))),
        ], { align: table.columns.map(({ unit }) => unit === undefined ? "left" : "right") }),
        table.rows.length,
      ),
      ...(table.notes.length === 0 ? [] : [table.notes.map((note) => `- ${markdownText(note)}`).join("\n")]),
    ]),
  ];
}

/** Rows of a table beyond which a page shows it only when asked. */
const SHOWN_ROW_COUNT = 40;

function folded(table: string, rowCount: number): string[] {
  if (rowCount <= SHOWN_ROW_COUNT) return [table];
  return [`<details><summary>${rowCount} rows</summary>`, table, "</details>"];
}

/** Two columns of the results answer two questions, and may seem to disagree. */
function readingGuide({ primary, guardrails }: Experiment): string {
  const bars = [...primary, ...guardrails].map(({ bar }) => bar.kind);
  return [
    "*Comparison* says whether there is a difference at all: `better` and `worse` need chance ruled out, over all that " +
    "was compared and looked at, and more than the floor, which is what the machine makes up by itself or 3 %; " +
    "`equivalent` needs the whole interval inside the margin. *Result* says whether the bar is cleared.",
    ...(bars.includes("improve")
      ? [
        "An improvement is a pass when it is `better` and reaches its bar, a miss when the whole interval falls short of it.",
      ]
      : []),
    ...(bars.includes("keep")
      ? [
        "A guardrail is a pass when the whole interval keeps it, whatever the difference is called, a miss when none of it does.",
      ]
      : []),
  ].join(" ");
}

function claimLine(
  { claim: { id, text, conditions, edges = [] }, state, by }: JudgedClaim,
  { experiment, outcome }: LoadedExperiment,
): string {
  const bearings = claimBearings(experiment, outcome).filter(({ claim }) => claim === id);
  const isDead = state !== "live";
  return [
    isDead ? `~~**${id}** ${text}~~ (${state}: ${by.join(", ")})` : `**${id}** ${text}`,
    ...(conditions === undefined ? [] : [`(${conditions})`]),
    ...(edges.length === 0 ? [] : [`[${edges.map(({ type, target }) => `${type} ${target}`).join(", ")}]`]),
    ...bearings.map(({ bearing, replication: { run, machineId, commit } }) =>
      `**${BEARING_WORDS[bearing]}** [${run}](../results/${run}/report.md) on machine ${
        machineId.slice(0, 8)
      }${commit === undefined ? "" : `, commit ${commit.slice(0, 7)}`}.`
    ),
  ].join(" ");
}

const BEARING_WORDS: Readonly<Record<Bearing, string>> = {
  "confirms": "Confirmed by",
  "weakens": "Weakened by",
  "refutes": "Refuted by",
  "tells nothing": "Not touched by",
};

function wakeupLine({ idea, adapter, place, quantity, unit, comparison, value }: Wakeup): string {
  return `${idea.replace(/\.$/, "")}: when \`${describeQuantity(quantity)}\` is ${comparison} ${
    formatQuantity(value, unit)
  } in a newer run of ${adapter} (${describePlace(place)}).`;
}

/** What later experiments did to the claims of this one. */
function lineageOf(id: string, judged: readonly JudgedClaim[]): string[] {
  const words = { refutes: "refuted", supersedes: "superseded", refines: "refined" } as const;
  return Object.entries(words).flatMap(([type, word]) => {
    const sources = judged.filter(({ source, claim: { edges = [] } }) =>
      source !== id && edges.some((edge) => edge.type === type && edge.target.startsWith(`${id}.`))
    ).map(({ source }) => source);
    const unique = [...new Set(sources)].sort(compareIds);
    return unique.length === 0 ? [] : [`${word} by ${unique.join(", ")}`];
  });
}

function bullets(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, lines.map((line) => `- ${line}`).join("\n")];
}

/** Prose in a table cell may have markup, but no cell borders. */
function cellText(text: string): string {
  return text.trim().replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Bursts that the outcome of an experiment holds. */
function tracesOf({ experiment, outcome }: LoadedExperiment): NamedSeries[] {
  return (outcome?.tables ?? []).flatMap((table) => {
    const series = traceSeriesOf(table);
    return series === undefined ? [] : [{ name: seriesName(series, experiment.arms), series }];
  });
}

/** Paths and texts of all pages, and of the pictures that they show. */
export function pages(research: Research): ReadonlyMap<string, string> {
  const judged = judgeClaims(claimsBySource(research.experiments));
  return new Map([
    [INDEX_FILE, indexPage(research, judged)],
    ...(research.lessons.length === 0 ? [] : [[JOURNAL_FILE, journalPage(research.lessons)] as const]),
    ...research.experiments.flatMap((loaded) => {
      const traces = tracesOf(loaded);
      return [
        [pageFile(loaded), experimentPage(loaded, judged)] as const,
        ...(traces.length === 0 ? [] : [[pictureFile(loaded), tracePicture(traces)] as const]),
      ];
    }),
  ]);
}
