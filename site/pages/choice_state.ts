/**
 * Everything that a reader of "Which database?" has chosen, and the same as the fragment of an address. Only what
 * differs from the defaults is written, so that the plain page has a plain address. What an address holds is anybody's:
 * unknown names are left out, and numbers are cut to their range.
 */
import { ASPECTS, type Choice, type Weights } from "./choice_score.ts";
import type { ChoiceView } from "./choice_view.ts";

/** What a database can be asked to have. */
export const NEEDS = ["persists", "sql", "browser", "node", "react-native", "deno", "bun"] as const;

/** See {@link NEEDS}. */
export type Need = typeof NEEDS[number];

/** Columns beside the name, in their order; workloads have one each, named `q-` and their id. */
export const FIXED_COLUMNS = [
  "score",
  "speed",
  "freshness",
  "main",
  "questions",
  "class",
  "persists",
  "sql",
  "runs",
  "works",
  "waits",
  "versions",
] as const;

/** See {@link FIXED_COLUMNS}. */
export type FixedColumn = typeof FIXED_COLUMNS[number];

const DEFAULT_COLUMNS: readonly FixedColumn[] = [
  "score",
  "speed",
  "freshness",
  "main",
  "questions",
  "persists",
  "sql",
  "runs",
];

/** Largest weight; sliders go from 0 to it in steps of 1. */
export const MOST_WEIGHT = 4;

/** What every aspect counts by default. */
const PLAIN_WEIGHT = 2;

/** What a reader has chosen. */
export interface ChoiceState extends Choice {
  /** A database without one of these is left out. */
  readonly needs: readonly Need[];
  /** Databases with options that differ from their default are shown beside those without. */
  readonly hasVariants: boolean;
  /** Rows stand in groups by class. */
  readonly isGrouped: boolean;
  /** Names of rows that were taken out. */
  readonly hidden: readonly string[];
  /** Columns that are shown. */
  readonly columns: readonly FixedColumn[];
  /** Id of the metric whose numbers the columns of workloads show. */
  readonly metric: string;
  /** Column that rows are sorted by, and which way. */
  readonly sort: { readonly column: string; readonly isDescending: boolean };
  /** Names of rows whose parts are unfolded. */
  readonly open: readonly string[];
}

/** What is shown to whoever has chosen nothing. */
export function defaultState({ questions, metrics }: Pick<ChoiceView, "questions" | "metrics">): ChoiceState {
  return {
    asked: questions.map(({ id }) => id),
    weights: { speed: PLAIN_WEIGHT, freshness: PLAIN_WEIGHT, main: PLAIN_WEIGHT },
    against: "class",
    needs: [],
    hasVariants: false,
    isGrouped: true,
    hidden: [],
    columns: DEFAULT_COLUMNS,
    metric: metrics[0]?.id ?? "",
    sort: { column: "score", isDescending: false },
    open: [],
  };
}

/** The fragment of an address, without `#`; empty for the defaults. */
export function formatState(state: ChoiceState, view: ChoiceView): string {
  const plain = defaultState(view);
  const out = new URLSearchParams();
  for (const aspect of ASPECTS) {
    if (state.weights[aspect] !== plain.weights[aspect]) out.set(aspect, String(state.weights[aspect]));
  }
  const list = (key: string, chosen: readonly string[], usual: readonly string[]): void => {
    if (chosen.join() !== usual.join()) out.set(key, chosen.join("~") || "none");
  };
  list("ask", state.asked, plain.asked);
  list("need", state.needs, plain.needs);
  if (state.hasVariants) out.set("options", "all");
  if (!state.isGrouped) out.set("groups", "no");
  const { against } = state;
  if (against !== "class") out.set("vs", typeof against === "string" ? against : `=${against.name}`);
  list("hide", state.hidden, plain.hidden);
  list("columns", state.columns, plain.columns);
  if (state.metric !== plain.metric) out.set("of", state.metric);
  const { column, isDescending } = state.sort;
  if (column !== plain.sort.column || isDescending) out.set("sort", `${isDescending ? "-" : ""}${column}`);
  list("open", state.open, plain.open);
  return out.toString();
}

/** What a fragment says, with or without `#`. */
export function parseState(fragment: string, view: ChoiceView): ChoiceState {
  const plain = defaultState(view);
  const read = new URLSearchParams(fragment.replace(/^#/, ""));
  const names = view.databases.map(({ name }) => name);
  const chosen = <T extends string>(key: string, known: readonly T[], usual: readonly T[]): readonly T[] => {
    const text = read.get(key);
    if (text === null) return usual;
    const wanted = text.split("~");
    return known.filter((one) => wanted.includes(one));
  };
  const sort = /^(-?)([\w-]+)$/.exec(read.get("sort") ?? "");
  return {
    asked: chosen("ask", plain.asked, plain.asked),
    weights: Object.fromEntries(ASPECTS.map((aspect) => [aspect, weightIn(read.get(aspect))])) as Weights,
    against: referenceIn(read.get("vs"), names),
    needs: chosen("need", NEEDS, plain.needs),
    hasVariants: read.get("options") === "all",
    isGrouped: read.get("groups") !== "no",
    hidden: chosen("hide", names, plain.hidden),
    columns: chosen("columns", FIXED_COLUMNS, plain.columns),
    metric: view.metrics.find(({ id }) => id === read.get("of"))?.id ?? plain.metric,
    sort: sort === null ? plain.sort : { column: sort[2]!, isDescending: sort[1] === "-" },
    open: chosen("open", names, plain.open),
  };
}

function weightIn(text: string | null): number {
  if (text === null || !/^\d{1,3}$/.test(text)) return PLAIN_WEIGHT;
  return Math.min(MOST_WEIGHT, Number(text));
}

function referenceIn(text: string | null, names: readonly string[]): Choice["against"] {
  if (text === "all") return "all";
  const name = text?.startsWith("=") ? text.slice(1) : undefined;
  return name !== undefined && names.includes(name) ? { name } : "class";
}
