import { deepStrictEqual, match, notStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../../lib/model/mod.ts";
import { createRun, loadRun, loadTimeline } from "../../lib/record/mod.ts";
import { exampleBlock, examplePhases, exampleStart } from "../../lib/record/_fixtures.ts";
import { inTempFolder } from "../../lib/testing/temp_folder.ts";
import { codeDifferences, codeIdentity } from "./code_identity.ts";
import { FleetKey } from "./fleet_key.ts";
import { type FleetPlan, openPlan, signPlan } from "./fleet_plan.ts";
import type { MachineState } from "./machine.ts";
import { isSignedRound, roundJobs } from "./round_job.ts";
import { packRound, unpackRound } from "./round_result.ts";
import { Spool } from "./spool.ts";

const KEY = new FleetKey("0123456789abcdef");
const OTHER = new FleetKey("fedcba9876543210");
const PLAN = "00000000-0000-4000-8000-000000000001";

/** As much of a plan as is read here. */
function examplePlan(): FleetPlan {
  const { settings, adapters, workloads, capabilities } = exampleStart("");
  const digest = "a".repeat(64);
  return {
    version: 1,
    id: PLAN,
    label: "example",
    plannedAt: "2026-11-21T23:55:07.000Z",
    code: { commit: "abc", sources: digest, adapters: digest, locks: { watchbench: digest } },
    settings,
    adapters,
    workloads,
    capabilities,
  };
}

function exampleMachine(): MachineState {
  return { name: "m1", environment: exampleStart("").environment };
}

/** A sealed run folder of a round, with a timeline. */
function exampleRound(root: string, round = 3): string {
  using run = createRun({ ...exampleStart(root), label: `round-${round}-abc` });
  run.append(exampleBlock(0), examplePhases(0));
  run.append(exampleBlock(1));
  run.seal({ status: "complete", now: new Date("2026-11-21T23:56:00Z") });
  return run.folder;
}

Deno.test("FleetKey.signed() knows its own signatures of the same text for the same purpose only", () => {
  const signature = KEY.sign("a", "text");
  match(signature, /^[0-9a-f]{64}$/);
  strictEqual(KEY.signed("a", "text", signature), true);
  strictEqual(KEY.signed("b", "text", signature), false);
  strictEqual(KEY.signed("a", "texu", signature), false);
  strictEqual(OTHER.signed("a", "text", signature), false);
  for (const broken of [undefined, "", signature.slice(1), `${signature}0`, signature.toUpperCase()]) {
    strictEqual(KEY.signed("a", "text", broken), false);
  }
  throws(() => new FleetKey("short"), /at least 16 characters: it has 5/);
});

Deno.test("openPlan() gives back what signPlan() signed, and refuses everything else", () => {
  const plan = examplePlan();
  const signed = signPlan(plan, KEY);
  deepStrictEqual(openPlan(signed, KEY), JSON.parse(JSON.stringify(plan)));
  throws(() => openPlan(signed, OTHER), /key must have signed it/);
  throws(
    () => openPlan({ ...signed, text: signed.text.replace("example", "changed") }, KEY),
    /key must have signed it/,
  );
  throws(() => openPlan({}, KEY), /Cannot trust plan unknown/);
  throws(() => openPlan({ ...signed, plan: PLAN.replace("1", "2") }, KEY), UsageError);
  throws(
    () => openPlan(signPlan({ ...plan, version: 2 }, KEY), KEY),
    /version must be 1: got 2, which another Watchbench/,
  );
  throws(() => openPlan(signPlan({ ...plan, label: 7 as unknown as string }, KEY), KEY), /"label"/);
});

Deno.test("isSignedRound() takes rounds of the plan that the key signed", () => {
  const plan = examplePlan();
  const rounds = roundJobs(plan, KEY);
  strictEqual(rounds.length, plan.settings.blockCount + 1);
  ok(rounds.every((round) => isSignedRound(round, plan, KEY)));
  ok(!isSignedRound(rounds[1]!, plan, OTHER));
  ok(!isSignedRound({ ...rounds[1]!, round: 0 }, plan, KEY));
  ok(!isSignedRound({ ...rounds[1]!, plan: "other" }, plan, KEY));
  const far = roundJobs({ ...plan, settings: { ...plan.settings, blockCount: 1001 } }, KEY).at(-1)!;
  ok(!isSignedRound(far, plan, KEY));
});

Deno.test("unpackRound() gives the run folder that packRound() packed, timelines included", () =>
  inTempFolder(async (folder) => {
    const machine = exampleMachine();
    const round = exampleRound(join(folder, "runs"));
    const result = packRound(round, { plan: PLAN, round: 3, machine }, KEY);
    deepStrictEqual(packRound(round, { plan: PLAN, round: 3, machine }, KEY), result);
    const arrived = unpackRound(result, KEY, join(folder, "out"));
    deepStrictEqual([arrived.round, arrived.machine.name, arrived.sha256], [3, "m1", result.sha256]);
    const [before, after] = [loadRun(round), loadRun(arrived.folder)];
    deepStrictEqual(after, before);
    deepStrictEqual(loadTimeline(arrived.folder, after.results[0]!), loadTimeline(round, before.results[0]!));
  }));

Deno.test("unpackRound() refuses what another key signed, what was changed and what it does not know, and keeps nothing", () =>
  inTempFolder(async (folder) => {
    const out = join(folder, "out");
    Deno.mkdirSync(out);
    const round = exampleRound(join(folder, "runs"));
    const result = packRound(round, { plan: PLAN, round: 3, machine: exampleMachine() }, KEY);
    const other = packRound(round, { plan: PLAN, round: 4, machine: exampleMachine() }, KEY);
    throws(() => unpackRound(result, OTHER, out), /key must have signed it/);
    throws(() => unpackRound({ ...result, round: 4 }, KEY, out), /key must have signed it/);
    throws(() => unpackRound({ ...result, machine: "m2" }, KEY, out), /key must have signed it/);
    throws(() => unpackRound({ ...result, packed: other.packed }, KEY, out), /digest differs/);
    throws(() => unpackRound({ ...result, version: 2 }, KEY, out), /version must be 1: got 2/);
    throws(() => unpackRound({ round: 1 }, KEY, out), /form of a result/);
    deepStrictEqual([...Deno.readDirSync(out)], []);
  }));

Deno.test("Spool keeps rounds until they are forgotten, and belongs to one worker", () =>
  inTempFolder(async (folder) => {
    const place = join(folder, "spool");
    {
      using spool = new Spool(place);
      throws(() => new Spool(place), /only one worker may: another one does now/);
      const round = exampleRound(spool.rootOf(PLAN), 2);
      spool.keep(round, PLAN, 2, exampleMachine(), KEY);
      deepStrictEqual([...Deno.readDirSync(spool.rootOf(PLAN))].map(({ name }) => name), [
        `${round.split("/").at(-1)}.result.json`,
      ]);
    }
    using spool = new Spool(place);
    const [file] = spool.waiting();
    strictEqual(spool.read(file!).round, 2);
    spool.forget(file!);
    deepStrictEqual(spool.waiting(), []);
  }));

Deno.test("Spool.recover() packs whole rounds that a killed worker left and removes others", () =>
  inTempFolder(async (folder) => {
    using spool = new Spool(join(folder, "spool"));
    const root = spool.rootOf(PLAN);
    exampleRound(root, 5);
    {
      using cut = createRun({ ...exampleStart(root), label: "round-6-abc" });
      cut.append(exampleBlock(0));
    }
    Deno.mkdirSync(join(root, ".round-7-staging"));
    deepStrictEqual(spool.recover(exampleMachine(), KEY), { packedCount: 1, removedCount: 2 });
    const waiting = spool.waiting();
    deepStrictEqual(waiting.map((file) => spool.read(file).round), [5]);
    strictEqual([...Deno.readDirSync(root)].length, 1);
  }));

Deno.test("Spool.recover() leaves the spool of another worker below it alone", () =>
  inTempFolder(async (folder) => {
    const place = join(folder, "spool");
    using below = new Spool(join(place, "a"));
    below.keep(exampleRound(below.rootOf(PLAN), 2), PLAN, 2, exampleMachine(), KEY);
    using spool = new Spool(place);
    deepStrictEqual(spool.recover(exampleMachine(), KEY), { packedCount: 0, removedCount: 0 });
    deepStrictEqual(spool.waiting(), []);
    strictEqual(below.waiting().length, 1);
  }));

Deno.test("codeIdentity() is the same for the same code, and another one when an adapter, a source or a lock changes", () =>
  inTempFolder(async (folder) => {
    const write = (path: string, text: string): void => {
      const file = join(folder, path);
      Deno.mkdirSync(join(file, ".."), { recursive: true });
      Deno.writeTextFileSync(file, text);
    };
    for (
      const path of [
        "lib/a.ts",
        "lib/adapters/x.ts",
        "workloads/w.ts",
        "scripts/s.ts",
        "tools/fleet/f.ts",
        "tools/pages/c.ts",
      ]
    ) {
      write(path, path);
    }
    write("deno.lock", "{}");
    write("drivers/x/deno.lock", "{}");
    const { settings } = exampleStart("");
    const cells = [{ ...settings.cells[0]!, adapter: "x" }];
    const first = codeIdentity(cells, folder);
    deepStrictEqual(codeIdentity(cells, folder), first);
    deepStrictEqual(Object.keys(first.locks), ["watchbench", "x"]);
    write("lib/a_test.ts", "a test is no part of what runs");
    deepStrictEqual(codeDifferences(first, codeIdentity(cells, folder)), []);
    write("lib/adapters/x.ts", "changed");
    const [adapters] = codeDifferences(first, codeIdentity(cells, folder));
    match(adapters!, /^the digest of adapters is [0-9a-f]{12} in the plan and [0-9a-f]{12} here$/);
    write("lib/a.ts", "changed");
    write("drivers/x/deno.lock", "{ }");
    const all = codeDifferences(first, codeIdentity(cells, folder));
    deepStrictEqual(all.map((text) => text.split(" is ")[0]), [
      "the digest of sources",
      "the digest of adapters",
      "the lock of x",
    ]);
    deepStrictEqual(codeDifferences({ ...first, commit: "abc" }, first), [
      "the commit is abc in the plan and none here",
    ]);
    notStrictEqual(first.sources, first.adapters);
  }));
