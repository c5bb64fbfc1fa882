import { strictEqual } from "node:assert/strict";
import { fakeAdapter } from "../testing/fake_adapter.ts";
import { FakeRuntime } from "../testing/fake_runtime.ts";
import { ChildPlayer } from "./child_player.ts";

Deno.test("ChildPlayer.begin() compiles the recorder before the adapter is loaded, and only where times are asked for", async () => {
  let collectionCount = 0;
  const runtime = Object.assign(new FakeRuntime(), { collectGarbage: () => void collectionCount++ });
  let isLoadedBefore = false;
  const begin = async (order: { keepsRows: boolean; isTimed?: boolean }): Promise<number> => {
    collectionCount = 0;
    const loadAdapter = () => {
      isLoadedBefore = collectionCount === 0;
      return Promise.resolve(fakeAdapter({}));
    };
    const patience = { finalQuietMs: 1, quietMs: 1, deadlineMs: 50 };
    await new ChildPlayer({ runtime, loadAdapter }).begin({
      adapter: "fake",
      options: {},
      key: { a: 1, b: 2 },
      patience,
      ...order,
    });
    return collectionCount;
  };
  strictEqual(await begin({ keepsRows: true }), 0);
  strictEqual(await begin({ keepsRows: false, isTimed: false }), 0);
  // What is compiled has lived through three collections; once in a process, so that this comes last.
  strictEqual(await begin({ keepsRows: false }), 3);
  strictEqual(isLoadedBefore, false);
});
