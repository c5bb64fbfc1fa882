import { deepStrictEqual, throws } from "node:assert/strict";
import { variantsOf } from "./run_setup.ts";

Deno.test("variantsOf() names what pages draw, and refuses it where there is no page", () => {
  const options = { duration: undefined, render: "dom" } as const;
  deepStrictEqual(variantsOf(options, [{}, { pacing: "1" }], ["chromium"]), [
    { render: "dom", runtime: "chromium" },
    { pacing: "1", render: "dom", runtime: "chromium" },
  ]);
  throws(() => variantsOf(options, [{}], ["chromium", "deno"]), {
    name: "UsageError",
    message: "Cannot draw results in deno as there must be a page: add --runtime chromium",
  });
  deepStrictEqual(variantsOf({ ...options, render: undefined }, [{}], ["deno", "chromium"]), [
    {},
    { runtime: "chromium" },
  ]);
});
