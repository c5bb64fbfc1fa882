/** What is exported, read by the libraries that others read it with. */
import assert from "node:assert/strict";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse as parseCsv } from "csv-parse/sync";
import { lexer, type Token, type Tokens } from "marked";
import { EXPORT_FORMATS } from "../../lib/export/mod.ts";
import { readResqliteFile } from "../../lib/import/mod.ts";
import type { RunRecord } from "../../lib/model/mod.ts";
import { listRuns, loadRun } from "../../lib/record/mod.ts";
import { hostileRecord } from "../../lib/testing/hostile_record.ts";
import { recordFixture } from "../../lib/testing/record_fixture.ts";

const ROOT = new URL("../../", import.meta.url);

/** What the fields of Bencher's published schema say, https://bencher.dev/bmf.json. */
const BMF_SCHEMA = {
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  additionalProperties: { type: "object", additionalProperties: { $ref: "#/definitions/metric" } },
  definitions: {
    metric: {
      type: "object",
      required: ["value"],
      properties: {
        value: { type: "number" },
        lower_value: { type: "number" },
        upper_value: { type: "number" },
      },
    },
  },
};

/** What github-action-benchmark reads of an entry of its custom tools, by its documentation. */
const ACTION_SCHEMA = {
  type: "array",
  minItems: 1,
  items: {
    type: "object",
    required: ["name", "unit", "value"],
    additionalProperties: false,
    properties: {
      name: { type: "string", minLength: 1 },
      unit: { type: "string", minLength: 1 },
      value: { type: "number" },
      range: { type: ["string", "number"] },
      extra: { type: "string" },
    },
  },
};

/** A run that has everything, and every run that this repository stores. */
const sound: readonly RunRecord[] = [
  recordFixture(),
  ...listRuns(new URL("results", ROOT).pathname).runs.map(({ folder }) => loadRun(folder)),
];

/** Beside them a run that means harm; no such label can be stored. */
const all: readonly RunRecord[] = [...sound, hostileRecord()];

function rendered(id: string, record: RunRecord): string {
  return EXPORT_FORMATS.find((format) => format.id === id)!.render(record);
}

function requireValid(ajv: Ajv | Ajv2020, schema: object, value: unknown, what: string): void {
  const validate = ajv.compile(schema);
  assert.ok(validate(value), `${what}: ${ajv.errorsText(validate.errors)}`);
}

function publishedSchema(name: string): object {
  return JSON.parse(Deno.readTextFileSync(new URL(`schemas/${name}`, ROOT)));
}

// Moments have a pattern beside their format, so nothing goes unchecked.
const ajv2020 = new Ajv2020({ validateFormats: false, allErrors: true });

Deno.test("export --format json fits its published schema, and a changed one does not", () => {
  const schema = publishedSchema("export.schema.json");
  for (const record of sound) {
    requireValid(ajv2020, schema, JSON.parse(rendered("json", record)), record.id);
  }
  const validate = ajv2020.compile(schema);
  const exported = JSON.parse(rendered("json", recordFixture()));
  assert.ok(!validate({ ...exported, speed: 1 }));
  assert.ok(!validate({ ...exported, startedAt: "yesterday" }));
  assert.ok(!validate({ ...exported, summary: undefined }));
});

Deno.test("stored files fit their published schemas", () => {
  const header = ajv2020.compile(publishedSchema("record.schema.json"));
  const block = ajv2020.compile(publishedSchema("block.schema.json"));
  for (const record of sound) {
    const { results, ...rest } = record;
    assert.ok(header(rest), `${record.id}: ${ajv2020.errorsText(header.errors)}`);
    for (const one of results) assert.ok(block(one), `${record.id}: ${ajv2020.errorsText(block.errors)}`);
  }
});

Deno.test("what was imported fits its published schema", () => {
  const folder = new URL("lib/import/fixtures/", ROOT);
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.startsWith("2"));
  assert.ok(names.length > 0);
  for (const name of names) {
    const results = readResqliteFile(name, Deno.readFileSync(new URL(name, folder)));
    requireValid(ajv2020, publishedSchema("imported.schema.json"), JSON.parse(JSON.stringify(results)), name);
  }
});

Deno.test("export --format bmf fits what Bencher publishes", () => {
  const ajv = new Ajv({ allErrors: true });
  for (const record of all) {
    const value = JSON.parse(rendered("bmf", record));
    requireValid(ajv, BMF_SCHEMA, value, record.id);
    // Limits that the documentation has and the schema has not.
    for (const [benchmark, measures] of Object.entries(value)) {
      assert.ok(benchmark.length >= 1 && benchmark.length <= 1024, benchmark);
      for (const slug of Object.keys(measures as object)) {
        assert.match(slug, /^(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*$/);
      }
    }
  }
});

Deno.test("export --format github-action-benchmark fits what the action documents", () => {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
  for (const id of ["github-action-benchmark", "github-action-benchmark-bigger"]) {
    requireValid(ajv, ACTION_SCHEMA, JSON.parse(rendered(id, recordFixture())), id);
  }
});

Deno.test("export --format csv is read back field by field", () => {
  for (const record of all) {
    const rows: Record<string, string>[] = parseCsv(rendered("csv", record), {
      columns: true,
      record_delimiter: "\r\n",
      relax_column_count: false,
    });
    const measured = record.results.filter(({ status }) => status === "measured").length;
    assert.ok(rows.length >= record.results.length, record.id);
    assert.ok(rows.every(({ run }) => run === rows[0]?.["run"]), record.id);
    assert.ok(rows.filter(({ status }) => status === "measured").length >= measured, record.id);
    for (const { value, metric } of rows) {
      assert.equal(value === "", metric === "", `${record.id}: ${metric} is "${value}"`);
      if (value !== "") assert.ok(Number.isFinite(Number(value)), `${record.id}: ${value}`);
    }
    // What a spreadsheet would run.
    for (const row of rows) {
      for (const [column, field] of Object.entries(row)) {
        if (column !== "value") assert.ok(!/^[=+@\t\r-]/.test(field), `${record.id}: ${column} is ${field}`);
      }
    }
  }
});

Deno.test("export --format markdown-snippet is one table of plain text, and a paragraph", () => {
  for (const record of all) {
    const tokens = lexer(rendered("markdown-snippet", record), { gfm: true })
      .filter(({ type }) => type !== "space");
    assert.deepEqual(tokens.map(({ type }) => type), ["table", "paragraph"], record.id);
    const { header, rows } = tokens[0] as Tokens.Table;
    assert.ok(rows.length > 0, record.id);
    for (const row of rows) assert.equal(row.length, header.length);
    const inline = [...rows.flat(), ...header].flatMap((field) => field.tokens)
      .concat((tokens[1] as Tokens.Paragraph).tokens);
    const types = new Set(inline.map(({ type }: Token) => type));
    assert.deepEqual([...types].filter((type) => !["text", "escape"].includes(type)), [], record.id);
  }
});
