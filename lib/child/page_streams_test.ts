import assert from "node:assert/strict";
import { type Observer, select, type Session } from "../model/mod.ts";
import { Digester } from "../protocol/digester.ts";
import { PageStreams } from "./page_streams.ts";
import { ResultRecorder } from "./result_recorder.ts";
import { StreamRecorder } from "./stream_recorder.ts";

const query = select({
  table: "t",
  columns: ["id"],
  where: [{ kind: "equal", column: "id", operand: { param: "id" } }],
  orderBy: [],
});
const watchOf = (id: number) => ({ query, args: [id], isTotal: true });

/** A session that notes what it is asked, on a clock that moves with each reading. */
function stage() {
  const verbs: string[] = [];
  const observers: Observer[] = [];
  let nowNs = 0;
  const session = {
    watch: (_: unknown, [id]: readonly unknown[], observer: Observer) => {
      verbs.push(`open ${id}`);
      observers.push(observer);
      return Promise.resolve({ close: () => void verbs.push(`close ${id}`) });
    },
  } as unknown as Session;
  const clock = () => nowNs++;
  const results = new ResultRecorder(new Digester({ a: 1, b: 2 }), false);
  const recorder = new StreamRecorder({ nowNs: clock, results });
  return { verbs, observers, recorder, pages: new PageStreams({ session, recorder, nowNs: clock }) };
}

Deno.test("PageStreams closes the page before it opens another, and the last one when told to", async () => {
  const { verbs, pages } = stage();
  await pages.turnTo([watchOf(1), watchOf(2)]);
  await pages.turnTo([watchOf(3)]);
  assert.deepEqual(verbs, ["open 1", "open 2", "close 1", "close 2", "open 3"]);
  await pages.close();
  assert.deepEqual(verbs.slice(5), ["close 3"]);
  assert.deepEqual([...pages.openedNs()], [0, 1, 4]);
  assert.deepEqual([...pages.closedNs()], [2, 3], "the last page was open until the end");
});

Deno.test("PageStreams records what each of its live queries shows, also after it was closed", async () => {
  const { observers, pages, recorder } = stage();
  await pages.turnTo([watchOf(1)]);
  observers[0]!.next([{ id: 1 }]);
  await pages.turnTo([]);
  observers[0]!.next([]);
  const [stream] = recorder.streams();
  assert.equal(stream!.digests.length, 2);
  assert.ok(stream!.atNs[0]! < pages.closedNs()[0]! && stream!.atNs[1]! > pages.closedNs()[0]!);
});

Deno.test("StreamRecorder takes what was closed for final", async () => {
  const { observers, pages, recorder } = stage();
  await pages.turnTo([watchOf(1)]);
  await pages.turnTo([watchOf(2)]);
  assert.equal(recorder.showsFinal([-1, 5]), false);
  observers[1]!.next([{ id: 2 }]);
  const final = recorder.streams()[1]!.digests[0]!;
  assert.equal(recorder.showsFinal([-1, final]), true);
  assert.equal(recorder.showsFinal([7, final]), false);
});
