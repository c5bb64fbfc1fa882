import { deepStrictEqual, ok } from "node:assert/strict";
import { findProgram, type ProgramSearch } from "./find_program.ts";

const VARIABLE = "WATCHBENCH_TEST_PROGRAM";

/** Looks for the runtime that runs this. */
const search: ProgramSearch = {
  title: "Some runtime",
  variable: VARIABLE,
  names: ["no-such-program-anywhere"],
  versionArgs: ["--version"],
  isEnough: () => true,
  advice: "install it",
};

async function named<T>(path: string, test: () => Promise<T>): Promise<T> {
  Deno.env.set(VARIABLE, path);
  try {
    return await test();
  } finally {
    Deno.env.delete(VARIABLE);
  }
}

Deno.test("findProgram() takes the executable that the variable names", async () => {
  const path = Deno.execPath();
  deepStrictEqual(await named(path, () => findProgram(search)), { path, version: Deno.version.deno });
});

Deno.test("findProgram() says what the variable names when that is too old", async () => {
  const found = await named(Deno.execPath(), () => findProgram({ ...search, isEnough: () => false }));
  ok("reason" in found && found.reason.startsWith(`${VARIABLE} must name an executable of Some runtime`));
});

Deno.test("findProgram() looks elsewhere, and gives advice when it is nowhere", async () => {
  const path = Deno.execPath();
  deepStrictEqual(await findProgram({ ...search, paths: ["/no/such/program", path] }), {
    path,
    version: Deno.version.deno,
  });
  deepStrictEqual(await findProgram(search), { reason: "Some runtime was not found: install it" });
});
