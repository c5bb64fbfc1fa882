import { packagedCommand } from "../../lib/cli/command_line.ts";
import { metricsScript } from "./metric_views.ts";
import type { PageAssets } from "./page.ts";

/** Files that pages share, by name. */
export interface AssetTexts {
  /** `report.css`: style of all pages. */
  readonly css: string;
  /** `report.js`: the registry of metrics, and the viewer, made from `site/viewer` by `deno task report:viewer`. */
  readonly js: string;
  /** `choice.js`: the viewer of the page "Which database?". */
  readonly choiceJs: string;
  /** `history.js`: the viewer of the history page. */
  readonly historyJs: string;
  /** `experiments.js`: the viewer of the pages about experiments. */
  readonly experimentsJs: string;
}

/** Reads the assets from beside this file. */
export function readAssets(): AssetTexts {
  const read = (name: string): string => Deno.readTextFileSync(new URL(`../assets/${name}`, import.meta.url));
  // White space is for those who edit the style.
  return {
    css: read("report.css").replace(/\s+/g, " "),
    js: metricsScript() + read("report.js"),
    choiceJs: read("choice.js"),
    historyJs: read("history.js"),
    experimentsJs: read("experiments.js"),
  };
}

/** Style and script as parts of the page. `program` is how commands are typed for whoever reads it. */
export function inlineAssets(
  { css, js }: Pick<AssetTexts, "css" | "js">,
  program: string | undefined = packagedCommand(),
): PageAssets {
  return { kind: "inline", css, js, ...(program === undefined ? {} : { program }) };
}

/** The same in the folder `assets`, seen from a page that is `depth` folders down. */
export function sharedAssets(
  depth: number,
  script: "report.js" | "choice.js" | "history.js" | "experiments.js" = "report.js",
  program: string | undefined = packagedCommand(),
): PageAssets {
  const up = "../".repeat(depth);
  const [cssHref, jsHref] = [`${up}assets/report.css`, `${up}assets/${script}`];
  return { kind: "shared", cssHref, jsHref, ...(program === undefined ? {} : { program }) };
}
