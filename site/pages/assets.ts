import type { PageAssets } from "./page.ts";
import { metricsScript } from "./metric_views.ts";

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

/** Style and script as parts of the page. */
export function inlineAssets({ css, js }: Pick<AssetTexts, "css" | "js">): PageAssets {
  return { kind: "inline", css, js };
}

/** Style and script in the folder `assets`, seen from a page that is `depth` folders down. */
export function sharedAssets(
  depth: number,
  script: "report.js" | "choice.js" | "history.js" | "experiments.js" = "report.js",
): PageAssets {
  const up = "../".repeat(depth);
  return { kind: "shared", cssHref: `${up}assets/report.css`, jsHref: `${up}assets/${script}` };
}
