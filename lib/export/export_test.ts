import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { recordFixture } from "../testing/record_fixture.ts";
import {
  END_MARKER,
  EXPORT_FORMATS,
  markdownSnippet,
  replaceBetweenMarkers,
  START_MARKER,
  toActionEntries,
  toBmf,
} from "./mod.ts";

// As published at https://bencher.dev/docs/reference/bencher-metric-format, with the limits of names and slugs.
const BMF = z.record(
  z.string().min(1).max(1024),
  z.record(
    z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/).max(64),
    z.strictObject({ value: z.number(), lower_value: z.number(), upper_value: z.number() })
      .refine(({ value, lower_value, upper_value }) => lower_value <= value && value <= upper_value),
  ),
);

// What the action reads of its custom formats.
const ACTION = z.array(z.strictObject({
  name: z.string().min(1),
  unit: z.string().min(1),
  value: z.number(),
  range: z.string(),
  extra: z.string(),
}));

Deno.test("toBmf() fits the published schema and holds verified cells only", () => {
  const bmf = BMF.parse(toBmf(recordFixture()));
  assert.deepEqual(bmf["keyed-pk@2/tinybase/standard/burst"]?.["wall-ns"], {
    value: 3_060_000,
    lower_value: 3_000_000,
    upper_value: 3_120_000,
  });
  assert.ok("latency-p99-ns" in bmf["overlap@2/tinybase/standard/overlap/insert"]!);
  assert.deepEqual(Object.keys(bmf).filter((name) => /liar|crasher|late/.test(name)), []);
});

Deno.test("toActionEntries() parts what is better lower from what is better higher", () => {
  const lower = ACTION.parse(toActionEntries(recordFixture(), "lower"));
  const higher = ACTION.parse(toActionEntries(recordFixture(), "higher"));
  assert.deepEqual([...new Set(higher.map(({ name }) => name.split("/").at(-1)))], ["writes_per_second"]);
  assert.ok(lower.some(({ name }) => name.endsWith("/wall_ns")));
  assert.ok(!lower.some(({ name }) => /writes_per_second|emissions_delivered|emissions_needed/.test(name)));
  assert.equal(new Set([...lower, ...higher].map(({ name }) => name)).size, lower.length + higher.length);
  assert.deepEqual(lower.find(({ name }) => name === "keyed-pk@2/tinybase/standard/burst/wall_ns"), {
    name: "keyed-pk@2/tinybase/standard/burst/wall_ns",
    unit: "ns",
    value: 3_060_000,
    range: "± 60000",
    extra: "3.00 ms to 3.12 ms, 3 blocks",
  });
});

Deno.test("markdownSnippet() names the cells that have no numbers", () => {
  const lines = markdownSnippet(recordFixture()).split("\n");
  assert.match(lines.find((line) => line.includes("tinybase"))!, /correct +\| +3\.1 ms ±2 %/);
  assert.match(lines.find((line) => line.includes("liar"))!, /phantom +\| +– /);
  assert.match(lines.find((line) => line.includes("crasher"))!, /failed/);
});

Deno.test("EXPORT_FORMATS render text that ends in a line end", () => {
  for (const { id, render } of EXPORT_FORMATS) {
    const text = render(recordFixture());
    assert.ok(text.endsWith("\n"), id);
    if (/bmf|action|json/.test(id)) JSON.parse(text);
  }
});

Deno.test("replaceBetweenMarkers() changes what is between and nothing else", () => {
  const line = fc.string().filter((text) =>
    !/[\n\r]/.test(text) && !/^\s*(?:`{3}|~{3})/.test(text) && !text.includes("watchbench:")
  );
  fc.assert(
    fc.property(
      fc.array(line),
      fc.array(line),
      fc.array(line),
      fc.array(line),
      (before, inside, after, snippet) => {
        const text = [...before, START_MARKER, ...inside, END_MARKER, ...after].join("\n");
        const replaced = replaceBetweenMarkers(text, snippet.join("\n"));
        const body = snippet.length === 0 ? [""] : snippet;
        assert.equal(replaced, [...before, START_MARKER, "", ...body, "", END_MARKER, ...after].join("\n"));
        assert.equal(replaceBetweenMarkers(replaced, snippet.join("\n")), replaced);
      },
    ),
  );
});

Deno.test("replaceBetweenMarkers() keeps line ends of Windows and looks past code", () => {
  const fenced = ["```md", START_MARKER, "```"];
  const text = [...fenced, START_MARKER, "old", END_MARKER, ""].join("\r\n");
  assert.equal(
    replaceBetweenMarkers(text, "a\nb"),
    [...fenced, START_MARKER, "", "a", "b", "", END_MARKER, ""].join("\r\n"),
  );
});

Deno.test("replaceBetweenMarkers() refuses markers that are missing, doubled or turned round", () => {
  for (
    const lines of [[], [START_MARKER], [END_MARKER, START_MARKER], [START_MARKER, START_MARKER, END_MARKER]]
  ) {
    assert.throws(() => replaceBetweenMarkers(lines.join("\n"), "x"), RangeError);
  }
});
