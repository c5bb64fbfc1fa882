import { deepStrictEqual } from "node:assert/strict";
import { repeatCommands } from "./repeat_command.ts";
import { recordFixture } from "../testing/record_fixture.ts";
import { runCommands } from "./run_commands.ts";

Deno.test("runCommands() repeats a bench, and leads to what has measured others", () => {
  const record = recordFixture();
  deepStrictEqual(runCommands(record), repeatCommands(record));
  const of = (label: string): string[] => runCommands({ ...record, label });
  deepStrictEqual(of("exp-079-be048bef"), ["deno task experiment --id 079"]);
  deepStrictEqual(of("power"), ["deno task calibrate --power"]);
  deepStrictEqual(of("compare"), ["deno task calibrate --compare"]);
  // Whose commits were compared is not in the record.
  deepStrictEqual(of("ab"), []);
});

Deno.test("runCommands() calibrates the same cells again", () => {
  const record = recordFixture();
  const [first, second] = record.settings.cells;
  const settings = { ...record.settings, cells: [first!, second!, first!] };
  deepStrictEqual(runCommands({ ...record, label: "calibrate", settings }), [
    `deno task calibrate -w ${first!.workload}@${first!.workloadVersion} -a ${first!.adapter},${
      second!.adapter
    }`,
  ]);
});
