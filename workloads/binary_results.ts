/**
 * Live results of byte arrays and of numbers with fractions: do they arrive whole, and what do they cost?
 *
 * Unfair: systems that keep JSON cannot hold bytes and are left out; whoever holds them in another way, as an application
 * would by encoding them, is not asked to.
 *
 * The families are those of resqlite's blobs in merges and numeric rows; the traffic is our own.
 */
import { bind, declareWorkload, MIXED_PACINGS, phase, times, write } from "./_declare.ts";
import { inRange, seedOf, setByKey, table } from "./_schema.ts";

const files = table("files", { id: "integer", name: "text", content: "blob" });
const readings = table("readings", {
  id: "integer",
  ...Object.fromEntries(times(6, (index) => [`r${index}`, "real" as const])),
});

const updateFile = setByKey(files, "content");
const updateReading = setByKey(readings, "r0", "r1");
const readFiles = inRange(files);
const readReadings = inRange(readings);

/** Bytes that tell whose they are: the words first, then all values from 0 to 255 over and over. */
function contentOf(words: string, byteCount: number): Uint8Array {
  const content = Uint8Array.from({ length: byteCount }, (_, index) => (index * 31) % 256);
  content.set(new TextEncoder().encode(words).subarray(0, byteCount));
  return content;
}

/** All versions, oldest first. */
export const binaryResults = declareWorkload({
  id: "binary-results",
  title: "Live results of bytes and fractions",
  question: "Do bytes and fractions arrive whole in live results, and what do they cost?",
  needs: ["real", "blob"],
  phases: { bytes: "Byte arrays", fractions: "Numbers with fractions" },
  closedLoopReason: "all bytes are made before the first write, more than memory holds at high rates",
  versions: [{
    pacings: MIXED_PACINGS,
    variesTraffic: true,
    unfair: "Systems that cannot hold bytes are left out.",
  }],
  sweeps: {
    "blob-bytes": {
      size: "blobByteCount",
      least: 16,
      most: 1_000_000,
      meaning: "bytes of each watched file",
    },
  },
  sizes: () => ({
    smoke: {
      streamCount: 2,
      fileCount: 4,
      blobByteCount: 500,
      readingCount: 20,
      writeCount: 4,
      warmupIterationCount: 1,
      iterationCount: 1,
    },
    standard: {
      streamCount: 8,
      fileCount: 64,
      blobByteCount: 4096,
      readingCount: 125,
      writeCount: 10,
      warmupIterationCount: 1,
      iterationCount: 4,
    },
    large: {
      streamCount: 8,
      fileCount: 640,
      blobByteCount: 4096,
      readingCount: 1250,
      writeCount: 100,
      warmupIterationCount: 1,
      iterationCount: 4,
    },
  }),
  program(block) {
    const { streamCount, fileCount, blobByteCount, readingCount, writeCount } = block.sizes;
    const fraction = (id: number, column: number): number => id * 1.25 + column / 7;
    return {
      tables: [files, readings],
      seeds: [
        seedOf(files, streamCount * fileCount, (index) => ({
          id: index + 1,
          name: `file_${index + 1}`,
          content: contentOf(`file ${index + 1}`, blobByteCount),
        })),
        seedOf(readings, streamCount * readingCount, (index) => ({
          id: index + 1,
          ...Object.fromEntries(times(6, (column) => [`r${column}`, fraction(index + 1, column)])),
        })),
      ],
      iterations: block.passes(block.sizes, (pass) => {
        const random = block.random(0xB10B ^ pass.index);
        const fileIds = times(writeCount, () => random.nextInt(streamCount * fileCount) + 1);
        const readingIds = times(writeCount, () => random.nextInt(streamCount * readingCount) + 1);
        const lists = (rowCount: number) =>
          times(
            streamCount,
            (stream): [number, number] => [1 + stream * rowCount, 1 + (stream + 1) * rowCount],
          );
        return [
          phase(pass, {
            name: "bytes",
            watches: lists(fileCount).map((range) => bind(readFiles, ...range)),
            operations: () => {
              const first = pass.firstValue(writeCount);
              return fileIds.map((id, index) =>
                write("update", updateFile, contentOf(`change ${first + index}`, blobByteCount), id)
              );
            },
          }),
          phase(pass, {
            name: "fractions",
            watches: lists(readingCount).map((range) => bind(readReadings, ...range)),
            operations: () => {
              const first = pass.firstValue(writeCount);
              return readingIds.map((id, index) =>
                write("update", updateReading, -(first + index) - 0.5, -(first + index) - 0.1, id)
              );
            },
          }),
        ];
      }),
    };
  },
});
