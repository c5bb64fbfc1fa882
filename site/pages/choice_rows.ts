/** Which rows "Which database?" shows, in which groups and order, and who has which place. Pure. */
import { ADAPTER_CLASSES, type AdapterClass } from "../../lib/model/adapter_class.ts";
import { isClose, type Ratio, scoreDatabases, type ScoredDatabase } from "./choice_score.ts";
import type { ChoiceState, Need } from "./choice_state.ts";
import type { ChoiceDatabase, ChoiceQuestion, ChoiceValue, ChoiceView } from "./choice_view.ts";

/** A row. */
export interface ChoiceRow extends ScoredDatabase {
  /** Its place among the ranked rows that it is compared with, counted from 1. */
  readonly rank?: number;
  /** Its score and that of the row before it in the ranking could differ by chance. */
  readonly isClose?: boolean;
}

/** Rows that stand together. */
export interface ChoiceGroup {
  /** Absent where rows do not stand in groups. */
  readonly cellClass?: AdapterClass;
  /** In the order of the page. */
  readonly rows: readonly ChoiceRow[];
}

/** The groups that have rows, in the order of classes. Scores are against the best of the rows that are shown. */
export function choiceGroups(view: ChoiceView, state: ChoiceState): ChoiceGroup[] {
  const isMeant = (database: ChoiceDatabase): boolean => isShown(database, state, view.databases);
  const shown = scoreDatabases(view, state, isMeant).filter(({ database }) => isMeant(database));
  const groups: readonly { readonly cellClass?: AdapterClass; readonly rows: readonly ScoredDatabase[] }[] =
    state
        .isGrouped
      ? ADAPTER_CLASSES.map((cellClass) => ({
        cellClass,
        rows: shown.filter(({ database }) => database.cellClass === cellClass),
      }))
      : [{ rows: shown }];
  return groups.filter(({ rows }) => rows.length > 0).map(({ rows, ...group }) => ({
    ...group,
    rows: sorted(ranked(rows), state, view.questions),
  }));
}

/** Whether a database has what the reader needs, and has not been taken out. */
export function isShown(
  database: ChoiceDatabase,
  { needs, hasVariants, hidden }: Pick<ChoiceState, "needs" | "hasVariants" | "hidden">,
  all: readonly ChoiceDatabase[],
): boolean {
  return !hidden.includes(database.name) && needs.every((need) => hasNeed(database, need)) &&
    (hasVariants || !isVariant(database, all));
}

/** It has options that differ from the defaults, and the same database without them is there as well. */
export function isVariant({ adapter, options }: ChoiceDatabase, all: readonly ChoiceDatabase[]): boolean {
  return options !== "" && all.some((other) => other.adapter === adapter && other.options === "");
}

/** What is not known is not had. */
function hasNeed({ persists, sql, runsIn }: ChoiceDatabase, need: Need): boolean {
  if (need === "persists") return persists === true;
  if (need === "sql") return sql === true;
  return runsIn.includes(need);
}

function ranked(rows: readonly ScoredDatabase[]): ChoiceRow[] {
  const order = rows.filter(({ score }) => score !== undefined)
    .toSorted((a, b) => a.score!.value - b.score!.value);
  return rows.map((row) => {
    const place = order.indexOf(row);
    if (place < 0) return row;
    const before = order[place - 1];
    return {
      ...row,
      rank: place + 1,
      isClose: before !== undefined && isClose(before.score as Ratio, row.score as Ratio),
    };
  });
}

/** Rows without a value come last both ways; wrong ones after all others. Equal rows keep the order of the plan. */
function sorted(
  rows: readonly ChoiceRow[],
  state: ChoiceState,
  questions: readonly ChoiceQuestion[],
): ChoiceRow[] {
  const { column, isDescending } = state.sort;
  const sign = isDescending ? -1 : 1;
  const keys = new Map(rows.map((row) => [row, sortKey(row, column, state.metric, questions)]));
  const standing = ({ standing: { kind } }: ChoiceRow): number => Number(kind === "wrong");
  return rows.toSorted((a, b) => {
    if (standing(a) !== standing(b)) return standing(a) - standing(b);
    const [left, right] = [keys.get(a), keys.get(b)];
    if (left === undefined || right === undefined) {
      return left === right ? 0 : left === undefined ? 1 : -1;
    }
    if (left === right) return 0;
    return sign * (left < right ? -1 : 1);
  });
}

function sortKey(
  { database, score, aspects, rank }: ChoiceRow,
  column: string,
  metric: string,
  questions: readonly ChoiceQuestion[],
): number | string | undefined {
  switch (column) {
    case "score":
      return rank ?? score?.value;
    case "speed":
    case "freshness":
    case "main":
      return aspects[column]?.value;
    case "name":
      return database.title.toLowerCase() + database.options;
    case "class":
      return ADAPTER_CLASSES.indexOf(database.cellClass);
    case "persists":
    case "sql":
      return database[column] === undefined ? undefined : Number(!database[column]);
    case "runs":
      return -database.runsIn.length;
    case "works":
      return database.worksOn || undefined;
    case "waits":
      return database.delay?.atMostMs;
    case "versions":
      return database.versions || undefined;
    default: {
      const question = questions.findIndex(({ id }) => `q-${id}` === column);
      return questionValue(database, question, metric)?.[0];
    }
  }
}

/**
 * One number for a workload: the sum over its phases where the metric is a span that adds up, else the largest of the
 * phases that have one. With the sums or the largest of the ends, so that the interval is rather too wide.
 */
export function questionValue(
  { cells }: ChoiceDatabase,
  question: number,
  metric: string,
): ChoiceValue | undefined {
  const phases = cells[question]?.phases ?? [];
  const values = phases.flatMap((phase) => phase[metric] === undefined ? [] : [phase[metric]]);
  const isSpan = metric === "done_ns" || metric === "main_busy_ns";
  if (values.length === 0 || (isSpan && values.length < phases.length)) return undefined;
  const fold = (index: 0 | 1 | 2): number => {
    const own = values.map((value) => value[index]);
    return isSpan ? own.reduce((sum, one) => sum + one, 0) : Math.max(...own);
  };
  return [fold(0), fold(1), fold(2)];
}
