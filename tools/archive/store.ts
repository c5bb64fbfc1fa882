/** Adding runs to an archive: Parquet below `<table>/month=.../machine=.../`, then a manifest. */
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { messageOf, type RunRecord, UsageError } from "../../lib/model/mod.ts";
import { Draft } from "./draft.ts";
import { type DraftedChunk, type DraftedRun, draftFolders, draftRuns } from "./draft_folders.ts";
import { pathsOf, readManifests } from "./manifests.ts";
import { brokenArchive } from "./open_archive.ts";
import { parquet } from "./parquet_sql.ts";

/** What became of runs that were to be added. */
export interface Addition {
  /** Ids of runs that are new. */
  readonly added: readonly string[];
  /** Ids of runs that were there already, digest for digest. */
  readonly known: readonly string[];
}

/** The same of run folders. */
export interface FolderAddition extends Addition {
  /** Folders whose runs are not sealed: they are left out. */
  readonly unsealed: readonly string[];
}

/**
 * Adds sealed runs. A run that is there already is left alone. Throws a UsageError for a run that is not sealed, and for
 * one whose id is there with another digest; nothing is added then.
 */
export async function addRuns(archive: string, runs: Iterable<RunRecord>): Promise<Addition> {
  return await addDrafted(archive, async (draft, digests) => {
    const drafted = draftRuns(draft, 0, loadsOf(runs), digests);
    const open = drafted.runs.find(({ sha256 }) => sha256 === undefined);
    if (open === undefined) return drafted;
    throw new UsageError(`Cannot archive run "${open.id}" as it must be sealed: it has no digest`);
  });
}

/**
 * Adds the runs of folders, several of which are read at a time. Throws as {@link addRuns} does, but leaves out runs that are not
 * sealed, and a RecordFormatError for the first folder that holds no sound run; nothing is added then.
 */
export async function addFolders(archive: string, folders: readonly string[]): Promise<FolderAddition> {
  let unsealed: readonly string[] = [];
  const addition = await addDrafted(archive, async (draft, digests) => {
    const drafted = await draftFolders(draft, folders, digests);
    unsealed = drafted.runs.flatMap(({ at, sha256 }) => sha256 === undefined ? [folders[at]!] : []);
    return drafted;
  });
  return { ...addition, unsealed };
}

function* loadsOf(runs: Iterable<RunRecord>): Generator<() => RunRecord> {
  for (const run of runs) yield () => run;
}

/** Adds what was drafted; `read` gets the folder of the draft, and the digests of the runs that are there. */
async function addDrafted(
  archive: string,
  read: (draft: string, digests: ReadonlyMap<string, string>) => Promise<DraftedChunk>,
): Promise<Addition> {
  using _lock = lockArchive(archive);
  const digests = await knownDigests(archive);
  await using draft = await Draft.create(archive);
  const { runs, files } = await read(draft.folder, digests);
  const { added, known, repeated } = sortOut(runs, digests);
  if (added.length > 0) await draft.publish(added, files, repeated);
  return { added: added.map(({ id }) => id), known };
}

/** Tells new runs from those that are there, and from those that were named before. Throws as {@link addRuns} does. */
function sortOut(runs: readonly DraftedRun[], there: ReadonlyMap<string, string>): {
  readonly added: readonly { readonly id: string; readonly sha256: string }[];
  readonly known: readonly string[];
  /** Positions of runs that are new and were named once before. */
  readonly repeated: readonly number[];
} {
  const digests = new Map(there);
  const added: { id: string; sha256: string }[] = [];
  const [known, repeated]: [string[], number[]] = [[], []];
  for (const { at, id, sha256 } of runs) {
    if (sha256 === undefined) continue;
    const digest = digests.get(id);
    if (digest === undefined) {
      digests.set(id, sha256);
      added.push({ id, sha256 });
    } else if (digest === sha256) {
      known.push(id);
      if (!there.has(id)) repeated.push(at);
    } else {
      throw new UsageError(
        `Cannot archive run "${id}" as its id must be new, or its digest the same: ${
          digest.slice(0, 12)
        } is there, ${sha256.slice(0, 12)} was to be added`,
      );
    }
  }
  return { added, known, repeated };
}

/** Lets one process write to an archive. Throws a UsageError when another one does. */
export function lockArchive(archive: string): Disposable {
  let file: Deno.FsFile;
  try {
    Deno.mkdirSync(archive, { recursive: true });
    file = Deno.openSync(join(archive, ".lock"), { write: true, create: true });
  } catch (error) {
    throw new UsageError(
      `Cannot write archive "${archive}" as it must be a writable folder: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  if (!file.tryLockSync(true)) {
    file.close();
    throw new UsageError(`Cannot write archive "${archive}" as only one process may: another one does now`);
  }
  return {
    [Symbol.dispose]: () => {
      file.unlockSync();
      file.close();
    },
  };
}

/** Digests of all runs that are there, by id. */
async function knownDigests(archive: string): Promise<Map<string, string>> {
  const paths = pathsOf(archive, readManifests(archive), "runs");
  if (paths.length === 0) return new Map();
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  try {
    const reader = await connection.runAndReadAll(`SELECT run_id, sha256 FROM ${parquet(paths)}`);
    return new Map(reader.getRows().map(([id, digest]) => [String(id), String(digest)]));
  } catch (error) {
    throw brokenArchive("add to", archive, error);
  } finally {
    connection.closeSync();
  }
}
