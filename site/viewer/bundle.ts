/**
 * `deno task report:viewer`: bundles the viewer into `site/assets`. The bundles are kept in the repository, so
 * that making a report needs neither a bundler nor the chart libraries. With `--check` it writes nothing and fails
 * when a bundle is not what today's sources give.
 */
import { fileURLToPath } from "node:url";

/** Entries and the files that they become. */
const BUNDLES: readonly (readonly [entry: string, output: string])[] = [
  ["main.ts", "report.js"],
  ["choice/main.ts", "choice.js"],
  ["history_main.ts", "history.js"],
  ["experiments/main.ts", "experiments.js"],
];

const ASSETS = new URL("../assets/", import.meta.url);

const NOTICE =
  "/*! Watchbench viewer, made from site/viewer. Contains d3-scale and its dependencies, copyright Mike Bostock, " +
  "ISC licence, uPlot, copyright Leon Sorokin, MIT licence, and dagre, copyright Chris Pettitt, MIT licence. */";

/** The text of a bundle. Throws an Error with the bundler's message. */
async function bundle(entry: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      `--config=${fileURLToPath(new URL("deno.json", import.meta.url))}`,
      "--minify",
      "--platform=browser",
      "--format=iife",
      fileURLToPath(new URL(entry, import.meta.url)),
    ],
  }).output();
  if (!success) throw new Error(`Cannot bundle ${entry}: ${new TextDecoder().decode(stderr)}`);
  const text = new TextDecoder().decode(stdout);
  // Inside a page, neither the end of its element nor the beginning of a comment may be in a script.
  return `${NOTICE}\n${text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--")}`;
}

/** The address of a bundle in the repository. */
function bundleFile(output: string): URL {
  return new URL(output, ASSETS);
}

if (import.meta.main) {
  const stale: string[] = [];
  for (const [entry, output] of BUNDLES) {
    const text = await bundle(entry);
    if (!Deno.args.includes("--check")) {
      Deno.writeTextFileSync(bundleFile(output), text);
      console.log(`${output}: ${text.length} characters`);
    } else if (Deno.readTextFileSync(bundleFile(output)) !== text) {
      stale.push(output);
    }
  }
  if (stale.length > 0) {
    console.error(`Out of date in site/assets: ${stale.join(", ")}. Bundle them with "deno task report:viewer"`);
    Deno.exit(1);
  }
}
