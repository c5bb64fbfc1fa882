import { deepStrictEqual } from "node:assert/strict";
import { commandsIn, commandsOfHelp, commandsOfPage } from "./printed_commands.ts";

Deno.test("commandsOfPage() finds commands in blocks and in sentences, and nothing that is no code", () => {
  const page = [
    "   ```ts ignore",
    "   const text = `deno task ${name}`;",
    "   ```",
    "Say deno task nothing. Where `deno task check` is",
    "green, `deno task compare <run>",
    '<run> --fail-on "done:5%"` decides.',
    "```",
    "deno task package /tmp/x && npm pack /tmp/x    # here",
    'for one in a b; do deno task fleet work --spool "$one" & done',
    "npx watchbench ab --base main    # both; then `deno task check` anywhere",
    "```",
  ].join("\n");
  deepStrictEqual(commandsOfPage(page).map(({ task, args }) => [task, ...args]), [
    ["check"],
    ["compare", "<run>", "<run>", "--fail-on", "done:5%"],
    ["package", "/tmp/x"],
    ["fleet", "work", "--spool", "$one"],
    ["ab", "--base", "main"],
    ["check"],
  ]);
});

Deno.test("commandsOfHelp() takes examples, ends them before what explains them, and keeps quoted texts whole", () => {
  const help = [
    "  $ deno task bench -a x:a=b,y   one database",
    "  $ deno task calibrate --compare --from <quiet run>,<busy run>",
    '  $ deno task query archive "SELECT a',
    "      FROM b WHERE c > 'd'\"",
    "",
    "Measure again by deno task calibrate and other things.",
  ].join("\n");
  deepStrictEqual(commandsOfHelp(help).map(({ task, args }) => [task, ...args]), [
    ["bench", "-a", "x:a=b,y"],
    ["calibrate", "--compare", "--from", "<quiet run>,<busy run>"],
    ["query", "archive", "SELECT a\n      FROM b WHERE c > 'd'"],
  ]);
});

Deno.test("commandsIn() reads words as a shell does, and lets a sentence end", () => {
  const words = (text: string): string[][] => commandsIn(text).map(({ task, args }) => [task, ...args]);
  deepStrictEqual(words("(deno task calibrate --id 1). npx -y deno@2.9.6 task ok"), [
    ["calibrate", "--id", "1"],
    ["ok"],
  ]);
  deepStrictEqual(words("deno task bench 'it''s' --x \"a \\\"b\\\".\" | cat"), [
    ["bench", "its", "--x", 'a "b".'],
  ]);
});
