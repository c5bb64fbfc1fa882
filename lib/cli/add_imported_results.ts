import { IMPORTED_FOLDER, loadImported } from "../import/mod.ts";
import type { Stray } from "../record/mod.ts";
import { type HistoryBuilder, importedHistory } from "../report/html/mod.ts";
import { safeText } from "../report/safe_text.ts";

/** Adds what was imported into a results folder to a history; returns what is there and cannot be read. */
export function addImportedResults(results: string, history: HistoryBuilder): Stray[] {
  const imported = loadImported(results);
  for (const one of imported.results) {
    const { label, source, startedAt } = one;
    const { lanes, metrics } = importedHistory(one);
    const run = { label: safeText(label, 120), href: "", startedAt, commit: "" };
    history.addImported(run, `${IMPORTED_FOLDER} from ${source}`, lanes, metrics);
  }
  return imported.strays.map(({ path, reason }) => ({ path: safeText(path), reason: safeText(reason) }));
}
