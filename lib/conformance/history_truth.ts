/** What each query of a history must show after each of its commits. */
import type { Table } from "../model/schema.ts";
import { type Query, select, unqualified } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import type { Operation } from "../model/workload.ts";
import { acceptsRows, type State, Truth } from "../oracle/mod.ts";
import type { History, Step } from "./history.ts";

/** States of one query by number of commits, from none to all. */
export interface QueryStates {
  /** Whether a result is the one after this many commits; tied rows may come in any order. */
  isAt(commitCount: number, rows: readonly Row[]): boolean;
  /** A right result after this many commits. */
  rowsAt(commitCount: number): readonly Row[];
}

/** The truth of a history whose writes commit in the order in which they are called. */
export class HistoryTruth {
  readonly #tables: readonly Table[];
  readonly #commits: readonly Operation[];
  readonly #states = new Map<Query, Map<string, QueryStates>>();

  /** Where a batch is not atomic, each of its rows is a commit of its own. */
  constructor({ tables, steps }: History, isBatchAtomic: boolean) {
    this.#tables = tables;
    this.#commits = steps.flatMap((step) => commitsOf(step, isBatchAtomic));
  }

  /** How many commits all steps make together. */
  get commitCount(): number {
    return this.#commits.length;
  }

  /** What a query shows after each commit. */
  of(query: Query, args: Args): QueryStates {
    const byArgs = this.#states.get(query) ?? new Map<string, QueryStates>();
    this.#states.set(query, byArgs);
    const key = JSON.stringify(
      args,
      (_, value) => typeof value === "bigint" ? { big: String(value) } : value,
    );
    const known = byArgs.get(key);
    if (known !== undefined) return known;
    const truth = new Truth(this.#tables, []);
    const states: State[] = [truth.state(query, args)];
    for (const commit of this.#commits) {
      truth.apply(commit);
      states.push(truth.state(query, args));
    }
    const columns = query.kind === "select" ? query.columns.map(unqualified) : [query.as];
    const made: QueryStates = {
      isAt: (commitCount, rows) => acceptsRows(states[commitCount]!, rows, columns),
      rowsAt: (commitCount) => states[commitCount]!.rows,
    };
    byArgs.set(key, made);
    return made;
  }
}

/** How many commits a step makes. */
export function commitsOf(step: Step, isBatchAtomic: boolean): Operation[] {
  switch (step.do) {
    case "write": {
      const { statement, args } = step;
      return [{ kind: "write", label: "", statement, args }];
    }
    case "batch": {
      const { statement, rows } = step;
      if (isBatchAtomic) return [{ kind: "batch", label: "", statement, rows }];
      return rows.map((args): Operation => ({ kind: "write", label: "", statement, args }));
    }
    default:
      return [];
  }
}

/** Every row of a table, in the order of its keys, without keys that the database assigns. */
export function wholeTable({ name, columns, primaryKey, autoKey }: Table): Query {
  const shown = columns.map((column) => column.name).filter((column) => !(autoKey && column === primaryKey));
  const unique = autoKey ? columns.find((column) => column.unique)?.name ?? primaryKey : primaryKey;
  return select({ table: name, columns: shown, where: [], orderBy: [{ column: unique, descending: false }] });
}

/** Arguments as text for a message. */
export function argsText(args: readonly Value[]): string {
  return `(${
    args.map((value) => typeof value === "bigint" ? `${value}n` : JSON.stringify(value)).join(", ")
  })`;
}
