/**
 * Where a site has its runs: one page shows any of them, the address says which. A name is made of letters, digits,
 * dots, hyphens and low lines.
 */

/** The page "Which database?", seen from the top of the site. */
export const CHOICE_PAGE = "index.html";

/** The list of runs, seen from the top of the site. */
export const LIST_PAGE = "runs.html";

/** The page that shows runs, seen from the top of the site. */
export const RUN_PAGE = "run.html";

/** Script files of a run, seen from the top of the site. */
export interface RunFiles {
  /** Hands over its record. */
  readonly record: string;
  /** Hands over its timelines. */
  readonly timelines: string;
}

/** Names of {@link RunFiles}. */
export const RUN_FILE_KINDS: readonly (keyof RunFiles)[] = ["record", "timelines"];

/** The address of a run, seen from the top of the site. */
export function runHref(name: string): string {
  return `${RUN_PAGE}?run=${name}`;
}

/** The files of a run. */
export function runFiles(name: string): RunFiles {
  return { record: `data/record-${name}.js`, timelines: `data/timelines-${name}.js` };
}

/** The name in the query of an address; `undefined` when there is none. */
export function runNameIn(search: string): string | undefined {
  const name = new URLSearchParams(search).get("run") ?? "";
  return /^[\w.-]+$/.test(name) ? name : undefined;
}
