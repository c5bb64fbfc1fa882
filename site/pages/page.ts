/** The frame of a page: everything but what the viewer draws. */
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { escapeHtml } from "../../lib/report/safe_text.ts";

/** Style and script of a page: inside it, or beside it where several pages share them. */
export type PageAssets =
  & (
    | { readonly kind: "inline"; readonly css: string; readonly js: string }
    | { readonly kind: "shared"; readonly cssHref: string; readonly jsHref: string }
  )
  & {
    /** How commands are typed where the page is read, such as `npx watchbench`; absent for tasks of the repository. */
    readonly program?: string;
  };

/** A page before it is text. */
export interface Page {
  /** Title of the window. Not escaped. */
  readonly title: string;
  /** Heading. Not escaped. */
  readonly heading: string;
  /** What stands below the heading, readable without scripts. Not escaped. */
  readonly lead: string;
  /** Other pages; the one without address is the present one. */
  readonly links: readonly { readonly text: string; readonly href?: string }[];
  /** What {@link deflated} gave. */
  readonly data: string;
  /** Attributes of the element that holds the data, by their name in a dataset: one word each. */
  readonly dataset?: Readonly<Record<string, string>>;
  /** Data that is read later, by id of its element: JSON whose texts are base64. */
  readonly laterData?: Readonly<Record<string, string>>;
  /** Where style and script are. */
  readonly assets: PageAssets;
  /** What other programs are told of the page, where its address is known. */
  readonly social?: PageSocial;
}

/** What links to a page show elsewhere. Nothing is escaped. */
export interface PageSocial {
  /** The page's own address. */
  readonly url: string;
  /** Address of a picture. */
  readonly image: string;
  /** What the picture shows. */
  readonly imageText: string;
  /** Address of the feed of runs. */
  readonly feed: string;
}

/**
 * The text of a page.
 *
 * A content security policy refuses everything that is not needed: no network, no frames, no handlers in markup. Inline
 * scripts and styles are named by their digest.
 */
export function pageText(
  { title, heading, lead, links, data, dataset = {}, laterData = {}, assets, social }: Page,
): string {
  const isInline = assets.kind === "inline";
  const policy = [
    "default-src 'none'",
    // Pages opened from disk have no origin of their own in every browser, hence the scheme beside it.
    `script-src ${isInline ? hashSource(assets.js) : "'self' file:"}`,
    `style-src ${isInline ? hashSource(assets.css) : "'self' file:"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const nav = links.map(({ text, href }) =>
    href === undefined
      ? `<span aria-current="page">${escapeHtml(text)}</span>`
      : `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`
  ).join("");
  return `<!doctype html>
<html lang="en" data-theme="auto"${
    assets.program === undefined ? "" : ` data-program="${escapeHtml(assets.program)}"`
  }>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
${lead === "" ? "" : `<meta name="description" content="${escapeHtml(lead)}">\n`}${
    social === undefined ? "" : socialLines(title, lead, social)
  }${
    isInline ? `<style>${assets.css}</style>` : `<link rel="stylesheet" href="${escapeHtml(assets.cssHref)}">`
  }
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><strong class="brand">Watchbench</strong>${
    nav === "" ? "" : `<nav aria-label="Pages">${nav}</nav>`
  }</header>
<main id="main" tabindex="-1">
<h1>${escapeHtml(heading)}</h1>
<p class="lead">${escapeHtml(lead)}</p>
<noscript><p>The charts and tables of this page need scripts.</p></noscript>
</main>
<script type="text/plain" id="page-data"${
    Object.entries(dataset).map(([name, value]) => ` data-${name}="${escapeHtml(value)}"`).join("")
  }>${data}</script>
${
    Object.entries(laterData).map(([id, json]) => `<script type="text/plain" id="${id}">${json}</script>\n`)
      .join("")
  }${isInline ? `<script>${assets.js}</script>` : `<script src="${escapeHtml(assets.jsHref)}"></script>`}
</body>
</html>
`;
}

function socialLines(title: string, lead: string, { url, image, imageText, feed }: PageSocial): string {
  const meta: readonly (readonly [property: string, content: string])[] = [
    ["og:type", "website"],
    ["og:site_name", "Watchbench"],
    ["og:title", title],
    ["og:description", lead],
    ["og:url", url],
    ["og:image", image],
    ["og:image:alt", imageText],
  ];
  return [
    `<link rel="canonical" href="${escapeHtml(url)}">`,
    `<link rel="alternate" type="application/rss+xml" title="Runs" href="${escapeHtml(feed)}">`,
    ...meta.map(([property, content]) => `<meta property="${property}" content="${escapeHtml(content)}">`),
    '<meta name="twitter:card" content="summary_large_image">',
  ].map((line) => `${line}\n`).join("");
}

/**
 * Deflated, in base64: nothing in it can end an element. Level 1 is for files that are made by the thousand and loaded
 * one by one: it takes less time and more room.
 */
export function deflated(data: string | Uint8Array, level: 1 | 3 = 3): string {
  return deflateRawSync(data, { level }).toString("base64");
}

/** JSON, {@link deflated}. */
export function deflatedJson(data: unknown): string {
  return deflated(JSON.stringify(data));
}

function hashSource(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
