/** Lists of so many rows, and of five shapes: what `reads` asks for as objects and `raw-reads` as lists of values. */
import type { Query, Row, Seed, Table } from "../lib/model/mod.ts";
import { times } from "./_declare.ts";
import { allRows, inRange, seedOf, table } from "./_schema.ts";

/** A plain row of a list, six columns. */
export const items = table("items", {
  id: "integer",
  name: "text",
  description: "text",
  value: "integer",
  category: "integer",
  created_at: "integer",
}, { indexes: { items_category: ["category"] } });

/** Arguments: first key, the key behind the last. */
export const readItems = inRange(items);

/** The seed of {@link items}; its rows are spread evenly over so many categories. */
export function itemSeed(rowCount: number, categoryCount: number): Seed {
  return seedOf(items, rowCount, (index) => ({
    id: index + 1,
    name: `item_${index + 1}`,
    description: `This is item ${index + 1}, one of many that look alike`,
    value: index * 3,
    category: index % categoryCount,
    created_at: 1_700_000_000 + index,
  }), { batchSize: 5000 });
}

/** What a row can be made of. */
export type ShapeName = "narrow" | "wide" | "long" | "numeric" | "nullable";

interface Shape {
  readonly table: Table;
  row(id: number): Row;
}

/** Tables that differ in what a row is made of. */
const SHAPES: Readonly<Record<ShapeName, Shape>> = {
  narrow: {
    table: table("narrow_rows", { id: "integer", value: "integer" }),
    row: (id) => ({ id, value: id * 7 }),
  },
  wide: {
    table: table("wide_rows", {
      id: "integer",
      ...Object.fromEntries(
        times(19, (index) => [`c${index}`, index % 2 === 0 ? "integer" as const : "text" as const]),
      ),
    }),
    row: (id) => ({
      id,
      ...Object.fromEntries(
        times(19, (index) => [`c${index}`, index % 2 === 0 ? id + index : `value_${id}_${index}`]),
      ),
    }),
  },
  long: {
    table: table("long_rows", { id: "integer", a: "text", b: "text", c: "text", d: "text" }),
    row: (id) => ({ id, a: longText(id, 1), b: longText(id, 2), c: longText(id, 3), d: longText(id, 4) }),
  },
  numeric: {
    table: table("numeric_rows", {
      id: "integer",
      ...Object.fromEntries(times(7, (index) => [`n${index}`, "integer" as const])),
    }),
    row: (id) => ({
      id,
      ...Object.fromEntries(times(7, (index) => [`n${index}`, id * 1_000_003 + index])),
    }),
  },
  nullable: {
    table: table("nullable_rows", {
      id: "integer",
      ...Object.fromEntries(
        times(
          6,
          (index) => [`o${index}`, { type: index % 2 === 0 ? "integer" : "text", nullable: true } as const],
        ),
      ),
    }),
    // One value in two is there, in another column from row to row.
    row: (id) => ({
      id,
      ...Object.fromEntries(
        times(
          6,
          (
            index,
          ) => [`o${index}`, (id + index) % 2 === 0 ? null : index % 2 === 0 ? id + index : `value_${id}`],
        ),
      ),
    }),
  },
};

function longText(id: number, column: number): string {
  return `text ${id} ${column} `.padEnd(500, "lorem ipsum ");
}

/** One table for each shape, in the order of the phases. */
export const shapeTables: readonly Table[] = Object.values(SHAPES).map(({ table }) => table);

/** All rows of each, by the name of its phase. */
export const readShapes: readonly { readonly name: string; readonly query: Query }[] = Object.entries(SHAPES)
  .map(([name, { table }]) => ({ name, query: allRows(table) }));

/** Seeds of {@link shapeTables}, of so many rows each. */
export function shapeSeeds(rowCount: number): Seed[] {
  return Object.values(SHAPES).map(({ table, row }) => seedOf(table, rowCount, (index) => row(index + 1)));
}

/** What the phases that read the five shapes are, by their names. */
export const SHAPE_PHASES = {
  narrow: "All rows, two columns",
  wide: "All rows, twenty columns",
  long: "All rows, four long texts",
  numeric: "All rows, eight numbers",
  nullable: "All rows, half of the values NULL",
} as const;

/** How long the lists of phase `rows` may be asked to be. */
export const RESULT_ROWS_SWEEP = {
  "result-rows": {
    size: "resultRowCount",
    least: 1,
    most: 20_000,
    meaning: "rows of each list that phase rows reads",
  },
} as const;
