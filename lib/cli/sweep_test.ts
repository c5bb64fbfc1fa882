import assert from "node:assert/strict";
import { sweptSizes, type Workload } from "../model/mod.ts";
import { parseSweeps, requireMemory, requireSweeps, seedBytes, sweptVariants } from "./sweep.ts";

const workload = {
  id: "growing",
  version: 1,
  sweeps: {
    rows: { size: "rowCount", least: 10, most: 1_000_000_000, meaning: "rows" },
    streams: { size: "streamCount", least: 1, most: 1000, meaning: "open lists" },
  },
  parameters: {
    smoke: { rowCount: 10, streamCount: 1 },
    standard: { rowCount: 100, streamCount: 10 },
    large: { rowCount: 1000, streamCount: 100 },
  },
  program: ({ rowCount }: { readonly rowCount: number }) => ({
    tables: [],
    iterations: [],
    seeds: [{
      table: "t",
      rowCount,
      firstKey: 1,
      row: (index: number) => ({ id: index, text: "x".repeat(92) }),
      batchSize: 1,
    }],
  }),
} as unknown as Workload;

const fixed = { ...workload, id: "fixed", sweeps: undefined } as unknown as Workload;

Deno.test("parseSweeps() reads values in any order, each once", () => {
  assert.deepEqual(parseSweeps(["streams=100, 10,1000,10", "rows=1,2"]), [
    { name: "streams", values: [10, 100, 1000] },
    { name: "rows", values: [1, 2] },
  ]);
  assert.deepEqual(parseSweeps([]), []);
});

Deno.test("parseSweeps() says what a sweep must be when it is none", () => {
  const cases: readonly (readonly [texts: readonly string[], message: RegExp])[] = [
    [["streams"], /Cannot sweep as a sweep is written name=value,value,\.\.\.: got "streams"/],
    [[""], /got ""/],
    [["=10,20"], /got "=10,20"/],
    [["streams=100"], /Cannot sweep "streams" as growth shows between two values or more.*: got 100/],
    [["streams=100,100"], /: got 100/],
    [["streams="], /: got none/],
    [["streams=10,1e3"], /Cannot sweep "streams" as its values must be whole numbers from 1 on: got "1e3"/],
    [["streams=0,10"], /got "0"/],
    [["streams=-1,10"], /got "-1"/],
    [["streams=1.5,10"], /got "1.5"/],
    [["streams=10,99999999999999999999"], /got "99999999999999999999"/],
    [["streams=1,2", "streams=3,4"], /Cannot sweep "streams" twice .* got streams=1,2 and streams=3,4/],
  ];
  for (const [texts, message] of cases) {
    assert.throws(() => parseSweeps(texts), { name: "UsageError", message }, texts.join());
  }
});

Deno.test("requireSweeps() suggests the nearest parameter, and tells the ranges", () => {
  const check = (texts: readonly string[], ...workloads: Workload[]) => () =>
    requireSweeps(workloads.map((workload) => ({ workload })), parseSweeps(texts));
  check(["streams=1,1000", "rows=10,20"], workload)();
  assert.throws(check(["stream=1,10"], workload), {
    name: "UsageError",
    message: 'Cannot sweep "stream" of growing@1 (did you mean "streams"?): it may be swept over ' +
      "rows (10 to 1,000,000,000), streams (1 to 1,000)",
  });
  assert.throws(check(["streams=1,10"], workload, fixed), {
    message: 'Cannot sweep "streams" of fixed@1: it declares nothing that may be swept',
  });
  assert.throws(check(["streams=10,1001"], workload), {
    message: 'Cannot sweep "streams" of growing@1 as it must be from 1 to 1000: got 1001',
  });
  assert.throws(check(["rows=9,100"], workload), /from 10 to 1000000000: got 9/);
});

Deno.test("requireMemory() refuses rows that half of the memory cannot hold", () => {
  const check = (rows: string, memoryBytes: number) => () =>
    requireMemory([{ workload }], ["standard"], parseSweeps([`rows=${rows}`]), memoryBytes);
  check("10,1000", 200_000)();
  assert.throws(check("10,1001", 200_000), {
    name: "UsageError",
    message:
      'Cannot sweep "rows" of growing@1 to 1001 as its rows must fit into half of the memory: they take ' +
      "about 97.8 KiB, and half is 97.7 KiB",
  });
});

Deno.test("seedBytes() counts text by its length and numbers as eight bytes", () => {
  const seed = { table: "t", firstKey: 1, batchSize: 1 };
  assert.equal(seedBytes({ seeds: [] }), 0);
  const row = () => ({ id: 1, text: "four", blob: new Uint8Array(8) });
  assert.equal(seedBytes({ seeds: [{ ...seed, rowCount: 10, row }, { ...seed, rowCount: 0, row }] }), 200);
});

Deno.test("sweptVariants() sets one parameter at a time, beside what is set anyway", () => {
  assert.deepEqual(sweptVariants([{}], []), [{}]);
  assert.deepEqual(sweptVariants([{ pacing: "4" }], parseSweeps(["a=1,2", "b=3,4"])), [
    { pacing: "4", a: "1" },
    { pacing: "4", a: "2" },
    { pacing: "4", b: "3" },
    { pacing: "4", b: "4" },
  ]);
});

Deno.test("sweptSizes() puts the value in the place of the scale's own, and knows no other parameters", () => {
  assert.deepEqual(sweptSizes(workload, "standard", { streams: "300", pacing: "4" }), {
    rowCount: 100,
    streamCount: 300,
  });
  assert.equal(sweptSizes(workload, "standard", { pacing: "4" }), undefined);
  assert.equal(sweptSizes(fixed, "standard", { streams: "300" }), undefined);
});
