/**
 * What does a read cost: a row by its key, the rows of a group, a list of so many rows, a large document, and a thousand
 * rows of five shapes? Nothing is written and nothing is watched.
 *
 * Unfair: everything fits into memory, and each kind of read is repeated at once, so that caches of statements and pages
 * are warm. A database in memory has nothing else to do here. Rows are asked for as objects; `raw-reads` asks for lists of
 * values. A library that could hand over bytes or columns is not asked to.
 *
 * The families are those of resqlite's micro suites (point query, parameterized, scaling, shapes); the traffic is our
 * own. Numbers are whole ones: `binary-results` has the others.
 */
import { AT_ONCE, declareWorkload, ONE_PASS, phase, read, times } from "./_declare.ts";
import {
  items,
  itemSeed,
  readItems,
  readShapes,
  RESULT_ROWS_SWEEP,
  SHAPE_PHASES,
  shapeSeeds,
  shapeTables,
} from "./_result_shapes.ts";
import { byColumn, byKey, seedOf, table } from "./_schema.ts";

const GROUP_ROW_COUNT = 500;

const documents = table("documents", { id: "integer", body: "text" });

const readItem = byKey(items);
const readGroup = byColumn(items, "category");
const readDocument = byKey(documents);

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
    ...SHAPE_PHASES,
  },
  openLoop: { phase: "point", operationCount: "pointReadCount", parameters: ONE_PASS },
  versions: [{
    pacings: AT_ONCE,
    variesTraffic: true,
    unfair:
      "Everything fits into memory and caches are warm: what is measured is the way from the page to the object.",
  }],
  sweeps: RESULT_ROWS_SWEEP,
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
      tables: [items, documents, ...shapeTables],
      seeds: [
        itemSeed(rowCount, groupCount),
        seedOf(documents, sizes.documentCount, (index) => ({
          id: index + 1,
          body: `document ${index + 1} `.padEnd(sizes.documentLength, "lorem ipsum "),
        })),
        ...shapeSeeds(sizes.shapeRowCount),
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
