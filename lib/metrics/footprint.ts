/** What a database takes on the disk, and of the network before a page can use it. */
import type { PageBytes } from "../model/mod.ts";
import { type BlockMetric, SAME_MACHINE } from "./declare.ts";

const BYTES = { scope: "block", unit: "bytes", direction: "lower", fold: "max", fewestSamples: 1 } as const;

/** Builds of the same packages differ by nothing but the tool that makes them. */
function loadedBytes(
  id: string,
  title: string,
  order: number,
  meaning: string,
  of: (bytes: PageBytes) => number,
): BlockMetric {
  return {
    id,
    ...BYTES,
    title,
    comparableWithin: [],
    deterministic: true,
    meaning,
    shown: { block: order },
    compute: ({ pageBytes }) => pageBytes === undefined ? undefined : of(pageBytes),
  };
}

export const FOOTPRINT_METRICS: readonly BlockMetric[] = [
  {
    id: "stored_bytes",
    ...BYTES,
    title: "on disk",
    comparableWithin: SAME_MACHINE,
    deterministic: false,
    meaning:
      "Length of all files of the block's last database when it was closed, logs and what is set aside for later included; " +
      "in a browser what its databases have added to the origin's storage. Without a value nothing was on the disk",
    shown: { block: 15 },
    compute: ({ storedBytes }) => storedBytes === undefined || storedBytes <= 0 ? undefined : storedBytes,
  },
  loadedBytes(
    "page_script_bytes",
    "JavaScript",
    16,
    "JavaScript that a page loads of the database's packages with these options, its workers' included, minified; what is " +
      "imported only later is left out, and so is the bench",
    ({ script }) => script,
  ),
  loadedBytes(
    "page_wasm_bytes",
    "WebAssembly",
    17,
    "WebAssembly that it loads, and its data",
    ({ wasm }) => wasm,
  ),
  loadedBytes(
    "page_gzip_bytes",
    "gzip",
    18,
    "All of that as it is sent when compressed by gzip",
    ({ gzip }) => gzip,
  ),
  loadedBytes("page_brotli_bytes", "brotli", 19, "The same by brotli", ({ brotli }) => brotli),
];
