import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { parseStat, ProcessTable } from "./process_table.ts";

Deno.test("parseStat() reads a name with brackets and blanks, and adds up CPU with that of ended children", () => {
  deepStrictEqual(
    parseStat("42 (a) b (c) S 7 40 40 0 -1 4194304 100 0 0 0 3 2 10 5 20 0 1 0 99"),
    { pid: 42, parentPid: 7, groupId: 40, name: "a) b (c", isZombie: false, cpuNs: 200_000_000 },
  );
  strictEqual(parseStat(""), undefined);
});

Deno.test({
  name: "ProcessTable reads the memory of this process, and finds what it started",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const table = new ProcessTable();
    const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
    try {
      ok((await table.peakMemoryBytes(Deno.pid))! > 10_000_000);
      const share = (await table.shareOfMemoryBytes(Deno.pid))!;
      ok(share > 1_000_000 && share <= (await table.memoryBytes(Deno.pid))!);
      ok((await table.descendants(Deno.pid)).some(({ pid, name }) => pid === child.pid && name === "sleep"));
      strictEqual(await table.peakMemoryBytes(2 ** 30), undefined, "there is no such process");
    } finally {
      child.kill();
      await child.status;
      table.close();
    }
    strictEqual(await table.peakMemoryBytes(Deno.pid), undefined, "it is closed");
  },
});

Deno.test("ProcessTable.commandOf() gives the arguments of a process", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const table = new ProcessTable();
  try {
    const command = await table.commandOf(Deno.pid);
    ok(command.includes("deno") && command.includes(" test "), command);
    strictEqual(await table.commandOf(0), "");
  } finally {
    table.close();
  }
});
