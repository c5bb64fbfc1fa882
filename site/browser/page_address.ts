import { pathToFileURL } from "node:url";

/** The address of a page on the disk; its path may end in a query, as that of a run in a site does. */
export function pageAddress(path: string): string {
  const [file, query] = path.split("?") as [string, string?];
  return pathToFileURL(file).href + (query === undefined ? "" : `?${query}`);
}
