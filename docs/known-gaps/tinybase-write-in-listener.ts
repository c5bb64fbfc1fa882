/**
 * TinyBase 10.0.1: what a listener writes is dropped, without an error, unless it was added as a mutator listener.
 * https://tinybase.org/guides/the-basics/listening-to-stores/ (mutator listeners)
 *
 *     deno run --no-config --no-lock docs/known-gaps/tinybase-write-in-listener.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { createStore } from "npm:tinybase@10.0.1";

const store = createStore();
store.setRow("t", "1", { n: 1 });
let error: unknown;
store.addRowListener("t", "1", () => {
  try {
    store.setRow("log", "1", { text: "changed" });
  } catch (caught) {
    error = caught;
  }
});
store.setCell("t", "1", "n", 2);
const isWritten = store.hasRow("log", "1");
console.log(`written ${isWritten}, error ${error ?? "none"}`);
console.log(
  isWritten || error !== undefined ? "The gap is closed" : "The gap is there: the write was dropped",
);
