/** The true result of one query, kept up to date with the rows that are written. */
import type { Row } from "../model/value.ts";
import type { RowChange } from "./apply_write.ts";
import type { CountPlan, Match, QueryPlan, SelectPlan, SumPlan } from "./query_plan.ts";
import type { State, Ties } from "./state.ts";
import type { TableStore } from "./table_store.ts";
import { rowsEqual, valuesEqual } from "./value_equality.ts";
import { compareValues } from "./value_order.ts";

/** What views read: the tables by name, and a count of the rows that they looked at. */
export interface ViewSource {
  readonly stores: ReadonlyMap<string, TableStore>;
  /** Rows that were tested against conditions; grows with the work and not with time. */
  rowEvaluations: number;
}

/** A query whose current state can be asked for at any time. */
export interface View {
  readonly plan: QueryPlan;
  /** Takes notice of a written row; the tables already contain it. */
  note(change: RowChange): void;
  /** The current state. */
  state(): State;
}

/** Makes the view of a query. It stays correct only while every change is noted. */
export function openView(plan: QueryPlan, source: ViewSource): View {
  switch (plan.kind) {
    case "count":
      return new CountView(plan, source);
    case "sum":
      return new SumView(plan, source);
    case "select":
      return new SelectView(plan, source);
  }
}

class CountView implements View {
  readonly plan: CountPlan;
  readonly #source: ViewSource;
  #count: number;
  #state: State | undefined;

  constructor(plan: CountPlan, source: ViewSource) {
    this.plan = plan;
    this.#source = source;
    this.#count = 0;
    if (plan.countsAll) this.#count = source.stores.get(plan.table.name)!.rowCount;
    else for (const _ of candidates(plan, source)) this.#count += 1;
  }

  note({ before, after }: RowChange): void {
    const difference = this.#counted(after) - this.#counted(before);
    if (difference === 0) return;
    this.#count += difference;
    this.#state = undefined;
  }

  state(): State {
    return this.#state ??= { rows: [{ [this.plan.columns[0]!]: this.#count }] };
  }

  #counted(row: Row | undefined): number {
    if (row === undefined) return 0;
    this.#source.rowEvaluations += 1;
    return this.plan.isCandidate(row) ? 1 : 0;
  }
}

class SumView implements View {
  readonly plan: SumPlan;
  readonly #source: ViewSource;
  #sum = 0;
  #state: State | undefined;

  constructor(plan: SumPlan, source: ViewSource) {
    this.plan = plan;
    this.#source = source;
    for (const row of candidates(plan, source)) this.#sum += Number(row[plan.column]);
  }

  note({ before, after }: RowChange): void {
    const difference = this.#added(after) - this.#added(before);
    if (difference === 0) return;
    this.#sum += difference;
    this.#state = undefined;
  }

  state(): State {
    return this.#state ??= { rows: [{ [this.plan.columns[0]!]: this.#sum }] };
  }

  #added(row: Row | undefined): number {
    if (row === undefined) return 0;
    this.#source.rowEvaluations += 1;
    return this.plan.isCandidate(row) ? Number(row[this.plan.column]) : 0;
  }
}

/** A row of the result together with the rows that it comes from. */
interface Entry extends Match {
  readonly shown: Row;
}

/**
 * Keeps the result sorted by the order terms and then by primary key.
 *
 * A written row is put in its place without evaluating the query again, except where more than that row can decide:
 * a joined row changes, a limited result loses a row, or a limit cuts through tied rows. Then it is evaluated when
 * somebody asks.
 */
class SelectView implements View {
  readonly plan: SelectPlan;
  readonly #source: ViewSource;
  #entries: Entry[] = [];
  #lastRun: readonly Row[] | undefined;
  #isStale = true;
  #state: State | undefined;

  constructor(plan: SelectPlan, source: ViewSource) {
    this.plan = plan;
    this.#source = source;
  }

  note({ table, before, after }: RowChange): void {
    if (this.#isStale || this.plan.limit === 0) return;
    const { join, leftColumns, rightColumns } = this.plan;
    if (table === join?.table.name && differOn(rightColumns, before, after)) {
      this.#isStale = true;
      return;
    }
    if (table === this.plan.table.name && differOn(leftColumns, before, after)) this.#noteLeft(before, after);
  }

  state(): State {
    if (this.#isStale) this.#evaluate();
    return this.#state ??= this.#snapshot();
  }

  #noteLeft(before: Row | undefined, after: Row | undefined): void {
    const old = this.#written(before);
    const next = this.#written(after);
    if (old === undefined && next === undefined) return;
    const { limit } = this.plan;
    const wasFull = this.#entries.length === limit;
    if (wasFull && !this.#isInWindow(old) && !this.#isInWindow(next)) return;
    this.#state = undefined;
    this.#isStale = this.#isInLastRun(old) || this.#isInLastRun(next);
    if (this.#isStale) return;
    const removed = old && this.#remove(old);
    if (next !== undefined) this.#insert(next, removed);
    // Behind the end of a full window wait rows that nobody kept: one of them follows when a row leaves, and may come
    // before a row that moved to the end.
    this.#isStale = wasFull && removed !== undefined &&
      (next === undefined || (this.#entries.at(-1)!.left === next.left && this.#compare(next, removed) > 0));
    if (this.#entries.length > limit) this.#dropLast();
  }

  /** A row that was or is written, if it fulfils the conditions. */
  #written(row: Row | undefined): Match | undefined {
    if (row === undefined) return undefined;
    this.#source.rowEvaluations += 1;
    return this.plan.isCandidate(row) ? this.#matched(row) : undefined;
  }

  /** Whether a row ties with the last run of a result whose limit cuts through that run. */
  #isInLastRun(match: Match | undefined): boolean {
    return match !== undefined && this.#lastRun !== undefined &&
      this.plan.compare(match, this.#entries.at(-1)!) === 0;
  }

  #dropLast(): void {
    const dropped = this.#entries.pop()!;
    this.#lastRun = undefined;
    // Which other rows tie with it is only known after an evaluation.
    if (!this.plan.isTotal && this.plan.compare(this.#entries.at(-1)!, dropped) === 0) this.#isStale = true;
  }

  /** Whether a row is, or would be, among the rows of a full window. */
  #isInWindow(match: Match | undefined): boolean {
    if (match === undefined) return false;
    return this.plan.compare(match, this.#entries.at(-1)!) <= 0;
  }

  #remove(match: Match): Entry | undefined {
    const at = this.#positionOf(match);
    const entry = this.#entries[at];
    if (entry === undefined || this.#compare(entry, match) !== 0) return undefined;
    this.#entries.splice(at, 1);
    return entry;
  }

  #insert(match: Match, previous: Entry | undefined): void {
    const shown = this.plan.show(match);
    const isSame = previous !== undefined && rowsEqual(previous.shown, shown, this.plan.columns);
    this.#entries.splice(this.#positionOf(match), 0, { ...match, shown: isSame ? previous.shown : shown });
  }

  /** The first position whose entry does not sort before `match`. */
  #positionOf(match: Match): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#entries[middle]!, match) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compare(a: Match, b: Match): number {
    const key = this.plan.table.primaryKey;
    return this.plan.compare(a, b) || compareValues(a.left[key]!, b.left[key]!);
  }

  #evaluate(): void {
    const { plan } = this;
    const isWalked = walksInOrder(plan);
    const matches: Match[] = [];
    for (const left of candidates(plan, this.#source)) {
      const match = this.#matched(left);
      if (match === undefined) continue;
      if (isWalked && this.#isBeyond(match, matches)) break;
      matches.push(match);
    }
    if (!isWalked) matches.sort((a, b) => this.#compare(a, b));
    const entries = matches.slice(0, plan.limit).map((match) => ({ ...match, shown: plan.show(match) }));
    this.#entries = entries;
    this.#lastRun = this.#runCutBy(entries.at(-1), matches);
    this.#isStale = false;
    this.#state = undefined;
  }

  /** Whether a row that comes after these in order can no longer take part in the result. */
  #isBeyond(match: Match, matches: readonly Match[]): boolean {
    const { limit, isTotal, compare } = this.plan;
    if (matches.length < limit) return false;
    return isTotal || compare(match, matches[limit - 1]!) !== 0;
  }

  /** All rows that tie with the last one shown, when some of them did not fit into the limit. */
  #runCutBy(last: Entry | undefined, matches: readonly Match[]): readonly Row[] | undefined {
    const { limit, isTotal, compare, show } = this.plan;
    const next = matches[limit];
    if (isTotal || last === undefined || next === undefined || compare(next, last) !== 0) return undefined;
    return matches.filter((match) => compare(match, last) === 0).map(show);
  }

  /** A candidate with its joined row, if there is one and the remaining conditions hold. */
  #matched(left: Row): Match | undefined {
    const { join } = this.plan;
    if (join === undefined) return { left };
    const right = this.#source.stores.get(join.table.name)!.get(left[join.leftColumn]!);
    if (right === undefined) return undefined;
    const match = { left, right };
    return this.plan.isMatch(match) ? match : undefined;
  }

  #snapshot(): State {
    const rows = this.#entries.map(({ shown }) => shown);
    const ties = this.#ties();
    return ties === undefined ? { rows } : { rows, ties };
  }

  #ties(): Ties | undefined {
    const { plan } = this;
    if (plan.isTotal) return undefined;
    const starts: number[] = [];
    for (const [i, entry] of this.#entries.entries()) {
      if (i === 0 || plan.compare(this.#entries[i - 1]!, entry) !== 0) starts.push(i);
    }
    if (this.#lastRun !== undefined) return { starts, lastRun: this.#lastRun };
    return starts.length === this.#entries.length ? undefined : { starts };
  }
}

/** The rows of the first table that fulfil its conditions. */
function* candidates(plan: QueryPlan, source: ViewSource): Iterable<Row> {
  const store = source.stores.get(plan.table.name)!;
  for (const row of walksInOrder(plan) ? store.inOrder(plan.order) : accessed(plan, store)) {
    source.rowEvaluations += 1;
    if (plan.isCandidate(row)) yield row;
  }
}

/** Whether candidates are looked at in the order of the result, so that a limit can stop the search. */
function walksInOrder(plan: QueryPlan): plan is SelectPlan {
  return plan.kind === "select" && plan.access.kind === "all" && plan.isOrderedByLeft &&
    plan.order.length > 0 &&
    plan.limit > 0 && plan.limit < Infinity;
}

function accessed({ access }: QueryPlan, store: TableStore): Iterable<Row> {
  switch (access.kind) {
    case "equal":
      return store.equalTo(access.column, access.value);
    case "keys":
      return store.between(access.from, access.below);
    case "all":
      return store.all();
  }
}

function differOn(columns: readonly string[], before: Row | undefined, after: Row | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  return columns.some((column) => !valuesEqual(before[column], after[column]));
}
