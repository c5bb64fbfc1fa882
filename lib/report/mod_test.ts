import assert from "node:assert/strict";
import type { Reporter } from "../model/mod.ts";
import { recordFixture } from "../testing/record_fixture.ts";
import { reporterById, REPORTERS } from "./mod.ts";

function isReporter(value: unknown): value is Reporter {
  return typeof value === "object" && value !== null && "render" in value && "extension" in value;
}

Deno.test("REPORTERS names every file of the folder that exports a reporter", async () => {
  for (const { name } of Deno.readDirSync(new URL(".", import.meta.url))) {
    if (!name.endsWith(".ts") || name.endsWith("_test.ts") || name === "mod.ts") continue;
    const exported: Record<string, unknown> = await import(new URL(name, import.meta.url).href);
    for (const reporter of Object.values(exported).filter(isReporter)) {
      assert.ok(
        REPORTERS.includes(reporter),
        `lib/report/${name} exports a reporter that mod.ts does not list`,
      );
      assert.equal(`${reporter.id.replaceAll("-", "_")}.ts`, name, "a reporter's file is named for its id");
    }
  }
});

Deno.test("REPORTERS have ids, titles and extensions of their own", () => {
  for (const field of ["id", "title", "extension"] as const) {
    assert.equal(new Set(REPORTERS.map((reporter) => reporter[field])).size, REPORTERS.length, field);
  }
});

Deno.test("reporterById() finds reporters and suggests the nearest id", () => {
  for (const reporter of REPORTERS) assert.equal(reporterById(reporter.id), reporter);
  assert.throws(() => reporterById("markdwon"), {
    name: "UsageError",
    message: `Cannot find reporter "markdwon" (did you mean "markdown"?): reporters are ${
      REPORTERS.map(({ id }) => id).join(", ")
    }`,
  });
});

for (const { id, render } of REPORTERS) {
  Deno.test(`render() of reporter "${id}" gives the same bytes for the same record and leaves it alone`, () => {
    const record = recordFixture();
    const before = structuredClone(record);
    assert.equal(render(record), render(recordFixture()));
    assert.deepEqual(record, before);
  });

  Deno.test(`render() of reporter "${id}" lets no control character of the record through`, () => {
    const invisible = [...render(recordFixture()).matchAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu)].map(([c]) =>
      c
    );
    const allowed = id === "csv" ? ["\r", "\n"] : id === "json" ? ["\n", "\u202e", "\u202c"] : ["\n"];
    assert.deepEqual([...new Set(invisible)].filter((character) => !allowed.includes(character)), []);
  });

  Deno.test(`render() of reporter "${id}" copes with a run that measured nothing`, () => {
    const record = recordFixture();
    render({ ...record, results: [] });
    render({ ...record, results: [], workloads: [], adapters: [], capabilities: {} });
    render({ ...record, results: [], settings: { ...record.settings, cells: [] } });
  });

  Deno.test(`render() of reporter "${id}" shows no speed of a cell that was wrong once`, () => {
    // The liar's right blocks have walls of 1000 and 1040 ns, which no other cell has.
    const text = render(recordFixture());
    if (id === "json") {
      const { sections } = JSON.parse(text).summary;
      const liar = sections[0].cells.find((cell: { key: string }) => cell.key.includes("/liar"));
      assert.deepEqual([liar.status, liar.metrics, liar.phases], ["wrong", {}, []]);
    } else {
      assert.doesNotMatch(text, /1\.0[04] us|,wall_ns,ns,10[04]0,/);
    }
  });
}

Deno.test("csv has one line, and no number, for a block that kept whole rows", () => {
  const record = recordFixture();
  const results = record.results.map((block) =>
    block.status === "measured" && block.cellKey.includes("/tinybase/") && block.blockIndex === 0
      ? { ...block, evidence: "rows" as const }
      : block
  );
  const lines = reporterById("csv").render({ ...record, results }).split("\r\n");
  const own = lines.filter((line) => line.includes(",keyed-pk,2,tinybase,,standard,,0,"));
  assert.equal(own.length, 1);
  assert.match(own[0]!, /,measured,converged,,,,,,kept whole rows for the judge: no numbers,2$/);
});
