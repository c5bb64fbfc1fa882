/** Random tables: the first one with columns and indexes of every sort, one that it names, and one whose keys are assigned. */
import fc from "fast-check";
import type { Column, Index, Table } from "../../model/schema.ts";
import type { Value } from "../../model/value.ts";

/** The column by which rows of a table are told apart from outside: its key, or the unique one where keys are assigned. */
export function uniqueColumn(table: Table): string {
  if (!table.autoKey) return table.primaryKey;
  return table.columns.find(({ unique }) => unique)!.name;
}

/** Columns that statements may name: not a key that the database assigns, which nobody knows beforehand. */
export function knownColumns({ columns, primaryKey, autoKey }: Table): readonly Column[] {
  return columns.filter(({ name }) => !(autoKey && name === primaryKey));
}

/** Columns that updates may change. */
export function changeableColumns(table: Table): readonly Column[] {
  return knownColumns(table).filter(({ name, unique }) => name !== table.primaryKey && !unique);
}

/** The column of the first table that names rows of the second one. */
export const PARTNER_COLUMN = "partner";

const partner: Table = {
  name: "b",
  columns: [
    { name: "id", type: "integer" },
    { name: "label", type: "text" },
    { name: "weight", type: "integer", nullable: true },
  ],
  primaryKey: "id",
  indexes: [],
};

const slots: Table = {
  name: "c",
  columns: [
    { name: "id", type: "integer" },
    { name: "ext", type: "integer", unique: true },
    { name: "label", type: "text", nullable: true },
    { name: "weight", type: "integer" },
  ],
  primaryKey: "id",
  autoKey: true,
  indexes: [],
};

const kind = fc.record({
  type: fc.constantFrom("integer" as const, "text" as const),
  nullable: fc.boolean(),
});

const NAMES = ["p", "q", "r", "s"] as const;

/** The three tables of a round of cases. */
export const schemaArbitrary: fc.Arbitrary<readonly Table[]> = fc.record({
  kinds: fc.array(kind, { minLength: 1, maxLength: NAMES.length }),
  isPartnerNullable: fc.boolean(),
  indexes: fc.array(
    fc.array(fc.record({ at: fc.nat({ max: NAMES.length }), descending: fc.boolean() }), {
      minLength: 1,
      maxLength: 2,
    }),
    { maxLength: 2 },
  ),
}).map(({ kinds, isPartnerNullable, indexes }) => {
  const columns: Column[] = [
    { name: PARTNER_COLUMN, type: "integer", nullable: isPartnerNullable },
    ...kinds.map(({ type, nullable }, index): Column => ({ name: NAMES[index]!, type, nullable })),
  ];
  const first: Table = {
    name: "a",
    columns: [{ name: "id", type: "integer" }, ...columns],
    primaryKey: "id",
    indexes: indexes.map((terms, index): Index => {
      const names = terms.map(({ at }) => columns[at % columns.length]!.name);
      return {
        name: `a_index_${index}`,
        columns: terms.map(({ descending }, term) => ({ column: names[term]!, descending }))
          .filter(({ column }, term) => names.indexOf(column) === term),
      };
    }),
  };
  return [first, partner, slots];
});

/** Large, with room for increments below what a number holds exactly. */
const LARGE = Number.MAX_SAFE_INTEGER - 1000;

const integers: fc.Arbitrary<Value> = fc.oneof(
  { weight: 12, arbitrary: fc.nat({ max: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 2 ** 31, -(2 ** 31) - 1, LARGE) },
);

// Every library agrees on their order, whether it compares code points, 16-bit units or bytes.
const texts: fc.Arbitrary<Value> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("a", "b", "c") },
  { weight: 2, arbitrary: fc.constantFrom("", "B", "ab", "é", "10", "9", " ") },
  { weight: 1, arbitrary: fc.constantFrom("\u{1F600}", "it's", "%_") },
);

/** A value that a column may hold; NULL now and then where it may be. */
export function valueArbitrary({ type, nullable }: Column): fc.Arbitrary<Value> {
  const values = type === "integer" ? integers : texts;
  return nullable
    ? fc.oneof({ weight: 4, arbitrary: values }, { weight: 1, arbitrary: fc.constant(null) })
    : values;
}

/** A value of a unique column: few, so that rows are met again. */
export const uniqueArbitrary: fc.Arbitrary<number> = fc.oneof(
  { weight: 12, arbitrary: fc.nat({ max: 7 }) },
  { weight: 1, arbitrary: fc.constantFrom(-3, 2 ** 40) },
);

/** One time in four; else, and when it shrinks, `null`. */
export function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary },
  );
}
