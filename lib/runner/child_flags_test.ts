import assert from "node:assert/strict";
import { childFlags, type ChildOptions, driverConfigPath } from "./child_flags.ts";

const BASE = ["--quiet", "--no-prompt", "--v8-flags=--expose-gc"];
const CONFIG = driverConfigPath({ id: "x", drivers: { x: "1.0.0" } });

function flags(adapter: Partial<ChildOptions["adapter"]>, options: Partial<ChildOptions> = {}): string[] {
  return childFlags({
    adapter: { id: "x", drivers: {}, permissions: {}, ...adapter },
    directory: "/tmp/block",
    denoDirectory: "/cache",
    ...options,
  });
}

Deno.test("childFlags() grants the directory and nothing else when nothing is declared", () => {
  const [config, ...rest] = flags({});
  assert.match(config!, /^--config=.*\/drivers\/deno\.json$/);
  assert.deepEqual(rest, [
    "--no-remote",
    ...BASE,
    "--allow-read=/tmp/block",
    "--allow-write=/tmp/block",
  ]);
});

Deno.test("childFlags() starts an adapter with drivers under its own configuration and lock", () => {
  assert.match(CONFIG ?? "", /\/drivers\/x\/deno\.json$/);
  assert.deepEqual(flags({ drivers: { x: "1.0.0" } }).slice(0, 3), [
    `--config=${CONFIG}`,
    "--frozen",
    "--no-remote",
  ]);
});

Deno.test("childFlags() lets JSR be asked, which a lock file from npm alone cannot name", () => {
  assert.deepEqual(flags({ drivers: { "@a/b": "jsr:@a/b@1.0.0" } }).slice(0, 2), [
    `--config=${CONFIG}`,
    "--quiet",
  ]);
});

Deno.test("childFlags() takes the configuration of an adapter from outside as it is", () => {
  const given = flags({ drivers: { x: "1.0.0" } }, { configPath: "/mine/deno.json", read: ["/mine"] });
  assert.equal(given[0], "--config=/mine/deno.json");
  assert.ok(given.includes("--allow-read=/tmp/block,/mine"));
  assert.ok(!given.includes("--frozen"));
});

Deno.test("childFlags() adds nothing to a configuration that has other versions of drivers locked", () => {
  const options = { configPath: "/versions/deno.json", isLocked: true };
  assert.deepEqual(flags({ drivers: { x: "1.0.0" } }, options).slice(0, 3), [
    "--config=/versions/deno.json",
    "--frozen",
    "--quiet",
  ]);
});

Deno.test("childFlags() opens the C library alone unless the driver is native code", () => {
  const libcPath = "/lib/libc.so.6";
  assert.ok(flags({}, { libcPath }).includes("--allow-ffi=/lib/libc.so.6"));
  const native = flags({ permissions: { ffi: true } }, { libcPath });
  assert.deepEqual(native.filter((flag) => flag.startsWith("--allow-ffi")), ["--allow-ffi"]);
});

Deno.test('childFlags() reads "driver" as the folder of the packages', () => {
  const permissions = { read: ["driver", "/etc/hosts"], write: ["/var/x"] };
  assert.ok(flags({ permissions }).includes("--allow-read=/tmp/block,/cache/npm,/etc/hosts"));
  assert.ok(flags({ permissions }).includes("--allow-write=/tmp/block,/var/x"));
  const laidOut = flags({ permissions, drivers: { x: "1.0.0" }, nodeModules: true });
  const folder = CONFIG!.replace("deno.json", "node_modules");
  assert.ok(laidOut.includes(`--allow-read=/tmp/block,${folder},/etc/hosts`));
});

Deno.test("childFlags() turns each declared permission into one flag", () => {
  const permissions = {
    net: ["127.0.0.1:5432", "localhost"],
    env: ["HOME"],
    sys: ["*"],
    run: [],
    unstable: ["kv", "net"],
  };
  assert.deepEqual(flags({ permissions }).slice(-5), [
    "--allow-net=127.0.0.1:5432,localhost",
    "--allow-env=HOME",
    "--allow-sys",
    "--unstable-kv",
    "--unstable-net",
  ]);
});

Deno.test("childFlags() keeps a comma inside a path", () => {
  assert.ok(flags({}, { directory: "/tmp/a,b" }).includes("--allow-read=/tmp/a,,b"));
});
