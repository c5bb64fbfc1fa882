import { strictEqual } from "node:assert/strict";
import { asTypedHere, commandLine } from "./command_line.ts";

Deno.test("commandLine() is a task in the repository and the package's program elsewhere", () => {
  strictEqual(commandLine("bench --list", false), "deno task bench --list");
  strictEqual(commandLine("bench --list", true), "npx watchbench bench --list");
});

Deno.test("asTypedHere() names commands in help as they are typed", () => {
  const help = "Examples:\n  $ deno task compare main latest\nSee deno task <command> --help";
  strictEqual(asTypedHere(help, false), help);
  strictEqual(
    asTypedHere(help, true),
    "Examples:\n  $ npx watchbench compare main latest\nSee npx watchbench <command> --help",
  );
});
