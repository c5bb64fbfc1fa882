/**
 * What a live result costs and when it shows a change: one that changes now and then (`alone`), one that grows
 * (`growing`), ten that never change beside one that does (`unchanged`), eight of long texts (`long-text`). How long a
 * first result takes is in the time to subscribe of each phase.
 *
 * Unfair: whoever shows only what was added pays for that in the application, and a library that must hand over the whole
 * result pays here. Equal rows are watched by ten queries that differ in nothing but a bound below all keys: sharing work
 * between them is possible and nobody is asked to.
 *
 * The families are those of resqlite's streaming suites (invalidation latency, growing stream, unchanged fan-out, long
 * text); the traffic is our own.
 */
import { type Args, count } from "../lib/model/mod.ts";
import { batch, bind, declareWorkload, MIXED_PACINGS, ONE_PASS, phase, times, write } from "./_declare.ts";
import { byColumn, inRange, insertInto, seedOf, setByKey, table } from "./_schema.ts";

/** Writes of `alone` are so far apart that most libraries have shown one before the next begins. */
const ALONE = { pauseMs: 20 };

const SEEDED_TEXT = "lorem ipsum ";

const notes = table("notes", { id: "integer", folder: "integer", title: "text" }, {
  indexes: { notes_folder: ["folder"] },
});
const pages = table("pages", { id: "integer", body: "text" });

const insertNote = insertInto(notes);
const updatePage = setByKey(pages, "body");
const countNotes = count({ table: notes.name, as: "c", where: [] });
const readFolder = byColumn(notes, "folder", ["id", "title"]);
const readNotes = inRange(notes, ["id", "title"]);
const readPages = inRange(pages);

/** All versions, oldest first. */
export const liveResults = declareWorkload({
  id: "live-results",
  title: "Live results that change, grow, stay and are long",
  question:
    "When does a live result show a change, and what does it cost when it is large or does not change?",
  withoutLiveQueries: "skip",
  phases: {
    alone: "Single inserts, a pause apart",
    growing: "A list that grows",
    unchanged: "Ten lists that do not change",
    "long-text": "Eight lists of long texts",
  },
  openLoop: { phase: "alone", operationCount: "writeCount", parameters: ONE_PASS },
  versions: [{
    pacings: MIXED_PACINGS,
    variesTraffic: true,
    unfair: "Whole results are asked for: whoever could tell what was added is not asked to.",
  }],
  sweeps: {
    "result-rows": {
      size: "resultRowCount",
      least: 10,
      most: 20_000,
      meaning: "rows of the list that grows, before it does, and of each list that does not change",
    },
    "text-length": {
      size: "textLength",
      least: 100,
      most: 100_000,
      meaning: "characters of each watched long text",
    },
  },
  sizes: () => ({
    smoke: {
      resultRowCount: 20,
      growthRowCount: 5,
      batchCount: 3,
      streamCount: 3,
      writeCount: 5,
      textStreamCount: 2,
      textRowCount: 8,
      textLength: 500,
      textWriteCount: 4,
      warmupIterationCount: 1,
      iterationCount: 1,
    },
    standard: {
      resultRowCount: 500,
      growthRowCount: 100,
      batchCount: 5,
      streamCount: 10,
      writeCount: 20,
      textStreamCount: 8,
      textRowCount: 256,
      textLength: 4000,
      textWriteCount: 5,
      warmupIterationCount: 1,
      iterationCount: 4,
    },
    large: {
      resultRowCount: 5000,
      growthRowCount: 100,
      batchCount: 50,
      streamCount: 10,
      writeCount: 200,
      textStreamCount: 8,
      textRowCount: 2560,
      textLength: 4000,
      textWriteCount: 20,
      warmupIterationCount: 1,
      iterationCount: 4,
    },
  }),
  program(block) {
    const { sizes } = block;
    const { resultRowCount, growthRowCount, batchCount, streamCount, writeCount } = sizes;
    const { textStreamCount, textRowCount, textLength, textWriteCount } = sizes;
    const passCount = sizes.warmupIterationCount + sizes.iterationCount;
    const seededCount = resultRowCount * passCount;
    const perPass = growthRowCount * batchCount + 2 * writeCount;
    const text = (words: string): string => words.padEnd(textLength, SEEDED_TEXT);
    return {
      tables: [notes, pages],
      seeds: [
        // A folder per pass: each list grows from the same size.
        seedOf(notes, seededCount, (index) => ({
          id: index + 1,
          folder: Math.floor(index / resultRowCount),
          title: `note_${index + 1}`,
        })),
        // The second half is watched by nobody.
        seedOf(pages, 2 * textStreamCount * textRowCount, (index) => ({
          id: index + 1,
          body: text(`page ${index + 1} `),
        }), { batchSize: 512 }),
      ],
      iterations: block.passes(sizes, (pass) => {
        const random = block.random(0x11FE ^ pass.index);
        const first = pass.firstValue(perPass);
        const firstKey = seededCount + 1 + pass.index * perPass;
        // No folder that is watched: only the count changes.
        const elsewhere = passCount;
        const note = (index: number, folder: number): Args => [
          firstKey + index,
          folder,
          `note ${first + index}`,
        ];
        const pageCount = textStreamCount * textRowCount;
        // Watched and unwatched pages by turns.
        const writtenPages = times(
          textWriteCount,
          (index) => random.nextInt(pageCount) + 1 + (index % 2 === 0 ? 0 : pageCount),
        );
        return [
          phase({ pacing: pass.paced(ALONE) }, {
            name: "alone",
            watches: [bind(countNotes)],
            operations: () =>
              times(writeCount, (index) => write("insert", insertNote, ...note(index, elsewhere))),
          }),
          phase(pass, {
            name: "growing",
            watches: [bind(readFolder, pass.index)],
            operations: () =>
              times(batchCount, (index) =>
                batch(
                  "batch",
                  insertNote,
                  times(
                    growthRowCount,
                    (row) => note(2 * writeCount + index * growthRowCount + row, pass.index),
                  ),
                )),
          }),
          phase(pass, {
            name: "unchanged",
            watches: [
              bind(countNotes),
              ...times(streamCount, (stream) => bind(readNotes, -stream, resultRowCount + 1)),
            ],
            operations: () =>
              times(
                writeCount,
                (index) => write("insert", insertNote, ...note(writeCount + index, elsewhere)),
              ),
          }),
          phase(pass, {
            name: "long-text",
            watches: times(
              textStreamCount,
              (stream) => bind(readPages, 1 + stream * textRowCount, 1 + (stream + 1) * textRowCount),
            ),
            operations: () =>
              writtenPages.map((id, index) =>
                write("update", updatePage, text(`changed ${pass.firstValue(textWriteCount) + index} `), id)
              ),
            checks: writtenPages.map((id) => bind(readPages, id, id + 1)),
          }),
        ];
      }),
    };
  },
});
