/**
 * Run folders into the folder of a draft. Reading and checking records takes most of the time of an import, so that many are read
 * by several threads, a chunk of folders at a time.
 */
import { messageOf, type RunRecord } from "../../lib/model/mod.ts";
import { loadRun } from "../../lib/record/mod.ts";
import { DraftChunk, type DraftFile } from "./draft_chunk.ts";

/** A run that was read. */
export interface DraftedRun {
  /** Its position among all that are added. */
  readonly at: number;
  readonly id: string;
  /** Absent when it is not sealed. */
  readonly sha256?: string;
}

/** What came of some folders, in their order. */
export interface DraftedChunk {
  readonly runs: readonly DraftedRun[];
  readonly files: readonly DraftFile[];
}

/** A chunk of folders, as a thread is asked for it. */
export interface ChunkRequest {
  /** The draft's folder. */
  readonly draft: string;
  /** Position of the first one. */
  readonly from: number;
  readonly folders: readonly string[];
}

/** What a thread is told once: runs whose rows are not needed, by id with their digests. */
export interface KnownRuns {
  readonly known: ReadonlyMap<string, string>;
}

/** What a thread answers. Errors lose their class on the way, so that whoever asked reads the folder at `at` again. */
export type ChunkAnswer =
  | DraftedChunk
  | { readonly message: string; readonly at?: number; readonly code?: unknown };

/** So few runs are read at once; starting threads takes longer. */
const CHUNK_LENGTH = 100;

/** Reads folders. Throws what {@link loadRun} throws of the first one that is not sound, and what the disk refuses. */
export async function draftFolders(
  draft: string,
  folders: readonly string[],
  known: ReadonlyMap<string, string>,
): Promise<DraftedChunk> {
  const requests = Array.from(
    { length: Math.ceil(folders.length / CHUNK_LENGTH) },
    (_, index): ChunkRequest => ({
      draft,
      from: index * CHUNK_LENGTH,
      folders: folders.slice(index * CHUNK_LENGTH, (index + 1) * CHUNK_LENGTH),
    }),
  );
  const threadCount = Math.min(requests.length, Math.max(1, navigator.hardwareConcurrency));
  if (threadCount <= 1) {
    try {
      return joined(requests.map((request) => draftChunk(request, { known })));
    } catch (error) {
      throw error instanceof UnreadableRun ? error.cause : error;
    }
  }

  const answers: ChunkAnswer[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    using thread = new Thread({ known });
    for (let index = next++; index < requests.length; index = next++) {
      const answer = answers[index] = await thread.ask(requests[index]!);
      // Those before it are being read, so that the first fault is the same every time.
      if ("message" in answer) next = requests.length;
    }
  };
  const threads = await Promise.allSettled(Array.from({ length: threadCount }, work));
  for (const thread of threads) if (thread.status === "rejected") throw thread.reason;
  for (const answer of answers) {
    if (!("message" in answer)) continue;
    const { at, message, code } = answer;
    if (at !== undefined) loadRun(folders[at]!);
    throw Object.assign(new Error(message), code === undefined ? {} : { code });
  }
  return joined(answers as DraftedChunk[]);
}

/** One chunk, here. */
export function draftChunk({ draft, from, folders }: ChunkRequest, { known }: KnownRuns): DraftedChunk {
  return draftRuns(draft, from, folders.map((folder) => () => loadRun(folder)), known);
}

/** Rows of runs, each of which is loaded when it is its turn. */
export function draftRuns(
  draft: string,
  from: number,
  loads: Iterable<() => RunRecord>,
  known: ReadonlyMap<string, string>,
): DraftedChunk {
  const chunk = new DraftChunk(draft, String(from));
  const runs: DraftedRun[] = [];
  for (const load of loads) {
    const at = from + runs.length;
    let run: RunRecord;
    try {
      run = load();
    } catch (cause) {
      throw new UnreadableRun(at, cause);
    }
    const { id, sha256 } = run;
    runs.push({ at, id, ...(sha256 === undefined ? {} : { sha256 }) });
    if (sha256 !== undefined && !known.has(id)) chunk.take(at, run);
  }
  return { runs, files: chunk.finish() };
}

/** Carries the position of a run that cannot be read. */
export class UnreadableRun extends Error {
  override readonly name = "UnreadableRun";
  readonly at: number;

  constructor(at: number, cause: unknown) {
    super(messageOf(cause), { cause });
    this.at = at;
  }
}

function joined(chunks: readonly DraftedChunk[]): DraftedChunk {
  return { runs: chunks.flatMap(({ runs }) => runs), files: chunks.flatMap(({ files }) => files) };
}

/** A thread that reads chunks, one at a time. */
class Thread implements Disposable {
  readonly #worker = new Worker(new URL("./draft_worker.ts", import.meta.url), { type: "module" });

  constructor(known: KnownRuns) {
    this.#worker.postMessage(known);
  }

  ask(request: ChunkRequest): Promise<ChunkAnswer> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<ChunkAnswer>) => resolve(data);
      this.#worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(`Cannot read runs as their thread must not end: ${event.message}`));
      };
      this.#worker.postMessage(request);
    });
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
