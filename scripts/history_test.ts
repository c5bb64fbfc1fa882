import { match, strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { EXIT } from "../lib/cli/exit_code.ts";
import { writeSite } from "../site/writer/write_site.ts";
import { generateRuns } from "../lib/testing/generate_runs.ts";
import { recordFixture } from "../lib/testing/record_fixture.ts";
import { inTempFolder } from "../lib/testing/temp_folder.ts";
import { history, parseHistoryArguments } from "./history.ts";

const PIPE = { isTerminal: false, columns: 0, noColor: true, environment: {} };

async function shown(...args: string[]): Promise<{ readonly code: number; readonly text: string }> {
  let text = "";
  const code = await history(parseHistoryArguments(args)!, { print: (part) => text += part, facts: PIPE });
  return { code, text };
}

Deno.test("history() says the same with a site and without one, and writes nothing", () =>
  inTempFolder(async (folder) => {
    const [results, site] = [join(folder, "results"), join(folder, "site")];
    generateRuns(recordFixture(), results, 90);
    const asked = ["--results", results, "--site", site];
    const cold = await shown(...asked);
    strictEqual(cold.code, EXIT.fine);
    match(
      cold.text,
      /^Changes of level, newest first\nsince .*\n2026-01-0\d .*generated-\d+ .*(better|worse) /,
    );
    strictEqual([...Deno.readDirSync(folder)].length, 1);
    await writeSite(results, site);
    strictEqual((await shown(...asked)).text, cold.text);
    match(
      (await shown(...asked, "-w", "keyed-pk", "-a", "tinybase", "--last", "3")).text,
      /tinybase, burst \/ wall: .*the newest 3\n/,
    );
    const { series } = JSON.parse((await shown(...asked, "--json", "-m", "wall_ns")).text) as {
      series: { points: unknown[] }[];
    };
    strictEqual(series.every(({ points }) => points.length > 0), true);
  }));

Deno.test("history() ends with 1 when a run is damaged, and shows the others", () =>
  inTempFolder(async (folder) => {
    generateRuns(recordFixture(), folder, 3);
    const [first] = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    Deno.writeTextFileSync(join(folder, first!, "blocks.jsonl"), "{}\n");
    const { code, text } = await shown(
      "--results",
      folder,
      "--site",
      folder,
      "-w",
      "keyed-pk",
      "-a",
      "tinybase",
    );
    strictEqual(code, EXIT.wrong);
    match(text, /tinybase, burst \/ wall: .*, [12] runs?\n/);
  }));

Deno.test("parseHistoryArguments() refuses a number that shows nothing", () => {
  throws(() => parseHistoryArguments(["--last", "0"]), /at least 1/);
});
