import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { commandTasks, denoArguments, requestOf } from "./command_tasks.ts";

const TASKS = commandTasks(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)));

Deno.test("commandTasks() has what users run, and nothing of the repository", () => {
  const names = TASKS.map(({ name }) => name);
  for (
    const name of [
      "bench",
      "ab",
      "compare",
      "report",
      "site",
      "conformance",
      "fuzz",
      "experiment",
      "init",
      "query",
    ]
  ) {
    ok(names.includes(name), name);
  }
  for (const name of ["test", "ok", "drivers", "check:quick", "fleet", "bench:self"]) {
    ok(!names.includes(name), name);
  }
});

Deno.test("denoArguments() start a task with its permissions and its configuration", () => {
  const of = (name: string): string[] => denoArguments(TASKS.find((one) => one.name === name)!, "/root");
  deepStrictEqual(of("init"), [
    "run",
    "--node-modules-dir=none",
    "--config=/root/deno.json",
    "--no-prompt",
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "/root/scripts/init.ts",
  ]);
  ok(of("query").includes("--config=/root/tools/archive/deno.json"));
});

Deno.test("requestOf() is a task with its arguments, else a text and an exit code", () => {
  deepStrictEqual(requestOf(["bench", "--list"], TASKS, "1.2.3"), {
    task: TASKS.find(({ name }) => name === "bench"),
    args: ["--list"],
  });
  deepStrictEqual(requestOf(["--version"], TASKS, "1.2.3"), { text: "1.2.3", code: 0 });
  const [help, nothing, unknown] = [["--help"], [], ["bnech"]].map((args) => {
    const request = requestOf(args, TASKS, "1.2.3");
    ok("text" in request);
    return request;
  });
  match(help!.text, /^ {2}bench +Run workloads/m);
  deepStrictEqual([help!.code, nothing!.code, unknown!.code], [0, 2, 2]);
  strictEqual(nothing!.text, help!.text);
  match(
    unknown!.text,
    /^Cannot run "bnech" \(did you mean "bench"\?\) as it must be one of the commands: bench, /,
  );
});
