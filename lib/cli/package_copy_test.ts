import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { inTempFolder } from "../testing/temp_folder.ts";
import { packageCopy } from "./package_copy.ts";

const PACKAGE = "/@x/y/1.2.3/";
const GONE = "gone";

/** Answers with a version that has these files; `served` are what differs from what its manifest says. */
async function withRegistry(
  files: Readonly<Record<string, string>>,
  served: Readonly<Record<string, string>>,
  steps: (root: URL, requests: readonly string[]) => Promise<void>,
): Promise<void> {
  const requests: string[] = [];
  const manifest = Object.fromEntries(
    Object.entries(files).map(([path, text]) =>
      [path, { checksum: `sha256-${createHash("sha256").update(text).digest("hex")}` }] as const
    ),
  );
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    requests.push(pathname);
    if (pathname === "/@x/y/1.2.3_meta.json") return Response.json({ manifest });
    const path = pathname.slice(PACKAGE.length - 1);
    const text = served[path] ?? files[path];
    return text === undefined || text === GONE ? new Response("none", { status: 404 }) : new Response(text);
  });
  try {
    await steps(new URL(PACKAGE, `http://127.0.0.1:${server.addr.port}`), requests);
  } finally {
    await server.shutdown();
  }
}

function namesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch {
    return [];
  }
}

const FILES = { "/mod.ts": "export {};", "/lib/a/b.ts": "export const b = 1;", "/deno.json": "{}" };

Deno.test("packageCopy() keeps a version as files, and fetches it once", () =>
  inTempFolder((cache) =>
    withRegistry(FILES, {}, async (root, requests) => {
      const folder = await packageCopy(root, cache);
      for (const [path, text] of Object.entries(FILES)) {
        strictEqual(Deno.readTextFileSync(join(folder, path)), text);
      }
      strictEqual(requests.length, 4);
      strictEqual(await packageCopy(root, cache), folder);
      strictEqual(requests.length, 4);
    })
  ));

Deno.test("packageCopy() gives drivers the names back that publishing took for files", () =>
  inTempFolder((cache) => {
    const published = 'import { a } from "./a.ts";\nconst db = await import("./@some/db/sub");\n' +
      'export type { Db } from "./db";\nimport { z } from "npm:zod@4.6.7";\n';
    const files = { "/lib/x.ts": published, "/lib/a.ts": "export const a = 1;", "/lib/x.md": 'from "./db"' };
    return withRegistry(files, {}, async (root) => {
      const folder = await packageCopy(root, cache);
      strictEqual(
        Deno.readTextFileSync(join(folder, "lib", "x.ts")),
        'import { a } from "./a.ts";\nconst db = await import("@some/db/sub");\n' +
          'export type { Db } from "db";\nimport { z } from "npm:zod@4.6.7";\n',
      );
      strictEqual(Deno.readTextFileSync(join(folder, "lib", "x.md")), files["/lib/x.md"]);
    });
  }));

for (
  const [what, served, message] of [
    [
      "a file is not what was published",
      { "/lib/a/b.ts": "steal();" },
      /^Cannot use \/lib\/a\/b\.ts of version 1\.2\.3/,
    ],
    [
      "a file cannot be fetched",
      { "/mod.ts": GONE },
      /^Cannot fetch .*mod\.ts as the registry .*: the answer is 404$/,
    ],
  ] as const
) {
  Deno.test(`packageCopy() keeps nothing when ${what}`, () =>
    inTempFolder((cache) =>
      withRegistry(FILES, served, async (root) => {
        await rejects(packageCopy(root, cache), { message });
        deepStrictEqual(namesIn(cache), []);
      })
    ));
}

Deno.test("packageCopy() says what to do when nobody answers", () =>
  inTempFolder((cache) =>
    rejects(packageCopy(new URL(`http://127.0.0.1:9${PACKAGE}`), cache), {
      message: /must be reachable when a version runs for the first time: /,
    })
  ));
