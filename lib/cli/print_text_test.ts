import { strictEqual } from "node:assert/strict";
import { EXIT } from "./exit_code.ts";

const PROGRAM = `
import { printText } from ${JSON.stringify(new URL("print_text.ts", import.meta.url).href)};
import { reportFailure } from ${JSON.stringify(new URL("failure.ts", import.meta.url).href)};
try {
  while (true) printText("a line\\n".repeat(10_000));
} catch (error) {
  Deno.exit(reportFailure("render", error));
}`;

Deno.test("printText() ends a command quietly, with a code of its own, when whoever read it has left", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", PROGRAM],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  strictEqual(new TextDecoder().decode(value).startsWith("a line\n"), true);
  await reader.cancel();
  const said = await new Response(child.stderr).text();
  strictEqual((await child.status).code, EXIT.unread);
  strictEqual(said, "");
});
