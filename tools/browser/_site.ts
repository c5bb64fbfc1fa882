/** Sites made of fixtures, for the tests that open them. */
import { join } from "node:path";
import { writeSite } from "../../lib/cli/write_site.ts";
import {
  indexPage,
  inlineAssets,
  readAssets,
  runLine,
  runPage,
  runPageFiles,
  sharedAssets,
} from "../../lib/report/html/mod.ts";
import { summarizeRun } from "../../lib/report/summarize_run.ts";
import { generateRuns } from "../../lib/testing/generate_runs.ts";
import { HOSTILE, hostileRecord, LONG_NAME } from "../../lib/testing/hostile_record.ts";
import { wideRecord } from "../../lib/testing/wide_record.ts";
import { recordFixture } from "../../lib/testing/record_fixture.ts";

/** Pages of the fixture site. */
export type FixturePage = "index" | "run" | "hostile" | "alone" | "large" | "gone" | "history" | "devices";

/** Runs of the history: two machines, a change of level after 39 runs, every 17th one wrong. */
export const HISTORY_RUNS = 60;

/** Writes a folder of pages; resolves to their paths by what they show. */
export async function writeFixtureSite(
  folder: string,
): Promise<Readonly<Record<FixturePage, string>>> {
  const assets = readAssets();
  for (const name of ["assets", "runs", "data"]) Deno.mkdirSync(join(folder, name), { recursive: true });
  const write = (path: string, text: string): string => {
    Deno.writeTextFileSync(join(folder, path), text);
    return join(folder, path);
  };
  write("assets/report.css", assets.css);
  write("assets/report.js", assets.js);
  const records = [recordFixture(), hostileRecord()];
  const links = [{ text: "Runs", path: "index.html" }];
  const lines = records.map((record, index) => runLine(record, `runs/${index}.html`));
  const more = Array.from(
    { length: 250 },
    (_, index) => ({ ...lines[0]!, label: `filler ${index}`, id: `filler-${index}` }),
  );
  const memory = join(folder, "memory");
  generateRuns(records[0]!, join(folder, "results"), HISTORY_RUNS);
  await writeSite(join(folder, "results"), memory);
  const wide = wideRecord(12);
  const large = runPageFiles(wide, summarizeRun(wide), {
    links,
    source: { kind: "file", href: "" },
    recordHref: "../data/record-large.js",
  });
  write("data/record-large.js", large.record!);
  const gone = runPageFiles(wide, summarizeRun(wide), { links, recordHref: "../data/gone.js" });
  return {
    history: join(memory, "history.html"),
    devices: join(memory, "devices.html"),
    run: write("runs/0.html", runPage(records[0]!, sharedAssets(1), { links })),
    hostile: write("runs/1.html", runPage(records[1]!, sharedAssets(1), { links })),
    alone: write("alone.html", runPage(records[0]!, inlineAssets(assets))),
    large: write("runs/large.html", large.page),
    gone: write("runs/gone.html", gone.page),
    index: write(
      "index.html",
      indexPage(
        { page: "index", runs: [...lines, ...more], strays: [{ path: HOSTILE, reason: LONG_NAME }] },
        sharedAssets(0),
        links,
      ),
    ),
  };
}
