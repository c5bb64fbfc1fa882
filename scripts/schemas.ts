/** `deno task schemas`: write the JSON Schemas of what is stored, imported and exported into schemas/. */
import { join } from "node:path";
import { Command } from "commander";
import { z } from "zod";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { publishedOutcomeSchemas } from "../lib/experiments/sources/schema.ts";
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

const HELP = `
Exit codes: 0 fine, 1 --check found a file that is not current, 2 usage.`;

function schemas(args: readonly string[]): number {
  const command = new Command("schemas")
    .description("Writes the JSON Schemas of what is stored, imported and exported into schemas/.")
    .option("--check", "write nothing, name the files that are not current", false)
    .allowExcessArguments(false)
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return EXIT.fine;
  const { check } = command.opts<{ check: boolean }>();

  const folder = join(import.meta.dirname ?? ".", "..", "schemas");
  let staleCount = 0;
  for (const [name, text] of Object.entries(SCHEMAS)) {
    const path = join(folder, name);
    if (check) {
      if (textIfThere(path) === text) continue;
      staleCount++;
      console.error(`schemas/${name} must be what the code says: run "deno task schemas"`);
    } else {
      Deno.mkdirSync(folder, { recursive: true });
      Deno.writeTextFileSync(path, text);
      console.log(`Wrote schemas/${name}`);
    }
  }
  return staleCount > 0 ? EXIT.wrong : EXIT.fine;
}

function schemaText(schema: z.ZodType): string {
  return JSON.stringify(z.toJSONSchema(schema), null, 2) + "\n";
}

try {
  Deno.exitCode = schemas(Deno.args);
} catch (error) {
  Deno.exitCode = reportFailure("schemas", error);
}
