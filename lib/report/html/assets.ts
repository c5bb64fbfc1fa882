import type { PageAssets } from "./page.ts";

/** Files that pages share, by name. */
export interface AssetTexts {
  /** `report.css`: style of all pages. */
  readonly css: string;
  /** `report.js`: the viewer, made from `tools/report/viewer` by `deno task report:viewer`. */
  readonly js: string;
}

/** Reads the assets from beside this file. */
export function readAssets(): AssetTexts {
  const read = (name: string): string => Deno.readTextFileSync(new URL(`./assets/${name}`, import.meta.url));
  return { css: read("report.css"), js: read("report.js") };
}

/** Style and script as parts of the page. */
export function inlineAssets({ css, js }: AssetTexts): PageAssets {
  return { kind: "inline", css, js };
}

/** Style and script in the folder `assets`, seen from a page that is `depth` folders down. */
export function sharedAssets(depth: number): PageAssets {
  const up = "../".repeat(depth);
  return { kind: "shared", cssHref: `${up}assets/report.css`, jsHref: `${up}assets/report.js` };
}
