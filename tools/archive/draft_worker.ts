/** A thread of `draftFolders`: is told the known runs, then reads chunks of folders, one at a time. */
import { messageOf } from "../../lib/model/mod.ts";
import {
  type ChunkAnswer,
  type ChunkRequest,
  draftChunk,
  type KnownRuns,
  UnreadableRun,
} from "./draft_folders.ts";

/** As much of a worker's global scope as is used here; the type libraries are those of windows. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ChunkRequest | KnownRuns>) => void) | null;
  postMessage(answer: ChunkAnswer): void;
}

const scope = globalThis as unknown as WorkerScope;
let known: KnownRuns = { known: new Map() };

scope.onmessage = ({ data }) => {
  if ("known" in data) known = data;
  else scope.postMessage(answerTo(data));
};

function answerTo(request: ChunkRequest): ChunkAnswer {
  try {
    return draftChunk(request, known);
  } catch (error) {
    const code = (error as { code?: unknown } | null)?.code;
    return {
      message: messageOf(error),
      ...(error instanceof UnreadableRun ? { at: error.at } : {}),
      ...(code === undefined ? {} : { code }),
    };
  }
}
