/**
 * Writes the JSON Schemas of what is stored, imported and exported into schemas/. With --check it writes nothing, names the files that
 * are not current and ends with exit code 1.
 */
import { join } from "node:path";
import { z } from "zod";
import { publishedOutcomeSchemas } from "../lib/experiments/schema.ts";
import { exportedRunSchema } from "../lib/export/exported_run_schema.ts";
import { importedResultsSchema } from "../lib/import/mod.ts";
import { textIfThere } from "../lib/record/mod.ts";
import { publishedSchemas } from "../lib/record/schema.ts";

const SCHEMAS: Readonly<Record<string, string>> = {
  ...publishedSchemas(),
  ...publishedOutcomeSchemas(),
  "export.schema.json": schemaText(exportedRunSchema),
  "imported.schema.json": schemaText(importedResultsSchema),
};

const [option, ...rest] = Deno.args;
if (rest.length > 0 || (option !== undefined && option !== "--check")) {
  console.error(`Cannot write schemas as the only option is --check: got ${JSON.stringify(Deno.args)}`);
  Deno.exit(2);
}

const folder = join(import.meta.dirname ?? ".", "..", "schemas");
let staleCount = 0;
for (const [name, text] of Object.entries(SCHEMAS)) {
  const path = join(folder, name);
  if (option === "--check") {
    if (textIfThere(path) === text) continue;
    staleCount++;
    console.error(`schemas/${name} must be what the code says: run "deno task schemas"`);
  } else {
    Deno.mkdirSync(folder, { recursive: true });
    Deno.writeTextFileSync(path, text);
    console.log(`Wrote schemas/${name}`);
  }
}
if (staleCount > 0) Deno.exit(1);

function schemaText(schema: z.ZodType): string {
  return JSON.stringify(z.toJSONSchema(schema), null, 2) + "\n";
}
