/**
 * The changes of a table's rows in one commit, one by one, as triggers tell them.
 *
 * They are told to the end or not at all: what SQLite has undone, what came in another order, and what is read in another way by
 * a query than by a trigger, makes all of them unknown until the next commit.
 *
 * @module
 */

import type { RowChange } from "../protocol.ts";
import { isExactText } from "../sqlite/patch_plan.ts";
import type { SqlValue } from "../values.ts";

/** More changes than this cost more on their way than a query that is asked again. */
const maxChanges = 64;

/** Gathers the changes of one table. */
export class RowChanges {
  #changes: SqlValue[][] | null = [];

  /** Adds one; what a trigger was given, of which these positions count. */
  add(given: readonly SqlValue[], positions: readonly number[]): void {
    if (this.#changes === null) return;
    const change = positions.map((at) => toExact(given[at]!));
    if (this.#changes.length === maxChanges || change.includes(undefined)) this.spoil();
    else this.#changes.push(change as SqlValue[]);
  }

  /** What was told does not tell everything. */
  spoil(): void {
    this.#changes = null;
  }

  /** What was told since the last call, or null. */
  take(): readonly RowChange[] | null {
    const changes = this.#changes;
    if (changes === null || changes.length > 0) this.#changes = [];
    return changes;
  }
}

/** The value as a query gives it; undefined where that may differ, or is too large to be told. */
function toExact(value: SqlValue): SqlValue | undefined {
  switch (typeof value) {
    case "bigint": {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : undefined;
    }
    case "string":
      return value.length <= 4096 && isExactText(value) ? value : undefined;
    case "object":
      return value === null ? null : undefined;
    default:
      return value;
  }
}
