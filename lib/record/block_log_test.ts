import assert from "node:assert/strict";
import { join } from "node:path";
import { withDirectory } from "./_fixtures.ts";
import { BlockLog } from "./block_log.ts";

/** A file that takes only as many bytes as `room.byteCount` says, in single writes like a full disk. */
function cramped(path: string, room: { byteCount: number }): Deno.FsFile {
  const file = Deno.openSync(path, { append: true, create: true });
  const writeSync = file.writeSync.bind(file);
  file.writeSync = (bytes) => {
    if (room.byteCount === 0) throw new Error("No space left on device (os error 28)");
    const byteCount = Math.min(room.byteCount, bytes.length);
    room.byteCount -= byteCount;
    return writeSync(bytes.subarray(0, byteCount));
  };
  return file;
}

Deno.test("append() takes a half-written line back when the disk is full, and goes on when there is room", () => {
  withDirectory((directory) => {
    const path = join(directory, "blocks.jsonl");
    Deno.writeTextFileSync(path, '{"first":1}\n');
    const room = { byteCount: 5 };
    const log = new BlockLog(cramped(path, room), path);
    assert.throws(() => log.append('{"second":2}'), (error) => {
      assert.ok(error instanceof Error);
      assert.match(
        error.message,
        /^Cannot append 13 bytes to ".+" as the disk must take them: No space left/,
      );
      assert.ok(error.cause instanceof Error);
      return true;
    });
    assert.equal(Deno.readTextFileSync(path), '{"first":1}\n');
    room.byteCount = 1000;
    log.append('{"third":3}');
    assert.equal(Deno.readTextFileSync(path), '{"first":1}\n{"third":3}\n');
    assert.match(log.sealedDigest(), /^[0-9a-f]{64}$/);
    log.close();
  });
});

Deno.test("append() and sealedDigest() take a half-written line back later when it could not be taken back at once", () => {
  withDirectory((directory) => {
    const path = join(directory, "blocks.jsonl");
    const room = { byteCount: 5 };
    const file = cramped(path, room);
    const truncateSync = file.truncateSync.bind(file);
    const refuse = () => {
      throw new Error("Input/output error (os error 5)");
    };
    const log = new BlockLog(file, path);
    file.truncateSync = refuse;
    assert.throws(() => log.append("[1,2,3]"), /No space left/);
    assert.equal(Deno.readTextFileSync(path), "[1,2,");
    room.byteCount = 1000;
    assert.throws(() => log.append("[4]"), /Input\/output error/, "a line must never follow a piece");
    assert.throws(() => log.sealedDigest(), /the piece of a refused line must be taken back/);
    file.truncateSync = truncateSync;
    log.append("[5]");
    assert.equal(Deno.readTextFileSync(path), "[5]\n");
    log.sealedDigest();
    log.close();
  });
});

Deno.test("append() takes a line back whose sync failed", () => {
  withDirectory((directory) => {
    const path = join(directory, "blocks.jsonl");
    const file = Deno.openSync(path, { append: true, create: true });
    const syncDataSync = file.syncDataSync.bind(file);
    file.syncDataSync = () => {
      throw new Error("Input/output error (os error 5)");
    };
    const log = new BlockLog(file, path);
    assert.throws(() => log.append("[1]"), /Input\/output error/);
    assert.equal(Deno.readTextFileSync(path), "");
    file.syncDataSync = syncDataSync;
    log.append("[2]");
    assert.equal(Deno.readTextFileSync(path), "[2]\n");
    log.close();
  });
});
