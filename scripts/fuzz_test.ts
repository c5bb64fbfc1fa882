import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inTempFolder } from "../lib/testing/temp_folder.ts";
import { listHunts } from "../lib/conformance/fuzz/finds_file.ts";
import { ADAPTERS } from "../lib/adapters/mod.ts";
import { runtimesOf } from "../lib/model/adapter.ts";
import { chosenTargets, parseFuzzArguments } from "./fuzz.ts";

const SCRIPT = fileURLToPath(new URL("./fuzz.ts", import.meta.url));
const SABOTEUR = fileURLToPath(new URL("../lib/testing/saboteurs/saboteur.ts", import.meta.url));
const FLAGS = [
  "run",
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-run",
  "--allow-sys",
];

function start(args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...FLAGS, SCRIPT, ...args],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function ended(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await start(args).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("parseFuzzArguments() refuses what it cannot do, and says what it could", () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["--minutes", "0"], /must be a number above 0/],
    [["--minutes", ""], /must be a number above 0/],
    [["--seed", "1.5"], /must be a whole number/],
    [["pglite"], /adapters are named by --adapter: got "pglite"/],
    [["--minute", "1"], /Did you mean --minutes/],
    [["--again", "--list"], /only one thing can be done at a time: got --again --list/],
  ];
  for (const [args, message] of cases) {
    assert.throws(() => parseFuzzArguments(args), { name: "UsageError", message });
  }
  assert.deepEqual(parseFuzzArguments([]), {
    adapter: [],
    minutes: 2,
    again: false,
    list: false,
    page: false,
  });
});

Deno.test("chosenTargets() takes every adapter that runs here when none is named, and when all are", async () => {
  for (const values of [[], ["all"]]) {
    const ids = (await chosenTargets(values, ".")).map(({ adapter }) => adapter.id);
    assert.deepEqual(
      ids,
      ADAPTERS.filter((adapter) => runtimesOf(adapter).includes("deno")).map(({ id }) => id),
    );
  }
});

Deno.test("fuzz ends with code 2 and the nearest id for an adapter that is not there", async () => {
  const { code, stderr } = await ended(["--adapter", "pglit"]);
  assert.equal(code, 2);
  assert.match(stderr, /Cannot find adapter "pglit" \(did you mean "pglite"\?\)/);
});

Deno.test("fuzz ends with code 0 when nothing is wrong, with code 1 and a scenario when something is, and keeps both", async () => {
  await inTempFolder(async (out) => {
    const common = ["--seed", "5", "--out", out];
    const right = await ended([...common, "--adapter", "node-sqlite", "--minutes", "0.03"]);
    assert.equal(right.code, 0, right.stderr);
    assert.match(right.stdout, /^node-sqlite: 0 finds in [\d,]+ histories/m);
    const wrong = await ended([...common, "--adapter", `${SABOTEUR}:way=misreads`, "--minutes", "0.1"]);
    assert.equal(wrong.code, 1, wrong.stderr);
    assert.match(wrong.stdout, /^found\("found\/saboteur-5-1", \{$/m);
    const [node, own] = listHunts(out);
    assert.deepEqual([node!.adapter, own!.adapter], ["node-sqlite", "saboteur"]);
    assert.ok(node!.hunts[0]!.caseCount > 0);
    assert.match(own!.hunts[0]!.finds[0]!.scenario, /^found\("found\/saboteur-5-1"/m);
    const { stdout } = await ended(["--list", "--out", out]);
    assert.match(stdout, /^saboteur:way=misreads: \d+ finds? in .*\n {2}- Read of.*: not played again yet$/m);
    const page = join(out, "README.md");
    const kept = Deno.readTextFileSync(page);
    assert.match(kept, /^- \*\*saboteur\*\* .*: not played again yet\.$/m);
    Deno.removeSync(page);
    assert.equal((await ended(["--page", "--out", out])).code, 0);
    assert.equal(Deno.readTextFileSync(page), kept);
  });
});

Deno.test("fuzz --again says what became of what is kept, and keeps that", async () => {
  await inTempFolder(async (out) => {
    const spec = ["--adapter", `${SABOTEUR}:way=misreads`, "--out", out];
    assert.equal((await ended([...spec, "--seed", "5", "--minutes", "0.1"])).code, 1);
    const { code, stdout, stderr } = await ended([...spec, "--again"]);
    assert.equal(code, 1, stderr);
    assert.match(stdout, /^saboteur: Read of .*: still wrong$/m);
    const [{ hunts: [hunt] }] = listHunts(out) as [ReturnType<typeof listHunts>[number]];
    assert.ok(hunt!.finds.every(({ again }) => again?.outcome === "wrong"));
    assert.match(Deno.readTextFileSync(join(out, "README.md")), /: still wrong\.$/m);
  });
});

Deno.test("fuzz keeps what was found when it is interrupted, with code 130", async () => {
  await inTempFolder(async (out) => {
    const child = start([
      "--seed",
      "5",
      "--out",
      out,
      "--adapter",
      `${SABOTEUR}:way=misreads`,
      "--minutes",
      "9",
    ]);
    const complaints = new Response(child.stderr).text();
    const lines = child.stdout.pipeThrough(new TextDecoderStream());
    let printed = "";
    for await (const text of lines) {
      if (!printed.includes("found(") && (printed + text).includes("found(")) child.kill("SIGINT");
      printed += text;
    }
    assert.equal((await child.status).code, 130, await complaints);
    const [{ hunts }] = listHunts(out) as [ReturnType<typeof listHunts>[number]];
    assert.ok(hunts[0]!.isInterrupted);
    assert.ok(hunts[0]!.finds.length > 0);
  });
});
