/**
 * Manifests: one file for each batch that was added, which names the batch's Parquet files. It comes last, so that what a killed
 * process left behind belongs to nobody; queries read what manifests name.
 */
import { join } from "node:path";
import { z } from "zod";
import { messageOf, RecordFormatError } from "../../lib/model/mod.ts";
import { replaceFile } from "../../lib/record/mod.ts";
import { quoted } from "./parquet_sql.ts";
import { ARCHIVE_SCHEMA_VERSION, STORED_TABLE_NAMES, type StoredTableName } from "./rows.ts";

const MANIFESTS = "batches";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const manifestSchema = z.strictObject({
  schemaVersion: z.int().min(1),
  /** In version 1. */
  runs: z.exactOptional(z.array(z.strictObject({ id: z.string().min(1), sha256 })).min(1)),
  /** Since version 2: the runs themselves are in the table `runs`. */
  runCount: z.exactOptional(z.int().min(1)),
  /** Batches whose rows this one holds: what is left of them counts no more. */
  replaces: z.exactOptional(z.array(z.string()).min(1)),
  files: z.array(z.strictObject({
    table: z.enum(STORED_TABLE_NAMES as [StoredTableName, ...StoredTableName[]]),
    path: z.string().min(1),
    rowCount: z.int().min(0),
    sha256,
  })),
});

/** What one batch holds. */
export type Manifest = z.infer<typeof manifestSchema>;

/** A manifest by its name. */
export type NamedManifest = Manifest & { readonly name: string };

/** All manifests that count, by name. Throws a RecordFormatError with file and rule for one that is not sound. */
export function readManifests(archive: string): NamedManifest[] {
  const folder = join(archive, MANIFESTS);
  let names: string[];
  try {
    names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".json"))
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  const manifests = names.map((name) => ({
    ...parseManifest(Deno.readTextFileSync(join(folder, name)), join(folder, name)),
    name: name.slice(0, -".json".length),
  }));
  const replaced = new Set(manifests.flatMap(({ replaces = [] }) => replaces));
  return manifests.filter(({ name }) => !replaced.has(name));
}

function parseManifest(text: string, file: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RecordFormatError(file, undefined, `it must be JSON: ${messageOf(error)}`);
  }
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === "number" && version > ARCHIVE_SCHEMA_VERSION) {
    throw new RecordFormatError(
      file,
      undefined,
      `its schema version must be at most ${ARCHIVE_SCHEMA_VERSION}: got ${version}, which a newer Watchbench wrote`,
    );
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RecordFormatError(file, undefined, `"${issue!.path.join(".")}" must be sound: ${issue!.message}`);
}

/** Makes files part of the archive. */
export function writeManifest(archive: string, name: string, manifest: Manifest): void {
  Deno.mkdirSync(join(archive, MANIFESTS), { recursive: true });
  replaceFile(join(archive, MANIFESTS, `${name}.json`), JSON.stringify(manifest, null, 1) + "\n");
}

/** Takes a batch out of the archive, its files included. */
export function removeBatch(archive: string, { name, files }: NamedManifest): void {
  Deno.removeSync(join(archive, MANIFESTS, `${name}.json`));
  for (const { path } of files) Deno.removeSync(join(archive, path));
}

/** Paths of the files of a table, in SQL. */
export function pathsOf(archive: string, manifests: readonly Manifest[], table: StoredTableName): string[] {
  return manifests.flatMap(({ files }) => files.filter((file) => file.table === table))
    .map(({ path }) => quoted(join(archive, path)));
}
