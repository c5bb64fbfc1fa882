import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { initTwice } from "./powersync_web.ts";

/** Databases whose `init` fails as told, one after the other, and what is done with them. */
function databases(failures: readonly (string | undefined)[]) {
  const calls: string[] = [];
  let made = 0;
  const make = () => {
    const index = made++;
    return {
      index,
      init: () => {
        calls.push(`init ${index}`);
        const failure = failures[index];
        return failure === undefined ? Promise.resolve() : Promise.reject(new Error(failure));
      },
      database: { close: () => Promise.resolve(void calls.push(`close ${index}`)) },
    };
  };
  return { make, calls };
}

Deno.test("initTwice() opens again where the second worker had not heard of the tables, and once only", async () => {
  const { make, calls } = databases(["no such table: ps_buckets"]);
  strictEqual((await initTwice(make)).index, 1);
  deepStrictEqual(calls, ["init 0", "close 0", "init 1"]);
  const twice = databases(["no such table: ps_buckets", "no such table: ps_buckets"]);
  await rejects(initTwice(twice.make), /ps_buckets/);
});

Deno.test("initTwice() opens once where that is enough, and throws what else goes wrong", async () => {
  const well = databases([]);
  strictEqual((await initTwice(well.make)).index, 0);
  deepStrictEqual(well.calls, ["init 0"]);
  const ill = databases(["unable to open database file"]);
  await rejects(initTwice(ill.make), /unable to open/);
  deepStrictEqual(ill.calls, ["init 0"]);
});
