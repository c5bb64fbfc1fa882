import assert from "node:assert/strict";
import { Hold } from "./hold.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function fixture(holdMs: number) {
  const state = { busy: false, released: 0 };
  const done = Promise.withResolvers<void>();
  const hold = new Hold(holdMs, () => state.busy, () => {
    state.released++;
    done.resolve();
  });
  return { state, hold, released: done.promise };
}

const sanitizers = { sanitizeOps: true, sanitizeResources: true };

Deno.test({
  name: "Hold releases once when the writer has been idle for some turns",
  ...sanitizers,
  async fn() {
    const { state, hold, released } = fixture(60_000);
    hold.start(performance.now());
    hold.writerAnswered();
    assert.equal(state.released, 0);
    await released;
    for (let i = 0; i < 10; i++) await turn();
    assert.equal(state.released, 1);
  },
});

Deno.test({
  name: "Hold goes on holding when the caller writes again after each turn",
  ...sanitizers,
  async fn() {
    const { state, hold, released } = fixture(60_000);
    for (let i = 0; i < 50; i++) {
      hold.start(performance.now());
      hold.writerAnswered();
      await turn();
      state.busy = true;
      await turn();
      state.busy = false;
    }
    assert.equal(state.released, 0);
    hold.writerAnswered();
    await released;
    assert.equal(state.released, 1);
  },
});

Deno.test({
  name: "Hold releases by its timer when one write takes longer than holdMs",
  ...sanitizers,
  async fn() {
    const { state, hold, released } = fixture(1);
    state.busy = true;
    hold.start(performance.now());
    await released;
    assert.equal(state.released, 1);
  },
});

Deno.test({
  name: "Hold leaves no timer behind when it is cancelled",
  ...sanitizers,
  fn() {
    const { state, hold } = fixture(60_000);
    hold.start(performance.now());
    hold.cancel();
    assert.equal(state.released, 0);
  },
});
