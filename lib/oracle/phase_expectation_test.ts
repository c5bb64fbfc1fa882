import assert from "node:assert/strict";
import type { Seed, Table } from "../model/schema.ts";
import { count, insert, select, update } from "../model/statement.ts";
import type { Row } from "../model/value.ts";
import type { BoundQuery, Operation, Phase } from "../model/workload.ts";
import { expectOf, isFinal, judge, logOf, phaseOf, type RowLog, type Shown } from "./hand_made_log.ts";
import { Truth } from "./truth.ts";

// The phases of these tests write to three rows: operation k starts at 100 k + 100 and is acknowledged 50 later.

const table: Table = {
  name: "items",
  primaryKey: "id",
  columns: [{ name: "id", type: "integer" }, { name: "value", type: "text" }],
  indexes: [],
};
const seed: Seed = {
  table: "items",
  rowCount: 3,
  firstKey: 1,
  batchSize: 10,
  row: (index) => ({ id: index + 1, value: "seed" }),
};
const all = select({
  table: "items",
  columns: ["id", "value"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
});
const one = select({
  table: "items",
  columns: ["value"],
  where: [{ kind: "equal", column: "id", operand: { param: "id" } }],
  orderBy: [],
});
const countAll = count({ table: "items", as: "c", where: [] });
const setValue = update({ table: "items", set: [{ column: "value", param: "value" }], keyColumn: "id" });
const addItem = insert({ table: "items", columns: ["id", "value"] });

const ALL: BoundQuery = { query: all, args: [] };

function set(id: number, value: string): Operation {
  return { kind: "write", label: "update", statement: setValue, args: [value, id] };
}

/** The whole table when its rows have these values. */
function rowsOf(...values: string[]): Row[] {
  return values.map((value, i) => ({ id: i + 1, value }));
}

const START = rowsOf("seed", "seed", "seed");
const AFTER_0 = rowsOf("a", "seed", "seed");
const AFTER_1 = rowsOf("a", "b", "seed");
const AFTER_2 = rowsOf("a", "b", "c");
const WRITES = [set(1, "a"), set(2, "b"), set(3, "c")];

function at(atNs: number, rows: readonly Row[]): Shown {
  return { atNs, rows: rows.map((row) => ({ ...row })) };
}

const HONEST = [at(0, START), at(160, AFTER_0), at(270, AFTER_1), at(380, AFTER_2)];

/** Judges one watch of the whole table over the given operations; the fresh read is true unless it is given. */
function judgeStream(
  shown: readonly Shown[],
  { operations = WRITES, log = {}, phase = {} }: {
    operations?: readonly Operation[];
    log?: Partial<RowLog>;
    phase?: Partial<Phase>;
  } = {},
) {
  const truth = new Truth([table], [seed]);
  const expectation = expectOf(truth, phaseOf({ watches: [ALL], ...phase }), operations);
  const judgement = judge(expectation, {
    ...logOf(operations.length, [shown]),
    finalReads: [truth.read(all, [])],
    ...log,
  });
  return { ...judgement, streams: judgement.streams! };
}

function faultsOf({ findings }: { findings: readonly { verdict: string; detail: string }[] }): string[] {
  return findings.map(({ verdict, detail }) => `${verdict}: ${detail}`);
}

Deno.test("judge() finds a stream that shows every commit converged", () => {
  const { streams, ...judgement } = judgeStream(HONEST);
  assert.deepEqual(judgement, { verdict: "converged", findings: [], findingCount: 0 });
  assert.deepEqual(streams, {
    streamCount: 1,
    emissionsNeeded: 3,
    emissionsDelivered: 3,
    emissionsRedundant: 0,
    emissionsCoalesced: 0,
    freshnessNs: Float64Array.of(10, 20, 30),
    shownNs: Float64Array.of(60, 70, 80),
    dueNs: Float64Array.of(100, 200, 300),
    lastShownAtNs: 380,
    outdatedMaxNs: 30,
    settleNs: 30,
  });
});

Deno.test("judge() accepts one emission for many changes and counts them as coalesced", () => {
  const { verdict, streams } = judgeStream([at(0, START), at(400, AFTER_2)]);
  assert.equal(verdict, "converged");
  assert.deepEqual([streams.emissionsNeeded, streams.emissionsDelivered, streams.emissionsCoalesced], [
    3,
    1,
    2,
  ]);
  assert.deepEqual([...streams.freshnessNs], [250, 150, 50]);
  assert.deepEqual([...streams.shownNs], [300, 200, 100], "from the calls at 100, 200 and 300");
  assert.equal(streams.outdatedMaxNs, 250);
});

Deno.test("judge() finds a dropped final emission lost", () => {
  const judgement = judgeStream(HONEST.slice(0, 3));
  assert.deepEqual(faultsOf(judgement), [
    `lost: The last emission, 3 of 3, is not the state made by operation 2 ("update"): it shows row 2 with "value" ` +
    `"seed" where the truth has "c"`,
  ]);
  assert.deepEqual(judgement.findings[0], {
    verdict: "lost",
    phase: "burst",
    iteration: 0,
    query: "SELECT id, value FROM items ORDER BY id",
    detail: judgement.findings[0]!.detail,
    history: judgement.findings[0]!.history,
  });
  // The change that nothing showed has no freshness and is not coalesced either.
  assert.deepEqual([...judgement.streams.freshnessNs], [10, 20]);
  assert.equal(judgement.streams.emissionsCoalesced, 0);
  // Outdated from the acknowledgement at 350 until all was quiet, which was then.
  assert.equal(judgement.streams.outdatedMaxNs, 20);
});

Deno.test("judge() finds a stream without any result lost", () => {
  assert.deepEqual(faultsOf(judgeStream([])), ["lost: The stream never showed a result"]);
});

Deno.test("judge() finds half of a batch phantom", () => {
  const operations: Operation[] = [{
    kind: "batch",
    label: "bulk",
    statement: setValue,
    rows: [["a", 1], ["b", 2], ["c", 3]],
  }];
  const torn = [at(0, START), at(120, AFTER_1), at(160, AFTER_2)];
  assert.deepEqual(faultsOf(judgeStream(torn, { operations })), [
    `phantom: Emission 2 of 3 equals no committed state: against the one made by operation 0 ("bulk") it shows row 2 ` +
    `with "value" "seed" where the truth has "c"`,
  ]);
  assert.equal(judgeStream([at(0, START), at(120, AFTER_2)], { operations }).verdict, "converged");
});

Deno.test("judge() finds half of an inserting batch phantom", () => {
  const operations: Operation[] = [
    { kind: "batch", label: "bulk", statement: addItem, rows: [[4, "d"], [5, "e"]] },
  ];
  const whole = rowsOf("seed", "seed", "seed", "d", "e");
  assert.deepEqual(
    faultsOf(judgeStream([at(0, START), at(120, whole.slice(0, 4)), at(160, whole)], { operations })),
    [
      `phantom: Emission 2 of 3 equals no committed state: against the one made by operation 0 ("bulk") it shows 4 rows ` +
      `where the truth has 5 rows; missing is id 5, value "e"`,
    ],
  );
});

Deno.test("judge() finds a stale result after a newer one regressed", () => {
  const judgement = judgeStream([...HONEST.slice(0, 3), at(280, AFTER_0), at(380, AFTER_2)]);
  assert.deepEqual(faultsOf(judgement), [
    `regressed: Emission 4 of 5 goes back to the state made by operation 0 ("update") after one made by operation 1 ` +
    `("update") was shown: it shows row 1 with "value" "seed" where the truth has "b"`,
  ]);
});

Deno.test("judge() finds a first result older than the phase phantom or regressed, never new", () => {
  const before = rowsOf("older", "seed", "seed");
  assert.equal(judgeStream([at(0, before), ...HONEST.slice(1)]).verdict, "phantom");
  // Starting with something newer is fine.
  assert.equal(judgeStream(HONEST.slice(1)).verdict, "converged");
});

Deno.test("judge() accepts states that repeat, in step and behind", () => {
  const operations = [set(1, "a"), set(1, "seed"), set(1, "a"), set(1, "seed")];
  const shown = [START, AFTER_0, START, AFTER_0, START];
  const inStep = judgeStream(shown.map((rows, i) => at(100 * i + 60, rows)), { operations });
  assert.equal(inStep.verdict, "converged");
  assert.deepEqual([...inStep.streams.freshnessNs], [10, 10, 10, 10]);
  assert.equal(inStep.streams.emissionsCoalesced, 0);
  const behind = judgeStream(shown.map((rows, i) => at(600 + i, rows)), { operations });
  assert.equal(behind.verdict, "converged");
  assert.equal(behind.streams.emissionsCoalesced, 0);
});

Deno.test("judge() accepts silence when the data comes back to what is shown", () => {
  const operations = [set(1, "a"), set(1, "seed")];
  const { verdict, streams } = judgeStream([at(0, START)], { operations });
  assert.equal(verdict, "converged");
  assert.equal(streams.emissionsCoalesced, 2);
  // The first change was hidden until the second was dispatched.
  assert.deepEqual([...streams.freshnessNs], [50, 0]);
  assert.equal(streams.outdatedMaxNs, 50);
});

Deno.test("judge() gives an emission before the acknowledgement a freshness of 0", () => {
  const { verdict, streams } = judgeStream([
    at(0, START),
    at(110, AFTER_0),
    at(210, AFTER_1),
    at(310, AFTER_2),
  ]);
  assert.equal(verdict, "converged");
  assert.deepEqual([...streams.freshnessNs], [0, 0, 0]);
  assert.equal(streams.outdatedMaxNs, 0);
  assert.equal(streams.settleNs, 0);
});

Deno.test("judge() finds an emission before the dispatch of its write phantom", () => {
  assert.deepEqual(faultsOf(judgeStream([at(0, START), at(90, AFTER_0), at(380, AFTER_2)])), [
    `phantom: Emission 2 of 3 shows the state made by operation 0 ("update") before that was dispatched`,
  ]);
});

Deno.test("judge() counts an emission equal to the one before as redundant", () => {
  const { verdict, streams } = judgeStream(
    HONEST.flatMap(({ atNs, rows }) => [at(atNs, rows), at(atNs + 1, rows)]),
  );
  assert.equal(verdict, "converged");
  assert.equal(streams.emissionsDelivered, 7);
  assert.equal(streams.emissionsRedundant, 4);
  assert.equal(streams.emissionsCoalesced, 0);
});

Deno.test("judge() finds a wrong value phantom and names the column", () => {
  const wrong = rowsOf("a", "b".repeat(100), "seed");
  const judgement = judgeStream([...HONEST.slice(0, 2), at(270, wrong), ...HONEST.slice(3)]);
  assert.deepEqual(faultsOf(judgement), [
    `phantom: Emission 3 of 4 equals no committed state: against the one made by operation 1 ("update") it shows row 1 ` +
    `with "value" "${"b".repeat(37)}..." where the truth has "b"`,
  ]);
});

Deno.test("judge() finds a missing column, an extra column and a wrong order phantom", () => {
  const detailOf = (rows: readonly Row[]) => {
    const judgement = judgeStream([at(0, START), at(160, rows), at(380, AFTER_2)]);
    assert.equal(judgement.verdict, "phantom");
    return judgement.findings[0]!.detail.replace(/^.* it shows /, "");
  };
  const [first, ...rest] = AFTER_0;
  assert.equal(detailOf([{ id: 1 }, ...rest]), `row 0 without "value" where the truth has "a"`);
  assert.equal(detailOf([{ ...first!, x: 1 }, ...rest]), `row 0 with "x" where the truth has no such column`);
  assert.equal(detailOf(AFTER_0.toReversed()), `row 0 with "id" 3 where the truth has 1`);
});

Deno.test("judge() does not mind the order of columns nor bigints", () => {
  const shown = HONEST.map(({ atNs, rows }) =>
    at(atNs, rows.map(({ id, value }) => ({ value: value!, id: BigInt(id as number) })))
  );
  assert.equal(judgeStream(shown).verdict, "converged");
});

Deno.test("judge() finds an error of the live query", () => {
  const errors = [{ atNs: 165, message: "connection lost", emissionsBefore: 2 }];
  const judgement = judgeStream(HONEST, { log: { errors: [errors] } });
  assert.deepEqual(faultsOf(judgement), ["error: The live query failed after 2 emissions: connection lost"]);
});

Deno.test("judge() finds reads that differ from the truth at their time", () => {
  const read: Operation = { kind: "read", label: "last", query: one, args: [1] };
  const operations = [read, set(1, "a"), read];
  const check = { query: countAll, args: [] };
  const truth = new Truth([table], [seed]);
  const expectation = expectOf(truth, phaseOf({ checks: [check] }), operations);
  const log = { ...logOf(3, []), finalReads: [[{ c: 3 }]] };
  const honest = { ...log, reads: new Map([[0, [{ value: "seed" }]], [2, [{ value: "a" }]]]) };
  assert.deepEqual(judge(expectation, honest), { verdict: "converged", findings: [], findingCount: 0 });

  const stale = { ...honest, reads: new Map([[0, [{ value: "seed" }]], [2, [{ value: "seed" }]]]) };
  assert.deepEqual(judge(expectation, stale).findings, [{
    verdict: "misread",
    phase: "burst",
    iteration: 0,
    query: "SELECT value FROM items WHERE id = ? with (1)",
    detail: `Read operation 2 ("last") shows row 0 with "value" "seed" where the truth has "a"`,
    history: [{
      kind: "read",
      what: `read operation 2 ("last")`,
      truth: { rowCount: 1, rows: ['0: value "a"'] },
      shown: { rowCount: 1, rows: ['0: value "seed"'] },
    }],
  }]);
  assert.deepEqual(faultsOf(judge(expectation, { ...honest, finalReads: [[{ c: 4 }]] })), [
    `misread: The check at the end shows row 0 with "c" 4 where the truth has 3`,
  ]);
});

Deno.test("judge() names a row that the truth does not have when the order is open", () => {
  const unordered = select({ table: "items", columns: ["id", "value"], where: [], orderBy: [] });
  const judgement = (rows: readonly Row[]) => {
    const truth = new Truth([table], [seed]);
    const expectation = expectOf(truth, phaseOf({ checks: [{ query: unordered, args: [] }] }), WRITES);
    return faultsOf(judge(expectation, { ...logOf(3, []), finalReads: [rows] }));
  };
  const [first, second, third] = AFTER_2;
  assert.deepEqual(judgement([third!, first!, second!]), []);
  assert.deepEqual(judgement([third!, first!, { id: 2, value: "seed" }]), [
    `misread: The check at the end shows row 2 with "id" 2 where the truth has 3`,
  ]);
  assert.deepEqual(judgement([third!, first!, first!]), [
    "misread: The check at the end shows the right rows in a wrong order or number",
  ]);
});

Deno.test("judge() compares the watched query's fresh read, with and without streams", () => {
  const wrong = { finalReads: [AFTER_1] };
  const detail = `misread: The fresh read at the end shows row 2 with "value" "seed" where the truth has "c"`;
  assert.deepEqual(faultsOf(judgeStream(HONEST, { log: wrong })), [detail]);
  const unwatched = judgeStream([], { log: { ...wrong, streams: [] } });
  assert.deepEqual(faultsOf(unwatched), [detail]);
  assert.ok(!("streams" in unwatched && unwatched.streams));
});

Deno.test("judge() sorts findings from worst to best, keeps five and counts all", () => {
  const phantom = rowsOf("?", "?", "?");
  const shown = [
    ...HONEST.slice(0, 3),
    ...Array.from({ length: 4 }, () => at(280, phantom)),
    at(290, AFTER_0),
  ];
  const judgement = judgeStream(shown, { log: { finalReads: [AFTER_0] } });
  assert.equal(judgement.verdict, "misread");
  assert.deepEqual(judgement.findings.map(({ verdict }) => verdict), [
    "misread",
    ...Array(4).fill("phantom"),
  ]);
  assert.equal(judgement.findingCount, 7);
});

Deno.test("judge() judges warm-up operations and measures only what comes after them", () => {
  const phase = { warmupOperationCount: 2 };
  const { verdict, streams } = judgeStream([
    at(0, START),
    at(160, AFTER_0),
    at(161, AFTER_0),
    at(380, AFTER_2),
  ], {
    phase,
  });
  assert.equal(verdict, "converged");
  assert.deepEqual([streams.emissionsNeeded, streams.emissionsDelivered, streams.emissionsRedundant], [
    1,
    1,
    0,
  ]);
  assert.equal(streams.emissionsCoalesced, 0);
  assert.deepEqual([...streams.freshnessNs], [30]);
  // Outdated since operation 1 was acknowledged at 250, and recorded from 300 on.
  assert.equal(streams.outdatedMaxNs, 80);
  const wrong = judgeStream([at(0, START), at(160, rowsOf("?", "seed", "seed")), at(380, AFTER_2)], {
    phase,
  });
  assert.equal(wrong.verdict, "phantom");
});

Deno.test("judge() measures nothing when every operation is a warm-up or there is none", () => {
  const measured = ({ streams }: ReturnType<typeof judgeStream>) => [
    streams.emissionsNeeded,
    streams.emissionsDelivered,
    streams.freshnessNs.length,
    streams.outdatedMaxNs,
  ];
  assert.deepEqual(measured(judgeStream(HONEST, { phase: { warmupOperationCount: 3 } })), [0, 0, 0, 0]);
  const idle = judgeStream([at(5, START)], { operations: [] });
  assert.deepEqual(measured(idle), [0, 0, 0, 0]);
  assert.equal(idle.streams.settleNs, 0);
});

Deno.test("judge() adds up its streams, also when they watch the same", () => {
  const truth = new Truth([table], [seed]);
  const row: BoundQuery = { query: one, args: [2] };
  const expectation = expectOf(truth, phaseOf({ watches: [ALL, ALL, row] }), WRITES);
  const { verdict, streams } = judge(expectation, {
    ...logOf(3, [
      HONEST,
      HONEST.map(({ atNs, rows }) => at(atNs + 5, rows)),
      [at(0, [{ value: "seed" }]), at(251, [{ value: "b" }])],
    ]),
    finalReads: [AFTER_2, AFTER_2, [{ value: "b" }]],
  });
  assert.equal(verdict, "converged");
  assert.equal(streams!.streamCount, 3);
  assert.equal(streams!.emissionsNeeded, 7);
  assert.deepEqual([...streams!.freshnessNs], [10, 20, 30, 15, 25, 35, 1]);
  assert.equal(streams!.settleNs, 35);
});

Deno.test("judge() may be called again when the log has grown", () => {
  const truth = new Truth([table], [seed]);
  const expectation = expectOf(truth, phaseOf({ watches: [ALL] }), WRITES);
  const log = (shown: readonly Shown[]) => ({ ...logOf(3, [shown]), finalReads: [AFTER_2] });
  assert.equal(judge(expectation, log(HONEST.slice(0, 3))).verdict, "lost");
  assert.equal(judge(expectation, log(HONEST)).verdict, "converged");
  assert.deepEqual(judge(expectation, log(HONEST)), judge(expectation, log(HONEST)));
});

Deno.test("isFinal() is true for the final state only", () => {
  const expectation = expectOf(new Truth([table], [seed]), phaseOf({ watches: [ALL] }), WRITES);
  assert.ok(isFinal(expectation, 0, AFTER_2.map((row) => ({ ...row }))));
  assert.ok(!isFinal(expectation, 0, AFTER_1));
  assert.ok(!isFinal(expectation, 0, START));
});

Deno.test("judge() rejects a log of another phase", () => {
  const rule = (log: Partial<RowLog>, message: RegExp) =>
    assert.throws(() => judgeStream(HONEST, { log }), { name: "RangeError", message });
  rule(
    { startNs: new Float64Array(2) },
    /^Cannot judge phase "burst" as its log must have 3 operation times: got 2$/,
  );
  rule({ finalReads: [] }, /must have 1 final reads: got 0$/);
  rule({ streams: [...logOf(3, [HONEST, HONEST]).streams] }, /must have 1 streams: got 2$/);
  const operations: Operation[] = [{ kind: "read", label: "last", query: one, args: [1] }];
  assert.throws(() => judgeStream([at(0, START)], { operations }), /a result for read operation 0: got 0$/);
});

Deno.test("judge() says what is wrong without rows when only digests were kept", () => {
  const judgement = (shown: readonly Shown[], finalRows: readonly Row[]) => {
    const expected = expectOf(new Truth([table], [seed]), phaseOf({ watches: [ALL] }), WRITES);
    const log = { ...logOf(3, [shown]), finalReads: [finalRows] };
    return judge(expected, log, { keepsRows: false });
  };
  const wrong = judgement([at(0, START), at(160, rowsOf("?", "seed", "seed")), at(380, AFTER_1)], AFTER_1);
  assert.deepEqual(faultsOf(wrong), [
    "misread: The fresh read at the end shows a wrong result",
    "phantom: Emission 2 of 3 equals no committed state",
    'lost: The last emission, 3 of 3, is not the state made by operation 2 ("update")',
  ]);
  assert.ok(wrong.findings.every(({ history }) => history === undefined), "there is nothing to tell it with");
  assert.equal(judgement(HONEST, AFTER_2).verdict, "converged");
});

Deno.test("judge() accuses a database that changes rows after their delivery", () => {
  const expected = expectOf(new Truth([table], [seed]), phaseOf({ watches: [ALL] }), WRITES);
  const log = { ...logOf(3, [HONEST]), finalReads: [AFTER_2], changedLater: [{ stream: 0, emission: 1 }] };
  assert.deepEqual(faultsOf(judge(expected, log)), [
    "phantom: The rows of emission 2 of 4 were changed after their delivery: who keeps a result must be able to rely on it",
  ]);
});
