import { select } from "../model/statement.ts";
import type { Row, Value } from "../model/value.ts";
import { Digester } from "../protocol/digester.ts";
import { resultColumns } from "../protocol/result_columns.ts";
import { DigestLists } from "./digest_lists.ts";
import { ResultRecorder } from "./result_recorder.ts";
import { StreamRecorder } from "./stream_recorder.ts";

/** Enough for the runtime to compile what it runs, a few milliseconds. */
const ROUND_COUNT = 2000;

const QUERIES = [["id", "name", "value"], ["id", "body", "at", "user", "url"], ["c"]].map((columns) =>
  select({ table: "t", columns, where: [], orderBy: [] })
);

let isWarm = false;

/** Compiled code that knows of what a collection has found dead is thrown away: each phase begins with one. */
const COLLECTION_COUNT = 3;

/**
 * Records results that nobody asked for, once in a process and before an adapter is loaded: a phase may bring a hundred
 * results only, and whoever is measured should not pay for the compiler's work on the recorder. What is compiled has
 * lived through collections of garbage, since else the first one of a phase would take it away.
 */
export function warmUpRecorder(collectGarbage: () => void): void {
  if (isWarm) return;
  isWarm = true;
  for (let count = 0; count < COLLECTION_COUNT; count++) {
    recordMadeUpResults();
    collectGarbage();
  }
}

function recordMadeUpResults(): void {
  const results = new ResultRecorder(new Digester({ a: 1, b: 2 }), false);
  let nowNs = 0;
  const recorder = new StreamRecorder({ nowNs: () => nowNs++, results });
  const lists = new DigestLists();
  const shown = QUERIES.map((query) => resultsFor(resultColumns(query)));
  const observers = QUERIES.flatMap((query) =>
    [true, false].map((isTotal) => recorder.observer({ query, args: [], isTotal }))
  );
  for (let round = 0; round < ROUND_COUNT; round++) {
    const number = round % QUERIES.length;
    const columns = resultColumns(QUERIES[number]!);
    const own = shown[number]!;
    const rows = own[round % own.length]!;
    results.consume(rows, columns);
    results.consumeOpen(rows, columns, lists);
    observers[round % observers.length]!.next(own[(round + 1) % own.length]!);
  }
  recorder.close();
}

/** Results of no row, one and many, as libraries make them: objects with classes of their own, and dictionaries. */
function resultsFor(columns: readonly string[]): Row[][] {
  const values = [
    ...[7, 1.5, 1_700_000_000_000, null, 2n ** 60n, 12n, new Uint8Array(9)],
    ...[
      "",
      "text",
      "a text that is as long as most of them are",
      "\u00e9\u4e2d\u6587\u5b57",
      "at the \u4e2d end",
    ],
  ];
  const row = (index: number): Row =>
    Object.fromEntries(
      columns.map((name, column) => [name, column === 0 ? index : values[(index + column) % values.length]!]),
    );
  const dictionary = (index: number): Row => {
    const made: Record<string, Value> = Object.assign(Object.create(null), { ...row(index), gone: 1 });
    delete made["gone"];
    return made;
  };
  const list = (make: (index: number) => Row, length: number) =>
    Array.from({ length }, (_, index) => make(index));
  return [[], list(row, 1), list(dictionary, 1), list(row, 20), list(dictionary, 20)];
}
