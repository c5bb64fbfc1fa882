import assert from "node:assert/strict";
import { join } from "node:path";
import { OUTCOME_SCHEMA_VERSION } from "../../model/experiment.ts";
import { publishedOutcomeSchemas } from "./schema.ts";

const FOLDER = join(import.meta.dirname!, "..", "..", "..", "schemas");

Deno.test("schemas/ is what publishedOutcomeSchemas() says", () => {
  for (const [name, text] of Object.entries(publishedOutcomeSchemas())) {
    assert.equal(Deno.readTextFileSync(join(FOLDER, name)), text, `run "deno task schemas": ${name}`);
  }
});

Deno.test("publishedOutcomeSchemas() refuses unknown keys, other versions, and a rejection without its reason", () => {
  const schema = JSON.parse(publishedOutcomeSchemas()["outcome.schema.json"]!) as {
    readonly oneOf: readonly {
      readonly additionalProperties: boolean;
      readonly required: readonly string[];
      readonly properties: Readonly<Record<string, { readonly const?: unknown }>>;
    }[];
  };
  assert.equal(schema.oneOf.length, 3);
  for (const { additionalProperties, properties, required } of schema.oneOf) {
    assert.equal(additionalProperties, false);
    assert.equal(properties["schemaVersion"]!.const, OUTCOME_SCHEMA_VERSION);
    const isClosed = ["accepted", "rejected"].includes(properties["outcomeClass"]!.const as string);
    assert.equal(required.includes("outcomeReason"), isClosed);
    assert.ok(!required.includes("winner"));
  }
});
