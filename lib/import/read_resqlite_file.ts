import { createHash } from "node:crypto";
import { IMPORTED_SCHEMA_VERSION, type ImportedResults } from "./imported_results.ts";
import { parseResqlite } from "./parse_resqlite.ts";
import { parseDashboard } from "./resqlite_dashboard.ts";
import { parseResqliteFileName } from "./resqlite_file_name.ts";
import { parseSidecar, type ResqliteSidecar, sidecarValues, withSidecar } from "./resqlite_sidecar.ts";

/** A settings line of a file whose name has no date. */
const DATE_SETTINGS: readonly string[] = ["Generated", "Date"];

/**
 * One of resqlite's result files in the form that is stored; `undefined` when its name is not that of a result. `sidecar`
 * is the text of the JSON file of the same name, where there is one; one of another kind adds nothing.
 */
export function readResqliteFile(
  name: string,
  bytes: Uint8Array,
  sidecar?: string,
): ImportedResults | undefined {
  const named = parseResqliteFileName(name);
  if (named === undefined) return undefined;
  const parsed = parseResqlite(new TextDecoder().decode(bytes));
  const dated = parsed.settings.find((setting) => DATE_SETTINGS.includes(setting.name))?.value ?? "";
  const startedAt = named.startedAt !== "" || !/^\d{4}-\d{2}-\d{2}/.test(dated) ? named.startedAt : dated;
  const os = parsed.settings.find((setting) => setting.name === "OS")?.value;
  const results: ImportedResults = {
    ...head(name, bytes),
    label: named.label,
    startedAt,
    ...(os === undefined ? {} : { machine: os }),
    ...parsed,
  };
  const beside = sidecar === undefined ? undefined : parseSidecar(sidecar);
  return beside === undefined ? results : withSidecar(results, beside);
}

/**
 * Results of a JSON file that has no markdown beside it: a sidecar, the history, or devices; `undefined` when it is none of
 * them.
 */
export function readResqliteJson(name: string, bytes: Uint8Array): ImportedResults[] | undefined {
  const text = new TextDecoder().decode(bytes);
  const sidecar = parseSidecar(text);
  if (sidecar !== undefined) return [sidecarResults(name, bytes, sidecar)];
  return parseDashboard(text)?.map((one) => ({ ...head(name, bytes), ...one }));
}

function sidecarResults(name: string, bytes: Uint8Array, sidecar: ResqliteSidecar): ImportedResults {
  const named = parseResqliteFileName(name);
  return withSidecar({
    ...head(name, bytes),
    label: named?.label ?? name.replace(/\.json$/, ""),
    startedAt: named?.startedAt ?? sidecar.generatedAt ?? "",
    settings: [],
    values: sidecarValues(sidecar),
    skippedSections: [],
    notUnderstood: [],
  }, sidecar);
}

function head(
  name: string,
  bytes: Uint8Array,
): Pick<ImportedResults, "schemaVersion" | "kind" | "source" | "file"> {
  return {
    schemaVersion: IMPORTED_SCHEMA_VERSION,
    kind: "imported",
    source: "resqlite",
    file: { name, sha256: createHash("sha256").update(bytes).digest("hex") },
  };
}
