/** Sites made of fixtures, for the tests that open them. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeSite } from "../writer/write_site.ts";
import type { RunRecord } from "../../lib/model/mod.ts";
import { loadRun } from "../../lib/record/mod.ts";
import {
  indexPage,
  inlineAssets,
  readAssets,
  recordScript,
  runFiles,
  runHref,
  runLine,
  runPage,
  runsPage,
  sharedAssets,
} from "../pages/mod.ts";
import { generateRuns } from "../../lib/testing/generate_runs.ts";
import { HOSTILE, hostileRecord, LONG_NAME } from "../../lib/testing/hostile_record.ts";
import { wideRecord } from "../../lib/testing/wide_record.ts";
import { recordFixture } from "../../lib/testing/record_fixture.ts";
import { recordInRuntimes } from "../../lib/testing/runtimes_record.ts";

/** Pages of the fixture site. */
export type FixturePage =
  | "index"
  | "run"
  | "hostile"
  | "alone"
  | "large"
  | "everyone"
  | "gone"
  | "nameless"
  | "history"
  | "devices"
  | "runtimes"
  | "inRuntimes";

/** Runs of the history: two machines, a change of level after 39 runs, every 17th one wrong. */
export const HISTORY_RUNS = 60;

/** The stored run of 23 databases in five workloads. */
const EVERYONE = fileURLToPath(new URL("../../results/2026-11-27T09-43-10-everyone", import.meta.url));

/** Writes a folder of pages; resolves to their paths by what they show, a run's with the query that names it. */
export async function writeFixtureSite(
  folder: string,
): Promise<Readonly<Record<FixturePage, string>>> {
  const assets = readAssets();
  for (const name of ["assets", "data"]) Deno.mkdirSync(join(folder, name), { recursive: true });
  const write = (path: string, text: string): string => {
    Deno.writeTextFileSync(join(folder, path), text);
    return join(folder, path);
  };
  write("assets/report.css", assets.css);
  write("assets/report.js", assets.js);
  const links = [{ text: "Runs", path: "runs.html" }];
  const shown = write("run.html", runsPage(sharedAssets(0), links));
  const inSite = (name: string, record: RunRecord): string => {
    write(runFiles(name).record, recordScript(record));
    return shown + runHref(name).slice("run.html".length);
  };
  const records = [recordFixture(), hostileRecord()] as const;
  const lines = records.map((record, index) => runLine(record, runHref(String(index))));
  const more = Array.from(
    { length: 250 },
    (_, index) => ({ ...lines[0]!, label: `filler ${index}`, id: `filler-${index}` }),
  );
  const memory = join(folder, "memory");
  generateRuns(records[0], join(folder, "results"), HISTORY_RUNS);
  await writeSite(join(folder, "results"), memory);
  const hosts = join(folder, "hosts");
  generateRuns(recordInRuntimes(), join(folder, "results-of-hosts"), 2);
  await writeSite(join(folder, "results-of-hosts"), hosts);
  return {
    history: join(memory, "history.html"),
    devices: join(memory, "devices.html"),
    runtimes: join(hosts, "runtimes.html"),
    inRuntimes: inSite("runtimes", recordInRuntimes()),
    run: inSite("0", records[0]),
    hostile: inSite("1", records[1]),
    alone: write("alone.html", runPage(records[0], inlineAssets(assets, "npx watchbench"))),
    large: inSite("large", wideRecord(12)),
    everyone: inSite("everyone", loadRun(EVERYONE)),
    gone: `${shown}?run=gone`,
    nameless: shown,
    index: write(
      "runs.html",
      indexPage(
        { page: "index", runs: [...lines, ...more], strays: [{ path: HOSTILE, reason: LONG_NAME }] },
        sharedAssets(0),
        links,
      ),
    ),
  };
}
