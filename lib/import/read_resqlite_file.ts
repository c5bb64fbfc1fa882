import { createHash } from "node:crypto";
import { IMPORTED_SCHEMA_VERSION, type ImportedResults } from "./imported_results.ts";
import { parseResqlite } from "./parse_resqlite.ts";
import { parseResqliteFileName } from "./resqlite_file_name.ts";

/** One of resqlite's result files in the form that is stored; `undefined` when its name is not that of a result. */
export function readResqliteFile(name: string, bytes: Uint8Array): ImportedResults | undefined {
  const named = parseResqliteFileName(name);
  if (named === undefined) return undefined;
  return {
    schemaVersion: IMPORTED_SCHEMA_VERSION,
    kind: "imported",
    source: "resqlite",
    file: { name, sha256: createHash("sha256").update(bytes).digest("hex") },
    ...named,
    ...parseResqlite(new TextDecoder().decode(bytes)),
  };
}
