import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../model/mod.ts";
import { inTempFolder } from "../testing/temp_folder.ts";
import { describeAdapterModule, describeWorkloadModule } from "./describe_module.ts";

const ADAPTER: Readonly<Record<string, string>> = {
  id: '"some-db"',
  title: '"Some"',
  about: '""',
  unfair: '""',
  homepage: '""',
  drivers: "{}",
  options: '{ mode: { values: ["a", "b"], default: "a", meaning: "" } }',
  permissions: "{}",
  counters: "[]",
  knownGaps: "[]",
  capabilities: `() => ({ liveQueries: "none", sql: true, joins: true, atomicBatch: true,
    interactiveTransaction: false, durability: "none", worksOn: "caller" })`,
  open: "() => {}",
};
const WORKLOAD: Readonly<Record<string, string>> = {
  id: '"some-work"',
  version: "1",
  title: '"Some"',
  question: '""',
  unfair: '""',
  slow: "false",
  withoutLiveQueries: '"floor"',
  phases: '[{ name: "burst", title: "" }]',
  parameters: "{ smoke: {}, standard: {}, large: {} }",
  program: "() => {}",
};

/** The module's text with some members written otherwise. */
function moduleOf(members: Readonly<Record<string, string>>, changed: Readonly<Record<string, string>> = {}) {
  const text = Object.entries({ ...members, ...changed }).map(([name, value]) => `${name}: ${value}`);
  return `export default { ${text.join(",\n")} };`;
}

function inModule(text: string, test: (url: string) => Promise<void>): Promise<void> {
  return inTempFolder(async (folder) => {
    const path = join(folder, "module.ts");
    await Deno.writeTextFile(path, text);
    await test(pathToFileURL(path).href);
  });
}

Deno.test("describeAdapterModule() tells what a module says when it keeps the contract", () =>
  inModule(moduleOf(ADAPTER), async (url) => {
    const { adapter, options } = await describeAdapterModule(url, "mode=b");
    deepStrictEqual([adapter.id, options], ["some-db", { mode: "b" }]);
    strictEqual(adapter.capabilities(options).liveQueries, "none");
  }));

const BAD_ADAPTERS: readonly (readonly [changed: Readonly<Record<string, string>>, fault: RegExp])[] = [
  [{ id: '""' }, /: id is ""; must be words in lower case with hyphens/],
  [{ id: '"../x"' }, /: id is "\.\.\/x"; must be words/],
  [{ counters: "[null]" }, /: counters\[0\] is null; .*expected object/],
  [{ counters: '[{ name: "n" }]' }, /: counters\[0\]\.unit is missing; .*expected one of/],
  [{ knownGaps: "[null]" }, /: knownGaps\[0\] is null; .*expected object/],
  [{ knownGaps: "{}" }, /: knownGaps is \{\}; .*expected array/],
  [{ drivers: "{ db: 1 }" }, /: drivers\.db is 1; .*expected string/],
  [{ options: "{ mode: null }" }, /: options\.mode is null; .*expected object/],
  [
    { options: '{ mode: { values: "ab", default: "a", meaning: "" } }' },
    /: options\.mode\.values is "ab"; .*array/,
  ],
  [
    { options: '{ mode: { values: ["a"], default: "b", meaning: "" } }' },
    /: options\.mode\.default is "b"; must be one of its values/,
  ],
  [{ permissions: '{ net: "localhost" }' }, /: permissions\.net is "localhost"; .*expected array/],
  [{ capabilities: "() => undefined" }, /: capabilities is missing; .*expected object/],
  [{ capabilities: "() => ({})" }, /: capabilities\.liveQueries is missing; .*expected one of/],
  [{ capabilities: "() => { throw new Error('not today') }" }, /^not today$/],
  [{ delay: "() => ({ atMostMs: -1, isDefault: true })" }, /: delay\.atMostMs is -1;/],
  [{ title: "1" }, /it lacks title/],
];

for (const [changed, fault] of BAD_ADAPTERS) {
  Deno.test(`describeAdapterModule() names the member, the rule and what it is when ${JSON.stringify(changed)}`, () =>
    inModule(moduleOf(ADAPTER, changed), async (url) => {
      await rejects(describeAdapterModule(url, ""), (error: Error) => {
        strictEqual(error instanceof UsageError && fault.test(error.message), true, error.message);
        return true;
      });
    }));
}

const BAD_WORKLOADS: readonly (readonly [changed: Readonly<Record<string, string>>, fault: RegExp])[] = [
  [{ version: "0" }, /its workload must keep the contract: version is 0;/],
  [{ phases: "[null]" }, /: phases\[0\] is null; .*expected object/],
  [
    { parameters: '{ smoke: { n: "1" }, standard: {}, large: {} }' },
    /: parameters\.smoke\.n is "1"; .*number/,
  ],
  [{ withoutLiveQueries: '"maybe"' }, /: withoutLiveQueries is "maybe"; .*expected one of/],
];

for (const [changed, fault] of BAD_WORKLOADS) {
  Deno.test(`describeWorkloadModule() names the member, the rule and what it is when ${JSON.stringify(changed)}`, () =>
    inModule(moduleOf(WORKLOAD, changed), async (url) => {
      await rejects(describeWorkloadModule(url), { name: "UsageError", message: fault });
    }));
}

const LATE: Readonly<Record<string, string>> = {
  "waits for ever": "setInterval(() => {}, 1000); await new Promise(() => {});",
  "spins": "for (let turn = 0; turn >= 0;) turn += 1;",
};

for (const [what, text] of Object.entries(LATE)) {
  Deno.test(`describeAdapterModule() ends a module that ${what} when its time is over`, () =>
    inModule(text, async (url) => {
      await rejects(describeAdapterModule(url, "", 1500), {
        name: "UsageError",
        message: `Cannot load adapter module "${url}": it took longer than 1500 ms`,
      });
      await rejects(describeWorkloadModule(url, 1500), {
        name: "UsageError",
        message: /longer than 1500 ms/,
      });
    }));
}
