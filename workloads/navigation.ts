/**
 * A user goes through folders while writes go on: each page opens twenty live queries, a list, a count and eighteen rows,
 * and closes those of the page before. How long does a page take to show something, and what is left of a page when it is
 * closed? The second phase goes through five hundred pages, ten thousand live queries, without a write between.
 *
 * Unfair: pages follow each other faster than anybody reads, one after ten writes instead of one a second, so that a
 * library which keeps a query for a while after it was closed keeps many. What memory does when live queries are closed
 * says little below a few hundred bytes for each: a heap breathes by megabytes.
 */
import { count, type Operation, select } from "../lib/model/mod.ts";
import { bind, declareWorkload, MIXED_PACINGS, phase, times, write } from "./_declare.ts";
import { byKey, seedOf, setByKey, table } from "./_schema.ts";

const items = table(
  "items",
  { id: "integer", folder_id: "integer", value: "integer", title: "text" },
  { indexes: { items_folder: ["folder_id"] } },
);

const inFolder = [{ kind: "equal", column: "folder_id", operand: { param: "folder_id" } }] as const;
const readFolder = select({
  table: items.name,
  columns: ["id", "value", "title"],
  where: inFolder,
  orderBy: [{ column: "id", descending: false }],
});
const countFolder = count({ table: items.name, as: "items", where: inFolder });
const readItem = byKey(items);
const updateItem = setByKey(items, "value", "title");

/** Live queries of a page besides those of rows. */
const FOLDER_QUERY_COUNT = 2;

/** All versions, oldest first. */
export const navigation = declareWorkload({
  id: "navigation",
  title: "Navigation",
  question: "How soon does a page show something while writes go on, and what is left when it is closed?",
  phases: { pages: "Pages while writes go on", visits: "Many pages without a write" },
  closedLoopReason:
    "an operation opens a page of twenty live queries, and the next page waits for somebody to look at it",
  versions: [{
    pacings: MIXED_PACINGS,
    variesTraffic: true,
    unfair:
      "Pages follow each other faster than anybody reads: a library that keeps a query for a while after it was " +
      "closed keeps many.",
  }],
  withoutLiveQueries: "skip",
  sizes: () => ({
    smoke: {
      folderCount: 10,
      pageRowCount: 6,
      pageWatchCount: 8,
      pageCount: 4,
      pageWriteCount: 8,
      visitCount: 10,
      warmupIterationCount: 1,
      iterationCount: 1,
    },
    standard: {
      folderCount: 500,
      pageRowCount: 20,
      pageWatchCount: 20,
      pageCount: 10,
      pageWriteCount: 10,
      visitCount: 500,
      warmupIterationCount: 1,
      iterationCount: 4,
    },
    large: {
      folderCount: 5000,
      pageRowCount: 20,
      pageWatchCount: 20,
      pageCount: 100,
      pageWriteCount: 10,
      visitCount: 5000,
      warmupIterationCount: 1,
      iterationCount: 4,
    },
  }),
  program(block) {
    const { folderCount, pageRowCount, pageWatchCount, pageCount, pageWriteCount, visitCount } = block.sizes;
    const { warmupIterationCount } = block.sizes;
    const random = block.random(0x9A6E);
    const idIn = (folder: number, row: number): number => (folder - 1) * pageRowCount + row + 1;
    const open = (folder: number): Operation => ({
      kind: "navigate",
      label: "open page",
      watches: [
        bind(readFolder, folder),
        bind(countFolder, folder),
        ...times(
          pageWatchCount - FOLDER_QUERY_COUNT,
          (row) => bind(readItem, idIn(folder, row % pageRowCount)),
        ),
      ],
    });
    const anyFolder = (): number => random.nextInt(folderCount) + 1;
    return {
      tables: [items],
      seeds: [seedOf(items, folderCount * pageRowCount, (index) => ({
        id: index + 1,
        folder_id: Math.floor(index / pageRowCount) + 1,
        value: 0,
        title: `title ${index + 1}`,
      }))],
      iterations: block.passes(block.sizes, (pass) => {
        const first = pass.firstValue(pageCount * pageWriteCount);
        const walk = times(pageCount, () => {
          const folder = anyFolder();
          // Every other write is to another folder than the one that is open.
          const ids = times(
            pageWriteCount,
            (index) => idIn(index % 2 === 0 ? folder : anyFolder(), random.nextInt(pageRowCount)),
          );
          return { folder, ids };
        });
        const lastId = walk.at(-1)!.ids.at(-1)!;
        const pages = phase(pass, {
          name: "pages",
          operations: () =>
            walk.flatMap(({ folder, ids }, page) => [
              open(folder),
              ...ids.map((id, index) => {
                const value = first + page * pageWriteCount + index;
                return write("update", updateItem, value, `title of ${value}`, id);
              }),
            ]),
          checks: [bind(readItem, lastId)],
        });
        // Once to warm up, and once for numbers: ten thousand live queries take a while.
        if (pass.index !== 0 && pass.index !== warmupIterationCount) return [pages];
        const folders = times(visitCount, anyFolder);
        const visits = phase({ pacing: pass.paced({ turns: 1 }) }, {
          name: "visits",
          operations: () => folders.map(open),
        });
        return [pages, visits];
      }),
    };
  },
});
