import { strictEqual } from "node:assert/strict";
import { asTypedHere, commandLine, contractsImport } from "./command_line.ts";

const [NPM, JSR] = ["npx watchbench", "deno run -A jsr:@watchbench/watchbench"] as const;

Deno.test("commandLine() is a task in the repository and the package's program elsewhere", () => {
  strictEqual(commandLine("bench --list", undefined), "deno task bench --list");
  strictEqual(commandLine("bench --list", NPM), "npx watchbench bench --list");
  strictEqual(commandLine("bench --list", JSR), "deno run -A jsr:@watchbench/watchbench bench --list");
});

Deno.test("asTypedHere() names commands in help as they are typed", () => {
  const help = "Examples:\n  $ deno task compare main latest\nSee deno task <command> --help";
  strictEqual(asTypedHere(help, undefined), help);
  strictEqual(
    asTypedHere(help, NPM),
    "Examples:\n  $ npx watchbench compare main latest\nSee npx watchbench <command> --help",
  );
});

Deno.test("contractsImport() names the package that the user has", () => {
  strictEqual(contractsImport("1.2.3", NPM), "watchbench/model");
  strictEqual(contractsImport("1.2.3", undefined), "watchbench/model");
  strictEqual(contractsImport("1.2.3", JSR), "jsr:@watchbench/watchbench@^1.2.3/model");
});
