import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { RecordFormatError, UsageError } from "../model/mod.ts";
import { EXIT } from "./exit_code.ts";
import { isDiskFailure, reportFailure } from "./failure.ts";

/** What the command says and its exit code. */
function reported(error: unknown): { readonly code: number; readonly said: string } {
  const print = console.error;
  let said = "";
  console.error = (...parts: unknown[]) => void (said += parts.map((part) => Deno.inspect(part)).join(" "));
  try {
    return { code: reportFailure("bench", error), said };
  } finally {
    console.error = print;
  }
}

function full(): Error {
  return Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
}

Deno.test("reportFailure() says in one line that the disk is full, with an exit code of its own", () => {
  const { code, said } = reported(full());
  strictEqual(code, EXIT.unstored);
  match(
    said,
    /^"?Cannot bench as the disk must take what it writes: No space left on device \(os error 28\)"?$/,
  );
});

Deno.test("reportFailure() says nothing to a reader who has left", () => {
  const left = Object.assign(new Error("Broken pipe (os error 32)"), { code: "EPIPE" });
  deepStrictEqual(reported(left), { code: EXIT.unread, said: "" });
});

Deno.test("reportFailure() keeps the message of who was writing", () => {
  const { code, said } = reported(new Error('Cannot append 7 bytes to "x"', { cause: full() }));
  deepStrictEqual([code, said.includes("Cannot append 7 bytes"), said.includes(" at ")], [
    EXIT.unstored,
    true,
    false,
  ]);
});

Deno.test("reportFailure() blames the disk even where what was typed seemed wrong", () => {
  const error = new UsageError('Cannot write "x" as it must be a writable file', { cause: full() });
  const { code, said } = reported(error);
  deepStrictEqual([code, said.includes("--help")], [EXIT.unstored, false]);
});

Deno.test("reportFailure() keeps the stack of a fault of ours", () => {
  const { code, said } = reported(new Error("boom"));
  strictEqual(code, EXIT.wrong);
  match(said, /boom\n\s+at /);
});

Deno.test("reportFailure() says in one line what the user can mend", () => {
  strictEqual(reported(new UsageError("Cannot do it")).code, EXIT.usage);
  const { code, said } = reported(new RecordFormatError("run/record.json", undefined, "it is empty"));
  strictEqual(code, EXIT.wrong);
  ok(!said.includes(" at "), said);
});

Deno.test("isDiskFailure() looks at causes and takes nothing else for a disk", () => {
  ok(isDiskFailure(new Error("a", { cause: new Error("b", { cause: full() }) })));
  ok(!isDiskFailure(new Error("a", { cause: "ENOSPC" })));
  ok(!isDiskFailure(Object.assign(new Error("a"), { code: "ENOENT" })));
  ok(!isDiskFailure(undefined));
});
