/** All runs of a results folder as pages: one per run, the list, shared assets. */
import { basename, join } from "node:path";
import { messageOf, UsageError } from "../model/mod.ts";
import { listRuns, loadRun, replaceFile } from "../record/mod.ts";
import {
  indexPage,
  type IndexView,
  readAssets,
  type RunLine,
  runLine,
  runPage,
  sharedAssets,
  type SiteLink,
} from "../report/html/mod.ts";
import { safeText } from "../report/safe_text.ts";
import { EXIT } from "./exit_code.ts";

const LINKS: readonly SiteLink[] = [
  { text: "Runs", path: "index.html" },
];

/** Writes the site below `out`; returns the exit code, which tells whether every run could be read. */
export function writeSite(results: string, out: string): number {
  const { runs, strays } = listRuns(results);
  const unreadable = strays.map(({ path, reason }) => ({
    path: safeText(basename(path)),
    reason: safeText(reason),
  }));
  const lines: RunLine[] = [];
  let isFine = true;
  try {
    for (const folder of ["runs", "assets"]) Deno.mkdirSync(join(out, folder), { recursive: true });
    const { css, js } = readAssets();
    replaceFile(join(out, "assets", "report.css"), css);
    replaceFile(join(out, "assets", "report.js"), js);
    const names = new Set<string>();
    for (const { folder } of runs) {
      const name = pageName(basename(folder), names);
      try {
        const record = loadRun(folder);
        replaceFile(join(out, "runs", name), runPage(record, sharedAssets(1), LINKS));
        lines.push(runLine(record, `runs/${name}`));
      } catch (error) {
        isFine = false;
        unreadable.push({ path: safeText(basename(folder)), reason: safeText(messageOf(error)) });
      }
    }
    const view: IndexView = { page: "index", runs: lines, strays: unreadable };
    replaceFile(join(out, "index.html"), indexPage(view, sharedAssets(0), LINKS));
  } catch (error) {
    throw new UsageError(
      `Cannot write the pages as "${out}" must be a writable folder: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  console.error(
    `Wrote ${lines.length} ${lines.length === 1 ? "run" : "runs"} into ${join(out, "index.html")}`,
  );
  return isFine ? EXIT.fine : EXIT.wrong;
}

/** A file name that is also an address, and that no other run has. */
function pageName(runName: string, taken: Set<string>): string {
  const plain = runName.replace(/[^\w.-]/g, "_").slice(0, 120);
  let name = `${plain}.html`;
  for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${plain}-${count}.html`;
  taken.add(name.toLowerCase());
  return name;
}
