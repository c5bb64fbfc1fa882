/** The picture of a site as PNG, since most networks show no SVG: the system's Chromium draws it, offline. */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CARD_SIZE } from "../pages/mod.ts";
import { chromiumPath } from "../../lib/runner/launchers/chromium.ts";

/** Nothing that a browser does by itself may reach the network. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--hide-scrollbars",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Draws `svg`, a file of the folder, into `png` beside it. Resolves to why there is none, `undefined` when there is one. */
export async function drawCard(folder: string, svg: string, png: string): Promise<string | undefined> {
  const executable = await chromiumPath();
  if (executable === undefined) return "there is no Chromium to draw it: apt-get install chromium";
  const { width, height } = CARD_SIZE;
  const profile = Deno.makeTempDirSync({ prefix: "watchbench-card-" });
  try {
    const { success, stderr } = await new Deno.Command(executable, {
      args: [
        ...FLAGS,
        `--user-data-dir=${profile}`,
        `--window-size=${width},${height}`,
        `--screenshot=${resolve(folder, png)}`,
        pathToFileURL(resolve(folder, svg)).href,
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (success && isFile(join(folder, png))) return undefined;
    return `Chromium drew nothing: ${new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? ""}`;
  } finally {
    Deno.removeSync(profile, { recursive: true });
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
