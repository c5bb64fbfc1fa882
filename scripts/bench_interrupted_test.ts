/** The bench when it is interrupted or killed, or the disk is full: what was measured stays, and `--resume` goes on. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { loadRun } from "../lib/record/mod.ts";
import { inTempFolder } from "../lib/testing/temp_folder.ts";
import { bench, interrupted, ONE_CELL, runsIn, SWEEP } from "./_bench_process.ts";

Deno.test("bench keeps what was measured when it is interrupted, and --resume completes it", () =>
  inTempFolder(async (root) => {
    const args = [...ONE_CELL, "--blocks", "6", "--out", root];
    const { code, folder } = await interrupted(args, 3, "SIGINT");
    strictEqual(code, 130);
    const partial = loadRun(folder);
    strictEqual(partial.status, "partial");
    ok(partial.results.length >= 3 && partial.results.length < 14, `${partial.results.length} blocks`);
    ok(Deno.statSync(join(folder, "report.md")).isFile);

    strictEqual((await bench(["--resume", folder])).code, 0);
    const complete = loadRun(folder);
    strictEqual(complete.status, "complete");
    // Of the cell and of the anchor, six blocks with numbers and one with rows.
    strictEqual(complete.results.length, 14);
    deepStrictEqual(complete.results.slice(0, partial.results.length), partial.results);
    match((await bench(["--resume", folder])).stderr, /it is complete/);
  }));

Deno.test("bench seals what was measured on SIGTERM", () =>
  inTempFolder(async (root) => {
    const { code, folder } = await interrupted([...ONE_CELL, "--blocks", "6", "--out", root], 1, "SIGTERM");
    strictEqual(code, 130);
    strictEqual(loadRun(folder).status, "partial");
  }));

Deno.test("bench loses no ended block when it is killed, at any of 12 random moments", () =>
  inTempFolder(async (root) => {
    const killed = async (round: number): Promise<void> => {
      // Random moments are the point here; a failing round can be read off the message.
      const blockCount = Math.floor(Math.random() * 4);
      const afterMs = Math.random() * 150;
      const args = [`kill-${round}`, ...ONE_CELL, "--blocks", "6", "--out", root];
      const { endedCount, folder } = await interrupted(args, blockCount, "SIGKILL", afterMs);
      const record = loadRun(folder);
      const moment = `round ${round}, ${afterMs} ms after block ${blockCount}`;
      ok(record.results.length >= endedCount, `${moment}: ${record.results.length} of ${endedCount} blocks`);
      ok(record.results.every(({ status }) => status === "measured"), moment);
      strictEqual(record.status, "running", moment);
    };
    // Most of a round is waiting for processes.
    const lanes = [0, 1, 2, 3].map(async (lane) => {
      for (let round = lane; round < 12; round += 4) await killed(round);
    });
    for (const { reason } of (await Promise.allSettled(lanes)).filter((one) => one.status === "rejected")) {
      throw reason;
    }
    // A killed run can be completed, and its temporary directories are swept by the next one.
    const folder = runsIn(root)[0]!;
    const { code, stdout, stderr } = await bench(["--resume", folder]);
    strictEqual(code, 0, stdout + stderr);
    strictEqual(loadRun(folder).results.length, 14);
  }));

/** A disk of 64 KiB, where this process may make one. */
async function mountTinyDisk(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  const disk = await Deno.makeTempDir();
  const { success } = await new Deno.Command("mount", {
    args: ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk],
    stderr: "null",
  }).output().catch(() => ({ success: false }));
  if (success) return disk;
  await Deno.remove(disk);
  return undefined;
}

Deno.test("bench ends in one line when the disk is full, and goes on when there is room", async (t) => {
  const disk = await mountTinyDisk();
  if (disk === undefined) {
    await t.step({ name: "no disk can be made here", ignore: true, fn: () => {} });
    return;
  }
  try {
    const filler = join(disk, "filler");
    Deno.writeFileSync(filler, new Uint8Array(48 * 1024));
    const { code, stderr } = await bench([
      ...ONE_CELL,
      "--blocks",
      "9",
      "--timeline",
      "none",
      "--out",
      disk,
    ]);
    strictEqual(code, 3, stderr);
    const folder = runsIn(disk).find((path) => path !== filler);
    const lines = stderr.trim().split("\n").filter((line) => !line.startsWith("["));
    match(
      lines.at(-2)!,
      /^Cannot .* as the disk must take (it|them|what it writes): No space left on device/,
    );
    strictEqual(lines.at(-1), `What was measured is kept: make room, then go on with --resume ${folder}`);
    const kept = loadRun(folder!).results.length;
    ok(kept > 0 && kept < 20, `${kept} blocks are kept`);

    await Deno.remove(filler);
    const resumed = await bench(["--resume", folder!, "--timeline", "none"]);
    strictEqual(resumed.code, 0, resumed.stderr);
    strictEqual(loadRun(folder!).results.length, 20);
  } finally {
    await new Deno.Command("umount", { args: [disk] }).output();
    await Deno.remove(disk);
  }
});

Deno.test("bench goes on with a sweep that was interrupted, with the sizes that it began with", () =>
  inTempFolder(async (root) => {
    const { code, folder } = await interrupted([...SWEEP, "--out", root], 2, "SIGINT");
    strictEqual(code, 130);
    strictEqual((await bench(["--resume", folder])).code, 0);
    const { settings, results, status } = loadRun(folder);
    strictEqual(status, "complete");
    const swept = settings.cells.filter(({ anchor }) => anchor !== true);
    deepStrictEqual(swept.map(({ parameters, sizes }) => [parameters?.["streams"], sizes?.["streamCount"]]), [
      ["1", 1],
      ["10", 10],
      ["100", 100],
    ]);
    for (const { key } of swept) {
      match(key, /^scaling@1\/node-sqlite\/smoke\/streams=\d+$/);
      strictEqual(
        results.filter(({ cellKey }) => cellKey === key).length,
        4,
        "three with numbers, one with rows",
      );
    }
  }));
