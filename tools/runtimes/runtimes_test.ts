import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { dirname } from "node:path";
import ts from "typescript";
import { inTempFolder } from "../../lib/testing/temp_folder.ts";
import { buildPackage } from "./build_package.ts";

/** The runtimes beside Deno, whose own run of the tests is `deno task test`. */
const runtimes = ["node@24.21.0", "bun@1.4.5"] as const;

const nodeTypes = "@types/node@24.19.4";

const engine = fileURLToPath(new URL("../../lib/engine/", import.meta.url));

/** Suites that show the engine's verbs, values, transactions and live queries. */
const suites = [
  "caller_budget_test.ts",
  "cancel_test.ts",
  "database_test.ts",
  "inside_transaction_test.ts",
  "memory_test.ts",
  "migrate_test.ts",
  "open_modes_test.ts",
  "readers/cursors_test.ts",
  "sqlite/functions_test.ts",
  "sqlite/placeholders_test.ts",
  "sqlite/result_test.ts",
  "statement_test.ts",
  "streams/changes_test.ts",
  "streams/live_query_test.ts",
  "together_test.ts",
  "transaction_test.ts",
  "values_test.ts",
  "writer/caller_host_test.ts",
];

async function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const options = { args: [...args], cwd, env: { NO_COLOR: "1", ...env } };
  const { success, stdout, stderr } = await new Deno.Command(command, options).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.ok(success, `${command} ${args.join(" ")}\n${text}`);
  return text;
}

for (const runtime of runtimes) {
  Deno.test(`the engine's tests pass when they run in ${runtime}`, async () => {
    const runner = fileURLToPath(new URL("run_suite.ts", import.meta.url));
    await inTempFolder(async (folder) => {
      // Every thread of every database loads the engine: without the cache Node takes the types off each time.
      const cache = { NODE_COMPILE_CACHE: folder };
      const text = await run("npx", ["-y", runtime, runner, ...suites], engine, cache);
      console.log(text.split("\n").filter((line) => / ignored as |^ok /.test(line)).join("\n"));
      assert.match(text, /^ok \| [1-9]\d+ passed \| 0 failed/m);
    });
  });
}

const program = `
  import { openDatabase, sql } from "watchlite";
  import { mkdtempSync, rmSync } from "node:fs";
  const folder = mkdtempSync("installed-");
  const db = await openDatabase(folder + "/a.db");
  await db.migrate(["CREATE TABLE t(id INTEGER PRIMARY KEY, a)"]);
  await db.execute(sql\`INSERT INTO t(a) VALUES (\${"x"})\`);
  for await (const rows of db.watch("SELECT a FROM t WHERE id = :id", { id: 1 })) {
    console.log(rows[0].a);
    if (rows[0].a === "y") break;
    await db.execute("UPDATE t SET a = 'y'");
  }
  for await (const row of db.iterate("SELECT id FROM t")) console.log(row.id);
  await db.close();
  rmSync(folder, { recursive: true });
`;

const typed = `
  import { type Database, openDatabase, type SqliteCode, sql } from "watchlite";
  const db: Database = await openDatabase("a.db");
  const rows = await db.select<{ id: number }>("SELECT id FROM t WHERE a = :a", { a: 1 });
  rows[0]!.id satisfies number;
  db.watch(sql<{ id: number }>\`SELECT \${1} AS id\`, undefined, { key: "id" })
    .subscribe((rows, changes) => changes.added[0]!.id satisfies number);
  "SQLITE_BUSY" satisfies SqliteCode;
  // @ts-expect-error: there is no such verb
  db.nothing;
  export {};
`;

/** What the compiler has to say about a file that uses the installed package. */
function typeFaults(file: string): string[] {
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    exactOptionalPropertyTypes: true,
    lib: ["lib.esnext.d.ts", "lib.dom.d.ts"],
    // As of every package for Node that names its modules.
    types: ["node"],
    typeRoots: [`${dirname(file)}/node_modules/@types`],
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file }) =>
    `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`
  );
}

Deno.test("the npm package works in Node and Bun, types included, when it is packed and installed", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "watchlite-package-" });
  try {
    buildPackage(`${folder}/made`);
    const packed = await run("npm", ["pack", "--silent", "./made"], folder);
    await Deno.writeTextFile(`${folder}/package.json`, `{ "type": "module", "private": true }`);
    await run(
      "npm",
      ["install", "--silent", "--no-audit", "--no-fund", `./${packed.trim()}`, nodeTypes],
      folder,
    );
    await Deno.writeTextFile(`${folder}/use.js`, program);
    await Deno.writeTextFile(`${folder}/use.ts`, typed);
    for (const runtime of runtimes) {
      await t.step(runtime, async () => {
        assert.equal((await run("npx", ["-y", runtime, "use.js"], folder)).trim(), "x\ny\n1");
      });
    }
    await t.step("types", () => assert.deepEqual(typeFaults(`${folder}/use.ts`), []));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("deno publish finds nothing to complain of when it is tried on the engine", async () => {
  const text = await run(Deno.execPath(), ["publish", "--dry-run", "--allow-dirty"], engine);
  assert.match(text, /Dry run complete/);
  assert.doesNotMatch(text, /warning/i);
  assert.doesNotMatch(text, /_test\.ts|testing\//);
});
