/**
 * Runs tests of the engine in Node and Bun as they are: `node run_suite.ts file...`. What they use of Deno is here. Tests that
 * are about Deno itself, and those that start processes of Deno, are skipped, and say so.
 *
 * @module
 */

import { AssertionError } from "node:assert";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

class Skipped extends Error {}

/** What these tests are about is different in other runtimes, or told in another way. */
const aboutDeno = [
  "checkParams() has to refuse U+0000 when the runtime reads texts only up to there",
  "LiveQuery.subscribe() tells the others and the process when a listener throws",
  "LiveQuery.subscribe() makes an error uncaught when nobody listens for it",
];

interface Test {
  readonly name: string;
  readonly fn: () => unknown;
  readonly ignore?: boolean;
}

const tests: Test[] = [];

function test(nameOrTest: string | Test, fn?: () => unknown): void {
  tests.push(typeof nameOrTest === "string" ? { name: nameOrTest, fn: fn! } : nameOrTest);
}

(globalThis as { Deno?: unknown }).Deno = {
  test,
  env: { get: (name: string) => process.env[name] },
  makeTempDirSync: ({ prefix = "" } = {}) => fs.mkdtempSync(join(tmpdir(), prefix)),
  removeSync: (path: string, options = {}) => fs.rmSync(path, options),
  readFileSync: (path: string) => new Uint8Array(fs.readFileSync(path)),
  writeTextFileSync: fs.writeFileSync,
  writeFileSync: fs.writeFileSync,
  statSync: (path: string) => fs.statSync(path),
  execPath: () => "deno",
  Command: class {
    constructor() {
      throw new Skipped("it starts a process of Deno");
    }
  },
};

for (const file of process.argv.slice(2)) await import(pathToFileURL(resolve(file)).href);

const counts = { passed: 0, failed: 0, ignored: 0 };
// What a test has left uncaught is its failure.
let uncaught: unknown[] = [];
const take = (error: unknown) => void uncaught.push(error);

for (const { name, fn, ignore } of tests) {
  uncaught = [];
  process.on("uncaughtException", take);
  try {
    if (ignore === true) throw new Skipped("it says so");
    if (aboutDeno.includes(name)) throw new Skipped("it is about Deno");
    await fn();
    await new Promise((turn) => setImmediate(turn));
    if (uncaught.length > 0) throw uncaught[0];
    counts.passed++;
  } catch (error) {
    if (error instanceof Skipped) {
      counts.ignored++;
      console.log(`${name} ... ignored as ${error.message}`);
    } else {
      counts.failed++;
      const isPlain = error instanceof AssertionError;
      console.log(
        `${name} ... FAILED\n${isPlain ? error.message + "\n" : ""}${
          (error as Error)?.stack ?? String(error)
        }`,
      );
    }
  } finally {
    process.off("uncaughtException", take);
  }
}
const { passed, failed, ignored } = counts;
console.log(`${failed === 0 ? "ok" : "FAILED"} | ${passed} passed | ${failed} failed | ${ignored} ignored`);
process.exitCode = failed === 0 ? 0 : 1;
