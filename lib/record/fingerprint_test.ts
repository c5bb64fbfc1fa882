import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import type { Environment } from "../model/record.ts";
import { withDirectory } from "./_fixtures.ts";
import { hostReading, parseCpuPressure, readEnvironment, readHost } from "./fingerprint.ts";

function git(directory: string, ...args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command("git", {
    args: [
      "-C",
      directory,
      "-c",
      "user.name=t",
      "-c",
      "user.email=t@example.org",
      "-c",
      "commit.gpgsign=false",
      ...args,
    ],
  }).outputSync();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

const hasGit = (() => {
  try {
    return new Deno.Command("git", { args: ["--version"] }).outputSync().success;
  } catch {
    return false;
  }
})();

Deno.test("readEnvironment() names the software that runs", () => {
  const environment = readEnvironment();
  assert.equal(environment.deno, Deno.version.deno);
  assert.equal(environment.v8, Deno.version.v8);
  using database = new DatabaseSync(":memory:");
  assert.equal(environment.sqlite, database.prepare("SELECT sqlite_version() AS v").get()?.["v"]);
  assert.match(environment.os, new RegExp(`^${Deno.build.os} ${Deno.build.arch} (unknown|[\\d.]+)$`));
});

Deno.test({
  name: "readEnvironment() tells one start of the machine from another without naming it",
  ignore: Deno.build.os !== "linux",
  fn() {
    const { bootId } = readEnvironment();
    assert.match(bootId ?? "", /^[0-9a-f]{16}$/);
    const { stdout } = new Deno.Command("cat", { args: ["/proc/sys/kernel/random/boot_id"] }).outputSync();
    assert.ok(!new TextDecoder().decode(stdout).replaceAll("-", "").includes(bootId!));
  },
});

Deno.test("readEnvironment() is the same twice", () => {
  withDirectory((directory) => {
    const first = readEnvironment(directory);
    assert.deepEqual(readEnvironment(directory), first);
    assert.match(first.machineId, /^([0-9a-f]{16}|unknown)$/);
  });
});

Deno.test("readEnvironment() has no commit outside of a repository", () => {
  withDirectory((directory) => {
    const environment = readEnvironment(directory);
    assert.ok(!("commit" in environment));
    assert.ok(!("isDirty" in environment));
  });
});

Deno.test({
  name: "readEnvironment() names the commit and whether the tree differs, results aside",
  ignore: !hasGit,
  fn() {
    withDirectory((directory) => {
      git(directory, "init", "-q");
      assert.ok(!("commit" in readEnvironment(directory)), "a repository without commits has none");
      Deno.mkdirSync(join(directory, "lib"));
      Deno.writeTextFileSync(join(directory, "lib", "a.ts"), "1");
      git(directory, "add", ".");
      git(directory, "commit", "-q", "-m", "a");
      const commit = git(directory, "rev-parse", "HEAD");

      const state = (path: string) => {
        const { commit, isDirty } = readEnvironment(path);
        return { commit, isDirty };
      };
      assert.deepEqual(state(directory), { commit, isDirty: false });
      Deno.mkdirSync(join(directory, "results", "run"), { recursive: true });
      Deno.writeTextFileSync(join(directory, "results", "run", "record.json"), "{}");
      assert.deepEqual(state(directory), { commit, isDirty: false });
      Deno.mkdirSync(join(directory, "workloads"));
      Deno.writeTextFileSync(join(directory, "workloads", "new.ts"), "2");
      assert.deepEqual(
        state(join(directory, "lib")),
        { commit, isDirty: true },
        "from below, a file beside counts",
      );
      Deno.removeSync(join(directory, "workloads", "new.ts"));
      Deno.writeTextFileSync(join(directory, "lib", "a.ts"), "changed");
      assert.deepEqual(state(directory), { commit, isDirty: true });
    });
  },
});

Deno.test("readEnvironment() and readHost() say unknown, 0 or nothing when nothing is permitted", () => {
  const module = JSON.stringify(new URL("./fingerprint.ts", import.meta.url).href);
  withDirectory((directory) => {
    const script = join(directory, "print.ts");
    Deno.writeTextFileSync(
      script,
      `import { readEnvironment, readHost } from ${module}; console.log(JSON.stringify([readEnvironment(), readHost()]));`,
    );
    const { stdout, stderr } = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", "--no-config", script],
      env: { CI: "true" },
    }).outputSync();
    const text = new TextDecoder().decode(stdout);
    assert.notEqual(text, "", new TextDecoder().decode(stderr));
    const [environment, host] = JSON.parse(text) as [Environment, Record<string, unknown>];
    const { coreCount, ...rest } = environment;
    assert.ok(coreCount > 0);
    assert.deepEqual(rest, {
      cpuModel: "unknown",
      memoryBytes: 0,
      os: `${Deno.build.os} ${Deno.build.arch} unknown`,
      deno: Deno.version.deno,
      v8: Deno.version.v8,
      sqlite: readEnvironment().sqlite,
      machineId: "unknown",
      isCi: false,
    });
    assert.deepEqual(Object.keys(host), ["atMs"]);
  });
});

Deno.test({
  name: "readHost() reads load and pressure where the host has them",
  ignore: Deno.build.os !== "linux",
  fn() {
    const { load1m } = readHost();
    assert.ok(load1m !== undefined && load1m >= 0);
  },
});

Deno.test("parseCpuPressure() takes the total of the line some", () => {
  const some = "some avg10=0.29 avg60=0.35 avg300=0.24 total=4482127\n";
  const full = "full avg10=0.00 avg60=0.00 avg300=0.00 total=9\n";
  assert.equal(parseCpuPressure(some + full), 4482127);
  assert.equal(parseCpuPressure(full + some), 4482127);
  assert.equal(parseCpuPressure(full), undefined);
  assert.equal(parseCpuPressure(""), undefined);
});

for (
  const [what, before, after, expected] of [
    ["both tell", { atMs: 1000, load1m: 0.5, cpuPressureUs: 100 }, {
      atMs: 3000,
      load1m: 2,
      cpuPressureUs: 500_100,
    }, {
      load1m: 0.5,
      cpuPressureShare: 0.25,
    }],
    ["neither tells", { atMs: 1000 }, { atMs: 3000 }, {}],
    ["only one tells", { atMs: 0 }, { atMs: 1, cpuPressureUs: 5 }, {}],
    ["more waiting than time came in", { atMs: 0, cpuPressureUs: 0 }, { atMs: 1, cpuPressureUs: 9000 }, {
      cpuPressureShare: 1,
    }],
    ["the counter began anew", { atMs: 0, cpuPressureUs: 9000 }, { atMs: 1, cpuPressureUs: 0 }, {
      cpuPressureShare: 0,
    }],
    ["no time passed", { atMs: 1, cpuPressureUs: 9 }, { atMs: 1, cpuPressureUs: 9 }, {}],
  ] as const
) {
  Deno.test(`hostReading() gives the start's load and the share over the span when ${what}`, () => {
    assert.deepEqual(hostReading(before, after), expected);
  });
}
