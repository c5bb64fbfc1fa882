import assert from "node:assert/strict";
import { awaitedFiles } from "./pglite_files.ts";

/** What happened to files, in order; each save ends when the test says so. */
class Log {
  readonly lines: string[] = [];
  readonly saves: PromiseWithResolvers<void>[] = [];

  files() {
    const { lines, saves } = this;
    return awaitedFiles(
      class {
        readonly name: string;

        constructor(name: string) {
          this.name = name;
        }

        async syncToFs(): Promise<void> {
          const save = Promise.withResolvers<void>();
          saves.push(save);
          lines.push(`${this.name}: save ${saves.length} begins`);
          await save.promise;
        }

        closeFs(): Promise<void> {
          lines.push(`${this.name}: closed`);
          return Promise.resolve();
        }
      },
      "here",
    );
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function turnsUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

Deno.test("awaitedFiles() close behind the save that is under way, and save once more", async () => {
  const log = new Log();
  const files = log.files();
  const save = files.syncToFs(true);
  const closed = files.closeFs();
  await turn();
  await turn();
  assert.deepEqual(log.lines, ["here: save 1 begins"]);
  log.saves[0]!.resolve();
  await save;
  await turnsUntil(() => log.saves.length === 2);
  log.saves[1]!.resolve();
  await closed;
  assert.deepEqual(log.lines, ["here: save 1 begins", "here: save 2 begins", "here: closed"]);
});

Deno.test("awaitedFiles() close behind a save that begins as another one ends, and one that begins as the end does", async () => {
  const log = new Log();
  const files = log.files();
  const closed = files.closeFs();
  const both = Promise.resolve().then(() => files.syncToFs(true)).then(() => files.syncToFs(true));
  for (const index of [0, 1, 2]) {
    await turnsUntil(() => log.saves.length > index);
    assert.deepEqual(log.lines.includes("here: closed"), false);
    log.saves[index]!.resolve();
  }
  await Promise.all([both, closed]);
  assert.deepEqual(log.lines.slice(-2), ["here: save 3 begins", "here: closed"]);
});

Deno.test("awaitedFiles() count a save that meets a file that is gone, and give every other failure on", async () => {
  const log = new Log();
  const files = log.files();
  const gone = files.syncToFs(true);
  log.saves[0]!.reject(Object.assign(new Error("No such file"), { name: "ErrnoError" }));
  await gone;
  assert.equal(files.failedCount, 1);
  const full = files.syncToFs(true);
  log.saves[1]!.reject(new DOMException("The quota is full", "QuotaExceededError"));
  await assert.rejects(full, { name: "QuotaExceededError" });
  assert.equal(files.failedCount, 1);
});
