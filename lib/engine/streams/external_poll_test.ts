import assert from "node:assert/strict";
import { ExternalPoll } from "./external_poll.ts";
import { strict } from "../testing/fixtures.ts";

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ...strict, fn });

test("ExternalPoll looks once at a time when looking takes longer than its interval", async () => {
  const log: string[] = [];
  const done = Promise.withResolvers<void>();
  const poll = new ExternalPoll(1, async () => {
    log.push("begin");
    for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setTimeout(resolve, 1));
    log.push("end");
    if (log.length === 6) done.resolve();
  });
  poll.start();
  poll.start();
  await done.promise;
  poll.stop();
  poll.stop();
  assert.deepEqual(log, ["begin", "end", "begin", "end", "begin", "end"]);
});

test("ExternalPoll looks on when a look has failed", async () => {
  let looks = 0;
  const done = Promise.withResolvers<void>();
  const poll = new ExternalPoll(1, () => {
    if (++looks === 3) done.resolve();
    return Promise.reject(new Error("the file is locked"));
  });
  poll.start();
  await done.promise;
  poll.stop();
});

test("ExternalPoll never looks when its interval is 0", async () => {
  const poll = new ExternalPoll(0, () => assert.fail("it looked"));
  poll.start();
  await new Promise<void>((resolve) => setTimeout(resolve, 0));
  poll.stop();
});
