/** The command line as JSR serves it: published to a registry on this machine, and run from there. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LocalJsr, TOKEN } from "./_jsr.ts";
import { type Ran, run, type Variables } from "./_run.ts";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const NAME = "jsr:@watchbench/watchbench";

function deno(cwd: string, args: readonly string[], env: Variables): Promise<Ran> {
  return run(Deno.execPath(), args, cwd, env);
}

Deno.test("what is published to JSR is the command line, in somebody's folder", async (t) => {
  await using registry = new LocalJsr();
  const folder = await Deno.makeTempDir();
  try {
    const project = join(folder, "project");
    Deno.mkdirSync(project);
    const env = {
      JSR_URL: registry.url,
      DENO_DIR: join(folder, "deno"),
      WATCHBENCH_CACHE: join(folder, "cache"),
    };
    const watchbench = (...args: string[]): Promise<Ran> => deno(project, ["run", "-A", NAME, ...args], env);

    await t.step("deno publish sends it whole", async () => {
      const args = ["publish", "--config", "jsr.json", "--allow-dirty", "--no-check", "--no-provenance"];
      const { code, text } = await deno(REPOSITORY, [...args, "--token", TOKEN], { JSR_URL: registry.url });
      const told = `${text}\n${registry.requests.join("\n")}`;
      strictEqual(code, 0, told);
      for (const path of ["/mod.ts", "/deno.json", "/scripts/bench.ts", "/drivers/tinybase/deno.lock"]) {
        ok(registry.files.has(path), `${path}: ${told}`);
      }
    });

    await t.step("it is run by its name, and fetched once", async () => {
      const help = await watchbench("--help");
      strictEqual(help.code, 0, help.text);
      match(help.text, /^ {2}bench +Run workloads/m);
      const asked = registry.requests.length;
      strictEqual((await watchbench("bnech")).code, 2);
      deepStrictEqual(registry.requests.slice(asked), []);
    });

    await t.step("adapters name their drivers as they do here", () => {
      const [copy] = [...Deno.readDirSync(env.WATCHBENCH_CACHE)];
      for (const folder of ["lib/adapters", "lib/adapters/shared", "tools/pages"]) {
        for (const { name } of Deno.readDirSync(join(env.WATCHBENCH_CACHE, copy!.name, folder))) {
          if (!name.endsWith(".ts")) continue;
          const read = (root: string): string => Deno.readTextFileSync(join(root, folder, name));
          strictEqual(read(join(env.WATCHBENCH_CACHE, copy!.name)), read(REPOSITORY), `${folder}/${name}`);
        }
      }
    });

    // That no command lacks a file is tested without running it.
    await t.step("commands call themselves as they are typed", async () => {
      for (const name of ["ab", "archive"]) {
        const { code, text } = await watchbench(name, "--help");
        strictEqual(code, 0, `${name}: ${text}`);
        match(text, /^Usage: /m, name);
        ok(!text.includes("deno task "), `${name}: ${text}`);
      }
    });

    await t.step("init writes files that import it, and bench measures them", async () => {
      const begun = await watchbench("init");
      strictEqual(begun.code, 0, begun.text);
      match(begun.text, /^ {2}deno run -A jsr:@watchbench\/watchbench bench$/m);
      match(
        Deno.readTextFileSync(join(project, "bench", "adapter.ts")),
        /from "jsr:@watchbench\/watchbench@\^\d+\.\d+\.\d+\/model";$/m,
      );
      const { code, text } = await watchbench("bench", "-w", "keyed-pk", "-s", "smoke", "--blocks", "1");
      strictEqual(code, 0, text);
      match(text, /^my-database +\d/m);
      match(text, /^Next: deno run -A jsr:@watchbench\/watchbench report --run /m);
      const registered = await watchbench(
        "bench",
        "-a",
        "tinybase",
        "-w",
        "keyed-pk",
        "-s",
        "smoke",
        "--blocks",
        "1",
      );
      strictEqual(registered.code, 0, registered.text);
      match(registered.text, /^tinybase +\d/m);
      const page = await watchbench("report");
      strictEqual(page.code, 0, page.text);
      ok(Deno.statSync(join(project, "report", "index.html")).isFile);
    });

    await t.step("without the registry it goes on, and a first run says what it needs", async () => {
      registry.leave();
      const again = await watchbench("compare", "latest", "latest");
      match(again.text, /^burst +done /m);
      env.WATCHBENCH_CACHE = join(folder, "other");
      const first = await watchbench("bench");
      strictEqual(first.code, 1);
      match(
        first.text,
        /^Cannot fetch .*0_meta\.json as the registry must be reachable when a version runs for the first/m,
      );
      ok(![...Deno.readDirSync(folder)].some(({ name }) => name === "other"));
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
