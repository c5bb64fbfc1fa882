/**
 * What does a read cost when rows are lists of values: a list of so many rows, and a thousand rows of five shapes? Tables
 * and lists are those of `reads`, whose phases of the same names ask for objects.
 *
 * Unfair: libraries that make nothing but objects are left out, although their objects may be as cheap. Everything fits
 * into memory and is read again and again.
 *
 * The family is resqlite's select of raw rows; the traffic is our own.
 */
import type { Args, Operation, Query } from "../lib/model/mod.ts";
import { AT_ONCE, declareWorkload, phase, times } from "./_declare.ts";
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

function readRaw(query: Query, ...args: Args): Operation {
  return { kind: "read", label: "read", query, args, isRaw: true };
}

/** All versions, oldest first. */
export const rawReads = declareWorkload({
  id: "raw-reads",
  title: "Reads of raw rows",
  question: "What does a read cost when rows are lists of values instead of objects, by size and by shape?",
  needs: ["rawRows"],
  phases: {
    rows: "A list of rows by key range",
    ...SHAPE_PHASES,
  },
  closedLoopReason: "its lists are long, and `reads` is asked at a rate by key",
  versions: [{
    pacings: AT_ONCE,
    variesTraffic: true,
    unfair:
      "Libraries that make nothing but objects are left out. Everything fits into memory and caches are warm.",
  }],
  sweeps: RESULT_ROWS_SWEEP,
  sizes: () => ({
    smoke: {
      rowCount: 1000,
      resultRowCount: 50,
      shapeRowCount: 20,
      listReadCount: 2,
      warmupIterationCount: 1,
      iterationCount: 1,
    },
    standard: {
      rowCount: 5000,
      resultRowCount: 1000,
      shapeRowCount: 1000,
      listReadCount: 20,
      warmupIterationCount: 1,
      iterationCount: 3,
    },
    large: {
      rowCount: 50_000,
      resultRowCount: 10_000,
      shapeRowCount: 10_000,
      listReadCount: 20,
      warmupIterationCount: 1,
      iterationCount: 3,
    },
  }),
  program(block) {
    const { sizes } = block;
    // A list may be longer than the table of its scale, where its size is swept.
    const rowCount = Math.max(sizes.rowCount, sizes.resultRowCount);
    return {
      tables: [items, ...shapeTables],
      seeds: [itemSeed(rowCount, 10), ...shapeSeeds(sizes.shapeRowCount)],
      iterations: block.passes(block.sizes, (pass) => {
        const random = block.random(0x5EAD ^ pass.index);
        const starts = times(
          sizes.listReadCount,
          () => random.nextInt(rowCount - sizes.resultRowCount + 1) + 1,
        );
        return [
          phase(pass, {
            name: "rows",
            operations: () => starts.map((from) => readRaw(readItems, from, from + sizes.resultRowCount)),
          }),
          ...readShapes.map(({ name, query }) =>
            phase(pass, { name, operations: () => times(sizes.listReadCount, () => readRaw(query)) })
          ),
        ];
      }),
    };
  },
});
