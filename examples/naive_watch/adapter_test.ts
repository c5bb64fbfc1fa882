/** The recipes of CONTRIBUTING.md, tried: an adapter and a workload from outside go through the real commands. */
import { match, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

async function run(script: string, ...args: readonly string[]) {
  const flags = ["--allow-read", "--allow-write", "--allow-env", "--allow-run", "--allow-sys"];
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", ...flags, pathOf(`../../scripts/${script}`), ...args],
    env: { NO_COLOR: "1" },
  }).output();
  return { code: output.code, stdout: new TextDecoder().decode(output.stdout) };
}

Deno.test("the example adapter passes the conformance suite", async () => {
  const { code, stdout } = await run("conformance.ts", pathOf("adapter.ts"));
  strictEqual(code, 0, stdout);
  match(stdout, /naive-watch/);
});

Deno.test("the example workload runs on the example adapter and on registered ones", async () => {
  const out = await Deno.makeTempDir();
  try {
    const adapters = `${pathOf("adapter.ts")},node-sqlite,tinybase`;
    const { code, stdout } = await run(
      "bench.ts",
      ...["--workload", pathOf("workload.ts"), "--adapter", adapters, "--scale", "smoke", "--blocks", "1"],
      ...["--full", "--out", out],
    );
    strictEqual(code, 0, stdout);
    match(stdout, /naive-watch\s+memory\s+correct/);
    match(stdout, /20 of 20/);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});
