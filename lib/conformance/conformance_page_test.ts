import assert from "node:assert/strict";
import { conformancePage } from "./conformance_page.ts";
import { parseConformance, storeConformance } from "./stored_conformance.ts";

const environment = {
  commit: "0123456789abcdef",
  isDirty: false,
  deno: "2.9.6",
  os: "linux",
  cpuModel: "A CPU",
};
const table = storeConformance(
  [
    {
      adapter: "one",
      options: {},
      drivers: { "one-db": "1.0.0" },
      results: [
        { key: "read/a", verdict: "passed", reason: "" },
        { key: "read/b", verdict: "known-gap", reason: "one-db 1.0.0 is wrong (now: got | 2)" },
        { key: "watch/c", verdict: "skipped", reason: "It cannot" },
      ],
    },
    {
      adapter: "two",
      options: { mode: "fast" },
      drivers: {},
      results: [
        { key: "read/a", verdict: "passed", reason: "" },
        { key: "read/b", verdict: "failed", reason: "expected 1,\ngot 2" },
        { key: "watch/c", verdict: "passed", reason: "" },
      ],
    },
    { adapter: "three", options: {}, drivers: {}, unavailable: "No server", results: [] },
  ],
  environment,
  new Date("2026-11-28T11:30:00.000Z"),
);

Deno.test("conformancePage() counts by kind, names gaps and faults with their reasons, and says why others were not asked", () => {
  const page = conformancePage(table);
  for (
    const line of [
      "Run until 2026-11-28T11:30 UTC: Deno 2.9.6, linux, A CPU, commit 0123456789ab.",
      "| adapter | read | watch |",
      "| one | 1 + 1 gap | - |",
      "| two:mode=fast | 1, 1 fails | 1 |",
      "| three | not here | not here |",
      "- **one** `read/b`: one-db 1.0.0 is wrong.",
      "- **two:mode=fast** `read/b`: expected 1, got 2.",
      "- It cannot (1 scenario): one.",
      "- No server: three.",
      "- one: one-db 1.0.0",
    ]
  ) assert.ok(page.split("\n").includes(line), `missing: ${line}\n${page}`);
});

Deno.test("parseConformance() reads what storeConformance() made, and names what is wrong with anything else", () => {
  assert.deepEqual(parseConformance(JSON.stringify(table), "x.json"), table);
  const broken = JSON.stringify({ ...table, adapters: [{ adapter: "one" }] });
  assert.throws(() => parseConformance(broken, "x.json"), /Cannot read "x\.json".*adapters\.0\./);
});

Deno.test("results/conformance.md is what results/conformance.json says", () => {
  const root = new URL("../../results/", import.meta.url);
  const text = Deno.readTextFileSync(new URL("conformance.json", root));
  const page = Deno.readTextFileSync(new URL("conformance.md", root));
  assert.equal(page, conformancePage(parseConformance(text, "results/conformance.json")));
});
