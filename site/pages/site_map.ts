/** The map of a site, for search engines. Pure. */
import { escapeHtml } from "../../lib/report/safe_text.ts";

/** A page of the map. */
export interface MappedPage {
  /** Seen from the top of the site; empty for the site itself. */
  readonly path: string;
  /** When it changed last, ISO 8601; absent where that is not known. */
  readonly changedAt?: string;
}

/** The text of `sitemap.xml`. `base` is the address of the top of the site and ends in a slash. */
export function siteMap(base: string, pages: readonly MappedPage[]): string {
  const entries = pages.map(({ path, changedAt }) =>
    `<url><loc>${escapeHtml(base + path)}</loc>${
      changedAt === undefined ? "" : `<lastmod>${escapeHtml(changedAt.slice(0, 10))}</lastmod>`
    }</url>`
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    ...entries,
    "</urlset>",
    "",
  ].join("\n");
}
