import { deepStrictEqual, notStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import {
  type DrawnFrames,
  type OpenContext,
  type RawRow,
  remove,
  type Row,
  select,
  type Session,
  type Table,
} from "../model/mod.ts";
import { Digester } from "../protocol/digester.ts";
import type { PhaseOrder, PlayedPhase } from "../protocol/player.ts";
import type { ChildRuntime } from "../runtime/runtime.ts";
import { fakeAdapter } from "../testing/fake_adapter.ts";
import { FakeRuntime } from "../testing/fake_runtime.ts";
import { ChildPlayer } from "./child_player.ts";

const items: Table = {
  name: "items",
  columns: [{ name: "id", type: "integer" }],
  primaryKey: "id",
  indexes: [],
};

const ORDER: PhaseOrder = {
  name: "burst",
  watches: [],
  operations: [{
    kind: "write",
    label: "delete",
    statement: remove({ table: "items", keyColumn: "id" }),
    args: [1],
  }],
  warmupOperationCount: 0,
  pacing: { turns: 0 },
  asksRequeries: false,
  notesTurns: false,
};

const everything = select({
  table: "items",
  columns: ["id"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
});

const WATCHED: PhaseOrder = { ...ORDER, watches: [{ query: everything, args: [], isTotal: true }] };

async function playedIn(runtime: ChildRuntime, isDrawn = false): Promise<PlayedPhase> {
  const player = new ChildPlayer({ runtime, loadAdapter: () => Promise.resolve(fakeAdapter({})) });
  await player.begin({
    adapter: "fake",
    options: {},
    key: { a: 1, b: 2 },
    keepsRows: false,
    isDrawn,
    patience: { finalQuietMs: 1, quietMs: 1, deadlineMs: 50 },
  });
  await player.open({ directory: "none", database: "new", isKept: false, tables: [items] });
  await player.play(isDrawn ? WATCHED : ORDER, { started: () => {}, acknowledged: () => [] });
  const played = await player.finish();
  await player.close();
  return played;
}

Deno.test("playPhase() notes how long its readings of CPU time span where another process is asked for them", async () => {
  const runtime = new FakeRuntime();
  const asked: ChildRuntime = Object.assign(runtime, {
    readCpu: async () => {
      await runtime.sleep(30);
      const nowNs = runtime.nowNs();
      return { callerNs: nowNs, processNs: nowNs };
    },
  });
  const { callerCpuNs, readingsSpanNs, startNs, endNs } = await playedIn(asked);
  // The thread worked while the second answer was on its way, which no operation took.
  ok(callerCpuNs > 30e6 && endNs[0]! - startNs[0]! < 1e6, String(callerCpuNs));
  ok(readingsSpanNs! >= callerCpuNs, String(readingsSpanNs));
  strictEqual((await playedIn(new FakeRuntime())).readingsSpanNs, undefined);
});

Deno.test("playPhase() draws what live queries show, and tells of the frames, when there is a screen", async () => {
  const log: string[] = [];
  const frames: DrawnFrames = { drawnCount: 3, missedCount: 2, longCount: 1, blockedNs: 5, renderNs: 7 };
  const runtime: ChildRuntime = Object.assign(new FakeRuntime(), {
    openScreen: () => ({
      show: (stream: number, rows: readonly object[], columns: readonly string[]) =>
        log.push(`show ${stream} ${rows.length} ${columns}`),
      watchFrames: () => log.push("watch"),
      readFrames: () => {
        log.push("read");
        return frames;
      },
      clear: () => log.push("clear"),
    }),
  });
  deepStrictEqual((await playedIn(runtime, true)).frames, frames);
  deepStrictEqual(log.filter((entry) => entry !== "show 0 0 id"), ["watch", "read", "clear"]);
  ok(log.indexOf("show 0 0 id") < log.indexOf("watch"), "the first result is no part of it");
  strictEqual((await playedIn(runtime)).frames, undefined);
  await rejects(playedIn(new FakeRuntime(), true), {
    message: "Cannot draw results as there must be a page: this is deno",
  });
});

const pairs = select({
  table: "items",
  columns: ["id", "name"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
});

/** What a phase with one raw read tells, of a database that answers with these rows. */
async function playedRaw(
  readRaw: Session["readRaw"],
  { keepsRows = false, isTotal = true } = {},
): Promise<PlayedPhase> {
  const fake = fakeAdapter({});
  const open = async (context: OpenContext) => {
    const session = await fake.open(context);
    return readRaw === undefined ? session : Object.assign(session, { readRaw });
  };
  const player = new ChildPlayer({
    runtime: new FakeRuntime(),
    loadAdapter: () => Promise.resolve({ ...fake, open }),
  });
  const patience = { finalQuietMs: 1, quietMs: 1, deadlineMs: 50 };
  await player.begin({ adapter: "fake", options: {}, key: { a: 1, b: 2 }, keepsRows, patience });
  await player.open({ directory: "none", database: "new", isKept: false, tables: [items] });
  const read = {
    kind: "read" as const,
    label: "read",
    query: pairs,
    args: [],
    isTotal,
    isRaw: true as const,
  };
  await player.play({ ...ORDER, operations: [read] }, { started: () => {}, acknowledged: () => [] });
  return await player.finish();
}

Deno.test("playPhase() digests raw rows as it digests the same rows with names", async () => {
  const digester = new Digester({ a: 1, b: 2 });
  const named: Row[] = [{ id: 1, name: "one" }, { id: 2, name: null }];
  const raw: RawRow[] = [[1, "one"], [2, null]];
  const rowDigests = new Float64Array(2);
  const digest = digester.result(named, ["id", "name"], rowDigests);
  deepStrictEqual((await playedRaw(() => raw)).readDigests, Float64Array.of(digest));
  const open = await playedRaw(() => Promise.resolve(raw), { isTotal: false });
  deepStrictEqual(open.readDigests, Float64Array.of(digest));
  deepStrictEqual(open.readRowDigests, [[0, rowDigests]]);
  const wrong: RawRow[][] = [[["one", 1], [null, 2]], [[1, "one", 0], [2, null, 0]], [[1], [2]], [
    ...raw,
    [],
  ]];
  for (const rows of wrong) notStrictEqual((await playedRaw(() => rows)).readDigests[0], digest);
});

Deno.test("playPhase() keeps raw rows with the names of their columns, and shows what is too much", async () => {
  const { readDigests, rows } = await playedRaw(() => [[1, "one"], [2, null, "more"], [3]], {
    keepsRows: true,
  });
  deepStrictEqual(rows, [{
    digest: readDigests[0],
    rows: [{ id: 1, name: "one" }, { id: 2, name: null, "value 3": "more" }, { id: 3 }],
  }]);
});

Deno.test("playPhase() says so when rows are asked for as lists and the session brings none", async () => {
  await rejects(playedRaw(undefined), { message: "The session brings no rows as lists of values" });
});
