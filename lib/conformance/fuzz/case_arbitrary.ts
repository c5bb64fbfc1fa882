/** Random histories over given tables. */
import fc from "fast-check";
import type { Table } from "../../model/schema.ts";
import {
  type Assignment,
  insert,
  remove,
  update,
  upsert,
  type UpsertStatement,
  type WriteStatement,
} from "../../model/statement.ts";
import type { Args, Value } from "../../model/value.ts";
import type { BoundQuery } from "../../model/workload.ts";
import type { Step } from "../history.ts";
import type { CaseLimits } from "./case_limits.ts";
import { Taken } from "./taken.ts";
import { queryArbitrary } from "./query_arbitrary.ts";
import {
  changeableColumns,
  knownColumns,
  rarely,
  uniqueArbitrary,
  uniqueColumn,
  valueArbitrary,
} from "./schema_arbitrary.ts";

/** A step before it is known what the ones before it leave behind. */
type DraftStep =
  | {
    readonly kind: "write";
    readonly statement: WriteStatement;
    readonly args: Args;
    readonly isAwaited: boolean;
  }
  | {
    readonly kind: "batch";
    readonly statement: WriteStatement;
    readonly rows: readonly Args[];
    readonly isAwaited: boolean;
  }
  | ({ readonly kind: "read" } & BoundQuery)
  | ({ readonly kind: "watch"; readonly leavesAt: number | null } & BoundQuery)
  /** Watches once more what is watched already. */
  | { readonly kind: "again"; readonly which: number }
  | { readonly kind: "close"; readonly which: number }
  | { readonly kind: "settle" };

/**
 * Histories that no database may refuse: a row is inserted only where its key is free. Shrinks to fewer steps and
 * smaller values.
 */
export function caseArbitrary(
  tables: readonly Table[],
  { isLive, isOrdered }: CaseLimits,
): fc.Arbitrary<readonly Step[]> {
  const first = tables[0]!;
  return fc.record({
    seed: insertRowsArbitrary(first, 6),
    partners: insertRowsArbitrary(tables[1]!, 3),
    overlaps: rarely(fc.constant(true)).map((overlaps) => overlaps === true),
    steps: fc.array(stepArbitrary(tables), { minLength: 1, maxLength: 36, size: "max" }),
  }).map(({ seed, partners, overlaps, steps }) =>
    concreteSteps([...seed, ...partners, ...steps], { overlaps: overlaps && isOrdered, isLive })
  );
}

function stepArbitrary(tables: readonly Table[]): fc.Arbitrary<DraftStep> {
  const table = fc.oneof(
    { weight: 4, arbitrary: fc.constant(tables[0]!) },
    { weight: 2, arbitrary: fc.constant(tables[1]!) },
    { weight: 2, arbitrary: fc.constant(tables[2]!) },
  );
  const query = queryArbitrary(tables);
  return fc.oneof(
    { weight: 14, arbitrary: table.chain(writeArbitrary) },
    { weight: 3, arbitrary: table.chain(batchArbitrary) },
    { weight: 3, arbitrary: query.map((bound): DraftStep => ({ kind: "read", ...bound })) },
    {
      weight: 6,
      arbitrary: fc.record({ bound: query, leavesAt: rarely(fc.nat({ max: 2 })) })
        .map(({ bound, leavesAt }): DraftStep => ({ kind: "watch", leavesAt, ...bound })),
    },
    { weight: 1, arbitrary: fc.nat({ max: 9 }).map((which): DraftStep => ({ kind: "close", which })) },
    { weight: 1, arbitrary: fc.nat({ max: 9 }).map((which): DraftStep => ({ kind: "again", which })) },
    { weight: 2, arbitrary: fc.constant<DraftStep>({ kind: "settle" }) },
  );
}

/** One batch of inserts or, where it shrinks to nothing, none. */
function insertRowsArbitrary(table: Table, maxLength: number): fc.Arbitrary<DraftStep[]> {
  return fc.array(rowArbitrary(table), { maxLength }).map((rows): DraftStep[] =>
    rows.length === 0 ? [] : [{ kind: "batch", statement: insertAll(table), rows, isAwaited: true }]
  );
}

function insertAll(table: Table): WriteStatement {
  return insert({ table: table.name, columns: knownColumns(table).map(({ name }) => name) });
}

function rowArbitrary(table: Table): fc.Arbitrary<Value[]> {
  const unique = uniqueColumn(table);
  return fc.tuple(
    ...knownColumns(table).map((column) => column.name === unique ? uniqueArbitrary : valueArbitrary(column)),
  );
}

interface Templated {
  readonly statement: WriteStatement;
  /** Arguments of one run. */
  readonly args: fc.Arbitrary<Value[]>;
}

function writeArbitrary(table: Table): fc.Arbitrary<DraftStep> {
  return statementArbitrary(table).chain(({ statement, args }) =>
    fc.record({ args, isAwaited: fc.boolean() }).map(({ args, isAwaited }): DraftStep => ({
      kind: "write",
      statement,
      args,
      isAwaited,
    }))
  );
}

function batchArbitrary(table: Table): fc.Arbitrary<DraftStep> {
  return statementArbitrary(table).chain(({ statement, args }) =>
    fc.record({ rows: fc.array(args, { maxLength: 4 }), isAwaited: fc.boolean() })
      .map(({ rows, isAwaited }): DraftStep => ({ kind: "batch", statement, rows, isAwaited }))
  );
}

function statementArbitrary(table: Table): fc.Arbitrary<Templated> {
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constant<Templated>({ statement: insertAll(table), args: rowArbitrary(table) }),
    },
    { weight: 1, arbitrary: partialInsertArbitrary(table) },
    // By its key only, which nobody knows where the database assigns it.
    ...(table.autoKey ? [] : [{ weight: 5, arbitrary: updateArbitrary(table) }]),
    {
      weight: 2,
      arbitrary: fc.constant<Templated>({
        statement: remove({ table: table.name, keyColumn: uniqueColumn(table) }),
        args: fc.tuple(uniqueArbitrary),
      }),
    },
    { weight: table.autoKey ? 5 : 1, arbitrary: upsertArbitrary(table) },
  );
}

/** Leaves out columns that may be NULL. */
function partialInsertArbitrary(table: Table): fc.Arbitrary<Templated> {
  const columns = knownColumns(table);
  const nullable = columns.filter(({ nullable }) => nullable).map(({ name }) => name);
  const unique = uniqueColumn(table);
  return fc.subarray(nullable).map((left): Templated => {
    const kept = columns.filter(({ name }) => !left.includes(name));
    return {
      statement: insert({ table: table.name, columns: kept.map(({ name }) => name) }),
      args: fc.tuple(
        ...kept.map((column) => column.name === unique ? uniqueArbitrary : valueArbitrary(column)),
      ),
    };
  });
}

function updateArbitrary(table: Table): fc.Arbitrary<Templated> {
  return fc.subarray([...changeableColumns(table)], { minLength: 1 }).chain((columns) =>
    fc.tuple(
      ...columns.map((column) =>
        column.type === "integer" ? rarely(fc.constantFrom(1, -2)) : fc.constant(null)
      ),
    ).map((increments): Templated => {
      const set = columns.map((column, index): Assignment => {
        const increment = increments[index]!;
        return increment === null
          ? { column: column.name, param: column.name }
          : { column: column.name, increment };
      });
      const given = columns.filter((_, index) => increments[index] === null);
      return {
        statement: update({ table: table.name, set, keyColumn: table.primaryKey }),
        args: fc.tuple(...given.map((column) => valueArbitrary(column)), uniqueArbitrary),
      };
    })
  );
}

function upsertArbitrary(table: Table): fc.Arbitrary<Templated> {
  return fc.constantFrom<UpsertStatement["mode"]>("replace", "update").map((mode): Templated => ({
    statement: upsert({
      table: table.name,
      mode,
      conflictColumn: uniqueColumn(table),
      columns: knownColumns(table).map(({ name }) => name),
    }),
    args: rowArbitrary(table),
  }));
}

/** What the steps are when each is looked at in the light of those before it. */
function concreteSteps(
  drafts: readonly DraftStep[],
  { overlaps, isLive }: { readonly overlaps: boolean; readonly isLive: boolean },
): Step[] {
  const taken = new Taken();
  const open: boolean[] = [];
  const watched: BoundQuery[] = [];
  return drafts.flatMap((draft): Step[] => {
    switch (draft.kind) {
      case "write": {
        const { statement, args } = draft;
        if (!taken.takes(statement, args)) return [];
        return [{ do: "write", statement, args, ...overlapOf(draft, overlaps) }];
      }
      case "batch": {
        const { statement } = draft;
        const rows = draft.rows.filter((args) => taken.takes(statement, args));
        return [{ do: "batch", statement, rows, ...overlapOf(draft, overlaps) }];
      }
      case "read":
        return [{ do: "read", query: draft.query, args: draft.args }];
      case "watch": {
        const { query, args, leavesAt } = draft;
        if (!isLive) return [{ do: "read", query, args }];
        open.push(true);
        watched.push({ query, args });
        return [{ do: "watch", query, args, ...(leavesAt === null ? {} : { leavesAt }) }];
      }
      case "again": {
        if (watched.length === 0) return [];
        const known = watched[draft.which % watched.length]!;
        open.push(true);
        watched.push(known);
        return [{ do: "watch", ...known }];
      }
      case "close": {
        const stream = open.length === 0 ? -1 : draft.which % open.length;
        if (open[stream] !== true) return [];
        open[stream] = false;
        return [{ do: "close", stream }];
      }
      case "settle":
        return [{ do: "settle" }];
    }
  });
}

function overlapOf(
  { isAwaited }: { readonly isAwaited: boolean },
  overlaps: boolean,
): { readonly isAwaited?: false } {
  return overlaps && !isAwaited ? { isAwaited: false } : {};
}
