/** Runs on a disk that is full, in two processes at once, and in processes that are killed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import {
  END,
  exampleBlock,
  examplePhases,
  exampleStart,
  withDirectory,
  withDirectoryAsync,
} from "./_fixtures.ts";
import { listRuns } from "./list_runs.ts";
import { loadRun } from "./load_run.ts";
import { createRun, resumeRun } from "./run_folder.ts";

const REPOSITORY = join(import.meta.dirname!, "..", "..");

function startWriter(root: string, label: string, mode: "loop" | "hold"): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      `--config=${join(REPOSITORY, "deno.json")}`,
      `--allow-read=${root}`,
      `--allow-write=${root}`,
      join(import.meta.dirname!, "_writer.ts"),
      root,
      label,
      mode,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Reads lines until one equals `last`, then kills the process and returns every line that it had printed. */
async function killAfter(child: Deno.ChildProcess, last: string): Promise<readonly string[]> {
  let text = "";
  let isKilled = false;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (isKilled || !text.includes(`${last}\n`)) continue;
    child.kill("SIGKILL");
    isKilled = true;
  }
  const { signal } = await child.status;
  assert.ok(isKilled, `the writer ended before it printed "${last}": ${text}`);
  assert.equal(signal, "SIGKILL");
  // What follows the last line feed was cut by the kill.
  return text.split("\n").slice(0, -1);
}

/** Puts a small disk in place of a directory; `false` where that is not allowed. */
function mount(directory: string): boolean {
  try {
    const args = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory];
    return new Deno.Command("mount", { args, stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

function unmount(directory: string): void {
  new Deno.Command("umount", { args: [directory] }).outputSync();
}

function canMount(): boolean {
  let isMounted = false;
  withDirectory((directory) => {
    isMounted = Deno.build.os === "linux" && mount(directory);
    if (isMounted) unmount(directory);
  });
  return isMounted;
}

Deno.test({
  name: "append() loses no acknowledged block when the process is killed at any of 20 moments",
  async fn() {
    await withDirectoryAsync(async (root) => {
      let loadedCount = 0;
      for (let attempt = 0; attempt < 20; attempt++) {
        // The writer goes on while its last line is on its way here, so the kill hits wherever it then is: in
        // createRun, in an append, in a seal or in a resume. Moments 0 and 1 hit before the first block.
        const last = ["starting", "created"][attempt] ?? String(attempt * 3);
        const child = startWriter(root, `kill-${attempt}`, "loop");
        const printed = await killAfter(child, last);
        await child.stdin.close();

        const acknowledged = printed.filter((line) => /^\d+$/.test(line)).map(Number);
        const { runs, strays } = listRuns(root);
        assert.ok(strays.every(({ reason }) => reason.startsWith("it is hidden")), JSON.stringify(strays));
        const folder = runs.find(({ header }) => header.label === `kill-${attempt}`)?.folder;
        if (folder === undefined) {
          assert.ok(!printed.includes("created"), "a created run must be there");
          continue;
        }
        loadedCount++;

        const { results } = loadRun(folder);
        const positions = results.map(({ position }) => position);
        assert.deepEqual(positions.slice(0, acknowledged.length), acknowledged);
        assert.deepEqual(positions, positions.map((_, index) => index), "no block is missing in between");

        const resumed = resumeRun(folder);
        assert.equal(resumed.blocks.length, results.length);
        resumed.append(exampleBlock(results.length));
        resumed.seal({ status: "complete", now: END });
        assert.equal(loadRun(folder).results.length, results.length + 1);
      }
      assert.ok(loadedCount >= 18, `only ${loadedCount} runs were there`);
    });
  },
});

Deno.test({
  name: "resumeRun() refuses a run that another process writes, until that process is killed",
  async fn() {
    await withDirectoryAsync(async (root) => {
      const child = startWriter(root, "held", "hold");
      const folder = join(root, "2026-11-21T23-55-07-held");
      let refusal: unknown;
      let text = "";
      for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        if (refusal !== undefined || !text.includes("created\n")) continue;
        try {
          resumeRun(folder).close();
          refusal = "none";
        } catch (error) {
          refusal = error;
        }
        assert.equal(loadRun(folder).status, "running", "reading is never refused");
        child.kill("SIGKILL");
      }
      await child.status;
      await child.stdin.close();
      assert.match(String(refusal), /^UsageError: Cannot write run .+ as only one process may write it/);

      using resumed = resumeRun(folder);
      resumed.append(exampleBlock(0));
    });
  },
});

for (const [what, phasesOf] of [["blocks", () => undefined], ["timelines", examplePhases]] as const) {
  Deno.test({
    name: `append() and seal() lose nothing on a disk that is full of ${what} and go on when there is room`,
    // Elsewhere block_log_test.ts stands in, with a file that refuses.
    ignore: !canMount(),
    fn() {
      withDirectory((root) => {
        assert.ok(mount(root));
        try {
          const ballast = join(root, "ballast");
          Deno.writeFileSync(ballast, new Uint8Array(20_000));
          using run = createRun(exampleStart(root));
          let position = 0;
          assert.throws(
            () => {
              for (;; position++) run.append(exampleBlock(position), phasesOf(position));
            },
            /^Error: Cannot (append|write) \d+ bytes to ".+" as the disk must take them: No space left on device/,
          );
          assert.ok(position > 3);
          assert.equal(loadRun(run.folder).results.length, position);
          assert.deepEqual(
            loadRun(run.folder).warnings,
            run.header.warnings,
            "no piece of the refused block is left",
          );

          assert.throws(() => createRun(exampleStart(root, "second")), {
            name: "UsageError",
            message: /must be a writable folder: .*No space left on device/,
          });
          assert.throws(
            () => run.seal({ status: "partial", now: END }),
            /^Error: Cannot write record\.json of run ".+" as the disk must take it: No space left on device/,
          );
          assert.equal(loadRun(run.folder).status, "running");

          Deno.removeSync(ballast);
          run.append(exampleBlock(position), phasesOf(position));
          run.seal({ status: "partial", now: END });
          assert.equal(loadRun(run.folder).results.length, position + 1);
        } finally {
          unmount(root);
        }
      });
    },
  });
}
