import assert from "node:assert/strict";
import { type EngineCode, EngineError, type ErrorCode } from "./errors.ts";
import { strict, tempFile } from "./testing/fixtures.ts";
import { sqliteName } from "./sqlite/codes.ts";

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ...strict, fn });

for (
  const [code, name] of [
    [1, "SQLITE_ERROR"],
    [5, "SQLITE_BUSY"],
    [517, "SQLITE_BUSY_SNAPSHOT"],
    [516, "SQLITE_ABORT_ROLLBACK"],
    [260, "SQLITE_ABORT"],
    [1544, "SQLITE_READONLY_DIRECTORY"],
    [266, "SQLITE_IOERR_READ"],
    [8714, "SQLITE_IOERR_IN_PAGE"],
    [526, "SQLITE_CANTOPEN_ISDIR"],
    [787, "SQLITE_CONSTRAINT_FOREIGNKEY"],
    [2067, "SQLITE_CONSTRAINT_UNIQUE"],
    [3091, "SQLITE_CONSTRAINT_DATATYPE"],
    [26, "SQLITE_NOTADB"],
    [65_555, "SQLITE_CONSTRAINT"],
    [99, "SQLITE_99"],
  ] as const
) Deno.test(`sqliteName() is ${name} when the code is ${code}`, () => assert.equal(sqliteName(code), name));

Deno.test("EngineError.code tells all codes apart when a switch goes through the engine's own", () => {
  function advice(code: ErrorCode): string {
    if (code.startsWith("SQLITE_")) return "SQLite";
    const own = code as EngineCode;
    switch (own) {
      case "CLOSED":
      case "WORKER_LOST":
        return "open again";
      case "MISUSE":
        return "mend the call";
      case "NOT_PERMITTED":
      case "RUNTIME":
        return "look at the runtime";
      case "ABORTED":
      case "TIMEOUT":
        return "as was asked";
      default:
        return own satisfies never;
    }
  }
  const shape = { verb: "open", sqliteCode: null, sql: null, reason: "x" } as const;
  assert.equal(advice(new EngineError({ ...shape, code: "CLOSED" }).code), "open again");
  // @ts-expect-error: no such code
  assert.equal(advice("SQLITE_BUZY"), "SQLite");
});

const engine = new URL("./mod.ts", import.meta.url);

/** What a process with these permissions prints of an attempt to open. */
async function attempt(path: string, cwd: string, permissions: readonly string[]): Promise<string> {
  const program = `
    const { openDatabase, EngineError } = await import(${JSON.stringify(engine.href)});
    try {
      await using _ = await openDatabase(${JSON.stringify(path)});
      console.log("opened");
    } catch (error) {
      console.log(error instanceof EngineError, error.verb, error.code, error.reason);
    }`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      ...permissions,
      `data:application/javascript,${encodeURIComponent(program)}`,
    ],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
}

test("openDatabase() rejects with NOT_PERMITTED and says what is missing when a permission is", async () => {
  using file = tempFile();
  const folder = file.path.replace(/\/test\.db$/, "");
  const own = decodeURIComponent(new URL(".", engine).pathname);
  for (
    const [path, permissions, wanted] of [
      [file.path, [], /^true open NOT_PERMITTED Requires read access to ".*writer_worker\.ts"/],
      [file.path, [`--allow-read=${own}`], /^true open NOT_PERMITTED Requires read access to ".*test\.db"/],
      [file.path, [`--allow-read=${own},${folder}`], /^true open NOT_PERMITTED Requires write access/],
      ["test.db", [`--allow-read=${own}`], /^true open NOT_PERMITTED Requires read access/],
      [file.path, [`--allow-read=${own},${folder}`, `--allow-write=${folder}`], /^opened$/],
    ] as const
  ) assert.match(await attempt(path, folder, permissions), wanted);
});
