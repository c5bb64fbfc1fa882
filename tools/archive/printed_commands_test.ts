import { ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { commandsOfHelp, commandsOfPage, handWrittenPages } from "../../lib/testing/printed_commands.ts";
import { helpOf, parseOnly, type ReadsArguments } from "../../scripts/_parse_only.ts";
import { archive } from "./archive.ts";
import { query } from "./query.ts";

const ENTRIES: Readonly<Record<string, ReadsArguments>> = { archive, query };

Deno.test("archive and query take every command that pages and their help show", async () => {
  const pages = [...handWrittenPages(fileURLToPath(new URL("../../", import.meta.url))).values()];
  const helps = [await helpOf(archive), await helpOf(query)];
  const commands = [...pages.flatMap(commandsOfPage), ...helps.flatMap(commandsOfHelp)]
    .filter(({ task }) => Object.hasOwn(ENTRIES, task));
  ok(commands.length > 8);
  for (const { task, args } of commands) await parseOnly(ENTRIES[task]!, args);
});
