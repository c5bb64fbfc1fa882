import { ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { commandsOfHelp, commandsOfPage, handWrittenPages } from "../../lib/testing/printed_commands.ts";
import { helpOf, parseOnly } from "../../scripts/_parse_only.ts";
import { fleet } from "./fleet.ts";

Deno.test("fleet takes every command that pages and its help show", async () => {
  const pages = [...handWrittenPages(fileURLToPath(new URL("../../", import.meta.url))).values()];
  const commands = [...pages.flatMap(commandsOfPage), ...commandsOfHelp(await helpOf(fleet))]
    .filter(({ task }) => task === "fleet");
  ok(commands.length > 6);
  for (const { args } of commands) await parseOnly(fleet, args);
});
