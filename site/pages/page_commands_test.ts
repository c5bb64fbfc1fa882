import { deepStrictEqual } from "node:assert/strict";
import { repeatCommands } from "../../lib/report/repeat_command.ts";
import { recordFixture } from "../../lib/testing/record_fixture.ts";
import { pageCommands } from "./page_commands.ts";

Deno.test("pageCommands() repeats a bench, and leads to what has measured others", () => {
  const record = recordFixture();
  deepStrictEqual(pageCommands(record), repeatCommands(record));
  const of = (label: string): string[] => pageCommands({ ...record, label });
  deepStrictEqual(of("exp-079-be048bef"), ["deno task experiment --id 079"]);
  deepStrictEqual(of("power"), ["deno task calibrate --power"]);
  deepStrictEqual(of("compare"), ["deno task calibrate --compare"]);
  // Whose commits were compared is not in the record.
  deepStrictEqual(of("ab"), []);
});

Deno.test("pageCommands() calibrates the same cells again", () => {
  const record = recordFixture();
  const [first, second] = record.settings.cells;
  const settings = { ...record.settings, cells: [first!, second!, first!] };
  deepStrictEqual(pageCommands({ ...record, label: "calibrate", settings }), [
    `deno task calibrate -w ${first!.workload}@${first!.workloadVersion} -a ${first!.adapter},${
      second!.adapter
    }`,
  ]);
});
