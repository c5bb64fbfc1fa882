/** A small view for the tests of "Which database?". Values are in milliseconds and have intervals of ±10 %. */
import type { AdapterClass } from "../../lib/model/mod.ts";
import type { ChoiceCell, ChoiceDatabase, ChoiceValue, ChoiceView } from "./choice_view.ts";

const METRICS = [
  { id: "done_ns", aspect: "speed", title: "done", meaning: "Until all is done" },
  { id: "shown_p50_ns", aspect: "freshness", title: "shown", meaning: "Until it is seen" },
  { id: "stale_max_ns", aspect: "freshness", title: "stale", meaning: "Outdated at worst" },
  { id: "main_busy_ns", aspect: "main", title: "main busy", meaning: "Work of the caller" },
] as const;

/** A value with its interval. */
export function value(ms: number): ChoiceValue {
  return [ms * 1e6, ms * 0.9e6, ms * 1.1e6];
}

/** A cell with one phase, or more; each has done, shown, stale and main busy, `null` where there is none. */
export function cell(
  phases: readonly (readonly (number | null)[])[],
  rest: Partial<ChoiceCell> = {},
): ChoiceCell {
  return {
    status: "verified",
    reason: "",
    blockCount: 6,
    phases: phases.map((values) =>
      Object.fromEntries(
        METRICS.flatMap(({ id }, index) => {
          const ms = values[index];
          return ms === null || ms === undefined ? [] : [[id, value(ms)]];
        }),
      )
    ),
    ...rest,
  };
}

/** A database with cells. */
export function database(
  name: string,
  cellClass: AdapterClass,
  cells: readonly (ChoiceCell | null)[],
  rest: Partial<ChoiceDatabase> = {},
): ChoiceDatabase {
  const options = /\[(.*)\]$/.exec(name)?.[1] ?? "";
  const adapter = name.replace(/\[.*/, "");
  return {
    name,
    adapter,
    title: adapter,
    options,
    cellClass,
    persists: cellClass !== "memory",
    sql: cellClass !== "memory",
    worksOn: "caller",
    runsIn: ["node"],
    versions: `${adapter} 1.0`,
    homepage: "",
    unfair: "",
    gaps: [],
    index: 0,
    cells,
    ...rest,
  };
}

/** Two workloads, the second of two phases. */
export function view(databases: readonly ChoiceDatabase[]): ChoiceView {
  return {
    page: "choice",
    metrics: METRICS,
    questions: [
      {
        id: "rows",
        key: "rows@1",
        title: "Single rows",
        question: "?",
        phases: [{ name: "burst", title: "" }],
      },
      {
        id: "bursts",
        key: "bursts@1",
        title: "Big bursts",
        question: "?",
        phases: [{ name: "bulk", title: "Bulk" }, { name: "merge", title: "Merge" }],
      },
    ],
    databases,
  };
}
