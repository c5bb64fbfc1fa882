/** Tells a package that could not be fetched from every other way in which a module fails to load. */

const UNREACHABLE = "run it once where the package registry can be reached, and it will be kept";
const NO_SUCH_PACKAGE = "its configuration must name a package and a version that the registry has";

/** The runtime's own sentences, and what a user can do about each. */
const FAILURES: readonly { readonly sentence: RegExp; readonly hint: string }[] = [
  { sentence: /Could not find npm package '[^']+' matching '[^']+'/, hint: NO_SUCH_PACKAGE },
  { sentence: /npm package '[^']+' does not exist/, hint: NO_SUCH_PACKAGE },
  { sentence: /Failed caching npm package '[^']+'/, hint: UNREACHABLE },
  { sentence: /Failed loading .{1,300}? for package "[^"]+"/, hint: UNREACHABLE },
  { sentence: /JSR package manifest for '[^']+' failed to load/, hint: UNREACHABLE },
];

/** A cause in the runtime's list of causes; the last one is the root. */
const CAUSE = /^\s*\d+: (.+)$/gm;

/**
 * Which package could not be downloaded, why, and what to do, in one line that names no host; `undefined` when `text`,
 * the message of an error or the last output of a process, is about something else.
 */
export function downloadFailure(text: string): string | undefined {
  for (const { sentence, hint } of FAILURES) {
    const said = sentence.exec(text)?.[0];
    if (said === undefined) continue;
    const root = [...text.matchAll(CAUSE)].at(-1)?.[1];
    // A cause with an address says where somebody's packages come from.
    const why = root === undefined || /:\/\//.test(root) ? "" : `: ${root.trim()}`;
    return `${withoutHosts(said)}${why}; ${hint}`;
  }
  return undefined;
}

/** Removes the hosts from addresses: where somebody's packages come from does not belong into a record. */
export function withoutHosts(text: string): string {
  return text.replaceAll(/https?:\/\/[^/\s'"]+\//g, "");
}
