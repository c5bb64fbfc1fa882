/**
 * What does a read cost: a row by its key, the rows of a group, a list of so many rows, a large document, and a thousand
 * rows of five shapes? Nothing is written and nothing is watched.
 *
 * Unfair: everything fits into memory, and each kind of read is repeated at once, so that caches of statements and pages
 * are warm. A database in memory has nothing else to do here. Rows are asked for as objects; a library that could hand
 * over bytes or columns is not asked to.
 *
 * The families are those of resqlite's micro suites (point query, parameterized, scaling, shapes); the traffic is our
 * own. Numbers are whole ones: `binary-results` has the others.
 */
import type { Row, Table } from "../lib/model/mod.ts";
import { AT_ONCE, declareWorkload, ONE_PASS, phase, read, times } from "./_declare.ts";
import { allRows, byColumn, byKey, inRange, seedOf, table } from "./_schema.ts";

const GROUP_ROW_COUNT = 500;

const items = table("items", {
  id: "integer",
  name: "text",
  description: "text",
  value: "integer",
  category: "integer",
  created_at: "integer",
}, { indexes: { items_category: ["category"] } });

const documents = table("documents", { id: "integer", body: "text" });

/** Tables that differ in what a row is made of. */
const SHAPES: Readonly<Record<"narrow" | "wide" | "long" | "numeric" | "nullable", Shape>> = {
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

interface Shape {
  readonly table: Table;
  row(id: number): Row;
}

function longText(id: number, column: number): string {
  return `text ${id} ${column} `.padEnd(500, "lorem ipsum ");
}

const readItem = byKey(items);
const readGroup = byColumn(items, "category");
const readItems = inRange(items);
const readDocument = byKey(documents);
const readShapes = Object.entries(SHAPES).map(([name, { table }]) => ({ name, query: allRows(table) }));

/** All versions, oldest first. */
export const reads = declareWorkload({
  id: "reads",
  title: "Reads by size and shape",
  question: "What does a read cost, by key, by group, by size and by shape of its result?",
  phases: {
    point: "A row by its key",
    group: "Five hundred rows of a group",
    rows: "A list of rows by key range",
    document: "A large document by its key",
    narrow: "All rows, two columns",
    wide: "All rows, twenty columns",
    long: "All rows, four long texts",
    numeric: "All rows, eight numbers",
    nullable: "All rows, half of the values NULL",
  },
  openLoop: { phase: "point", operationCount: "pointReadCount", parameters: ONE_PASS },
  versions: [{
    pacings: AT_ONCE,
    variesTraffic: true,
    unfair:
      "Everything fits into memory and caches are warm: what is measured is the way from the page to the object.",
  }],
  sweeps: {
    "result-rows": {
      size: "resultRowCount",
      least: 1,
      most: 20_000,
      meaning: "rows of each list that phase rows reads",
    },
  },
  sizes: () => ({
    smoke: {
      rowCount: 1000,
      resultRowCount: 50,
      shapeRowCount: 20,
      documentLength: 20_000,
      documentCount: 2,
      pointReadCount: 20,
      listReadCount: 2,
      warmupIterationCount: 1,
      iterationCount: 1,
    },
    standard: {
      rowCount: 5000,
      resultRowCount: 1000,
      shapeRowCount: 1000,
      documentLength: 650_000,
      documentCount: 4,
      pointReadCount: 500,
      listReadCount: 20,
      warmupIterationCount: 1,
      iterationCount: 3,
    },
    large: {
      rowCount: 50_000,
      resultRowCount: 10_000,
      shapeRowCount: 10_000,
      documentLength: 650_000,
      documentCount: 10,
      pointReadCount: 5000,
      listReadCount: 20,
      warmupIterationCount: 1,
      iterationCount: 3,
    },
  }),
  program(block) {
    const { sizes } = block;
    // A list may be longer than the table of its scale, where its size is swept.
    const rowCount = Math.max(sizes.rowCount, sizes.resultRowCount);
    const groupCount = Math.max(1, Math.floor(rowCount / GROUP_ROW_COUNT));
    return {
      tables: [items, documents, ...Object.values(SHAPES).map(({ table }) => table)],
      seeds: [
        seedOf(items, rowCount, (index) => ({
          id: index + 1,
          name: `item_${index + 1}`,
          description: `This is item ${index + 1}, one of many that look alike`,
          value: index * 3,
          category: index % groupCount,
          created_at: 1_700_000_000 + index,
        }), { batchSize: 5000 }),
        seedOf(documents, sizes.documentCount, (index) => ({
          id: index + 1,
          body: `document ${index + 1} `.padEnd(sizes.documentLength, "lorem ipsum "),
        })),
        ...Object.values(SHAPES).map(({ table, row }) =>
          seedOf(table, sizes.shapeRowCount, (index) => row(index + 1))
        ),
      ],
      iterations: block.passes(block.sizes, (pass) => {
        const random = block.random(0x5EAD ^ pass.index);
        const ids = times(sizes.pointReadCount, () => random.nextInt(rowCount) + 1);
        const groups = times(sizes.listReadCount, () => random.nextInt(groupCount));
        const starts = times(
          sizes.listReadCount,
          () => random.nextInt(rowCount - sizes.resultRowCount + 1) + 1,
        );
        return [
          phase(pass, { name: "point", operations: () => ids.map((id) => read("read", readItem, id)) }),
          phase(pass, {
            name: "group",
            operations: () => groups.map((group) => read("read", readGroup, group)),
          }),
          phase(pass, {
            name: "rows",
            operations: () =>
              starts.map((from) => read("read", readItems, from, from + sizes.resultRowCount)),
          }),
          phase(pass, {
            name: "document",
            operations: () =>
              times(
                sizes.listReadCount,
                (index) => read("read", readDocument, index % sizes.documentCount + 1),
              ),
          }),
          ...readShapes.map(({ name, query }) =>
            phase(pass, { name, operations: () => times(sizes.listReadCount, () => read("read", query)) })
          ),
        ];
      }),
    };
  },
});
