/** Sites made of fixtures, for the tests that open them. */
import { join } from "node:path";
import { writeSite } from "../../lib/cli/write_site.ts";
import type { RunRecord } from "../../lib/model/mod.ts";
import {
  indexPage,
  inlineAssets,
  readAssets,
  runLine,
  runPage,
  sharedAssets,
} from "../../lib/report/html/mod.ts";
import { generateRuns } from "../../lib/testing/generate_runs.ts";
import { recordFixture } from "../../lib/testing/record_fixture.ts";

/** What must never become markup, a link, or wider than its place. */
export const HOSTILE =
  `<script>globalThis.pwned=1</script><img src=x onerror="globalThis.pwned=1">\u202Ejavascript:alert(1)`;

/** A name of ten thousand characters without a place to break. */
export const LONG_NAME = "n".repeat(10_000);

/** The common fixture with hostile text in every place that a driver or a user can fill. */
export function hostileRecord(): RunRecord {
  const record = recordFixture();
  const keys = new Map(
    record.settings.cells.map((cell) => [cell.key, cell.key.replace("tinybase", `${HOSTILE}${LONG_NAME}`)]),
  );
  const cells = record.settings.cells.map((cell) =>
    cell.adapter === "tinybase"
      ? { ...cell, adapter: `${HOSTILE}${LONG_NAME}`, key: keys.get(cell.key)! }
      : cell
  );
  return {
    ...record,
    id: `2026-11-22T10-00-00-${HOSTILE}`,
    label: `${HOSTILE}${LONG_NAME}`,
    settings: { ...record.settings, cells },
    environment: { ...record.environment, cpuModel: HOSTILE, os: LONG_NAME },
    adapters: record.adapters.map((adapter) => ({
      ...adapter,
      id: adapter.id === "tinybase" ? `${HOSTILE}${LONG_NAME}` : adapter.id,
      title: HOSTILE,
      about: LONG_NAME,
      unfair: HOSTILE,
      homepage: "javascript:globalThis.pwned=1",
    })),
    workloads: record.workloads.map((workload) => ({
      ...workload,
      title: HOSTILE,
      question: HOSTILE + LONG_NAME,
      unfair: HOSTILE,
    })),
    results: record.results.map((block) => ({ ...block, cellKey: keys.get(block.cellKey)! })),
  };
}

/** Pages of the fixture site. */
export type FixturePage = "index" | "run" | "hostile" | "alone" | "history" | "devices";

/** Runs of the history: two machines, a change of level after 39 runs, every 17th one wrong. */
export const HISTORY_RUNS = 60;

/** Writes a folder of pages; resolves to their paths by what they show. */
export async function writeFixtureSite(
  folder: string,
): Promise<Readonly<Record<FixturePage, string>>> {
  const assets = readAssets();
  for (const name of ["assets", "runs"]) Deno.mkdirSync(join(folder, name), { recursive: true });
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
  return {
    history: join(memory, "history.html"),
    devices: join(memory, "devices.html"),
    run: write("runs/0.html", runPage(records[0]!, sharedAssets(1), links)),
    hostile: write("runs/1.html", runPage(records[1]!, sharedAssets(1), links)),
    alone: write("alone.html", runPage(records[0]!, inlineAssets(assets))),
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
