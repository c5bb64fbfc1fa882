import { IMPORTED_FOLDER, loadImported } from "../../lib/import/mod.ts";
import type { Stray } from "../../lib/record/mod.ts";
import { type HistoryBuilder, importedHistory } from "../pages/mod.ts";
import { safeText } from "../../lib/report/safe_text.ts";

/** Adds what was imported into a results folder to a history; returns what is there and is left out of it. */
export function addImportedResults(results: string, history: HistoryBuilder): Stray[] {
  const imported = loadImported(results);
  const undated: Stray[] = [];
  for (const one of imported.results) {
    const { label, source, startedAt, machine = "", commit = "", file } = one;
    if (startedAt === "") {
      const reason = "neither its name nor its text has a date: it has no place in a history";
      undated.push({ path: safeText(`${IMPORTED_FOLDER} ${file.name}`), reason });
      continue;
    }
    const { lanes, metrics } = importedHistory(one);
    const run = { label: safeText(label, 120), href: "", startedAt, commit: safeText(commit.slice(0, 7)) };
    const place = machine === "" ? "" : `, ${safeText(machine, 80)}`;
    history.addImported(run, `${IMPORTED_FOLDER} from ${source}${place}`, lanes, metrics);
  }
  return [
    ...imported.strays.map(({ path, reason }) => ({ path: safeText(path), reason: safeText(reason) })),
    ...undated,
  ];
}
