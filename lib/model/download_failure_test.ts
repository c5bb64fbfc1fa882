import { strictEqual } from "node:assert/strict";
import { downloadFailure, withoutHosts } from "./download_failure.ts";

const KEPT = "run it once where the package registry can be reached, and it will be kept";
const NAMED = "its configuration must name a package and a version that the registry has";

/** What the pinned runtime says, and what is made of it. */
const MESSAGES: readonly [said: string, expected: string | undefined][] = [
  [
    "Failed caching npm package 'tinybase@10.0.1'\n" +
    "    0: error sending request for url (http://127.0.0.1:9/tinybase.tgz): client error (Connect)\n" +
    "    1: client error (Connect)\n    2: tcp connect error\n    3: Connection refused (os error 111)",
    `Failed caching npm package 'tinybase@10.0.1': Connection refused (os error 111); ${KEPT}`,
  ],
  [
    'Failed loading http://127.0.0.1:9/tinybase for package "tinybase"\n' +
    "    0: error sending request for url (http://127.0.0.1:9/tinybase): tcp connect error",
    `Failed loading tinybase for package "tinybase"; ${KEPT}`,
  ],
  [
    "error: Uncaught (in promise) TypeError: Could not find npm package 'sql.js' matching '99.0.0'.\n    at file:///a.ts:9:23",
    `Could not find npm package 'sql.js' matching '99.0.0'; ${NAMED}`,
  ],
  [
    "JSR package manifest for '@db/sqlite' failed to load. Import '@db/sqlite/meta.json' failed.",
    `JSR package manifest for '@db/sqlite' failed to load; ${KEPT}`,
  ],
  ["error: The lockfile is out of date", undefined],
  ["error: Uncaught (in promise) Error: Failed to open the database", undefined],
  ["Segmentation fault", undefined],
  ["", undefined],
];

for (const [said, expected] of MESSAGES) {
  Deno.test(`downloadFailure() makes ${expected === undefined ? "nothing" : "a reason"} of "${said.slice(0, 40)}"`, () => {
    strictEqual(downloadFailure(said), expected);
  });
}

Deno.test("withoutHosts() removes hosts and keeps the rest", () => {
  strictEqual(withoutHosts("from https://packages.example:8080/a/b.tgz now"), "from a/b.tgz now");
});
