import assert from "node:assert/strict";
import type { CellParameters } from "../model/mod.ts";
import { recordFixture } from "../testing/record_fixture.ts";
import { repeatCommands } from "./repeat_command.ts";

Deno.test("repeatCommands() gives one command for each set of adapters, and quotes what the shell would read", () => {
  assert.deepEqual(repeatCommands(recordFixture()), [
    "deno task bench fixture --workload keyed-pk@2 --adapter " +
    "'node-sqlite,tinybase,pglite:storage=file,liar:note=a|b,crasher,flaky,late' " +
    "--scale standard --blocks 3 --seed 7 --timeout 60",
    "deno task bench fixture --workload overlap@2 --adapter node-sqlite,tinybase " +
    "--scale standard --blocks 3 --seed 7 --timeout 60",
  ]);
});

Deno.test("repeatCommands() is one command when every workload ran on the same adapters", () => {
  const record = recordFixture();
  const cells = record.settings.cells.filter(({ adapter }) => ["node-sqlite", "tinybase"].includes(adapter));
  assert.deepEqual(repeatCommands({ ...record, settings: { ...record.settings, cells, timeoutMs: 1500 } }), [
    "deno task bench fixture --workload keyed-pk@2,overlap@2 --adapter node-sqlite,tinybase " +
    "--scale standard --blocks 3 --seed 7 --timeout 2",
  ]);
});

Deno.test("repeatCommands() lists the values of parameters when every combination was run", () => {
  const record = recordFixture();
  const [cell] = record.settings.cells;
  const commandsOf = (...variants: readonly CellParameters[]) => {
    const cells = variants.map((parameters) => ({ ...cell!, parameters }));
    return repeatCommands({ ...record, settings: { ...record.settings, cells } }).map((command) =>
      /--scale standard (.*) --blocks/.exec(command)?.[1]
    );
  };
  const pairs = ["10", "20"].flatMap((rate) => ["1", "4"].map((lanes) => ({ rate, "in-flight": lanes })));
  assert.deepEqual(commandsOf(...pairs), ["--rate 10,20 --in-flight 1,4"]);
  assert.deepEqual(commandsOf(...pairs.slice(1)), [
    "--rate 10 --in-flight 4",
    "--rate 20 --in-flight 1",
    "--rate 20 --in-flight 4",
  ]);
});

Deno.test("repeatCommands() gives the budget of a run that stops by itself, and leaves an added anchor out", () => {
  const record = recordFixture();
  const cells = record.settings.cells.filter(({ adapter }) => ["node-sqlite", "tinybase"].includes(adapter));
  const anchor = {
    ...cells[0]!,
    key: "keyed-pk@2/node-sqlite/large",
    scale: "large" as const,
    anchor: true as const,
  };
  const stopping = {
    metrics: ["done_ns"],
    confidence: 0.95,
    reachShare: 0.1,
    leastBlockCount: 6,
    budgetMs: 90_000,
  };
  const settings = { ...record.settings, cells: [...cells, anchor], stopping };
  assert.deepEqual(repeatCommands({ ...record, settings }), [
    "deno task bench fixture --workload keyed-pk@2,overlap@2 --adapter node-sqlite,tinybase " +
    "--scale standard --budget 90s --seed 7 --timeout 60",
  ]);
});
