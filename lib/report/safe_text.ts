/**
 * Text from a record is data: labels, error messages and driver output come from programs that the bench does not
 * trust. Every such text passes through here on its way to a terminal, a page or a spreadsheet.
 */

// Terminal sequences: CSI ("\x1b[31m"), strings up to their terminator (OSC titles and links, DCS, APC, PM), and
// two-character ones.
const ESCAPE_SEQUENCES =
  // deno-lint-ignore no-control-regex -- control characters are what this is about
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]/g;

// Controls, formatting characters (bidirectional overrides, zero width ones), lone surrogates, line separators.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

// Nearly all text is plain, and the patterns below take a hundred times as long to find that out.
const PLAIN = /^[ -~]*$/;

/** Longest text that {@link safeText} gives by default, in UTF-16 units. */
export const LONGEST_TEXT = 500;

/**
 * One visible line. Terminal sequences are removed, runs of tabs and line ends become a space, any other invisible
 * character becomes its code point in braces, such as `{U+202E}`. Longer text is cut and ends in `…`.
 */
export function safeText(text: string, longest: number = LONGEST_TEXT): string {
  if (text.length <= longest && PLAIN.test(text)) return text;
  // Cut first with room to spare: patterns then never run over megabytes.
  const visible = text.slice(0, 8 * longest + 64)
    .replace(ESCAPE_SEQUENCES, "")
    .replace(/[\t\n\v\f\r\x85\u2028\u2029]+/g, " ")
    .replace(INVISIBLE, namedCharacter);
  if (visible.length <= longest) return visible;
  // A cut between the halves of a pair would leave a lone surrogate.
  return visible.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "") + "…";
}

/** As {@link safeText}, for text inside a paragraph, heading or table cell of Markdown: nothing in it is markup. */
export function markdownText(text: string, longest?: number): string {
  return safeText(text, longest)
    .replace(/[\\`*_[\]<>|~&#$]/g, "\\$&")
    // Mentions and addresses of people, but not versions as in keyed-pk@2.
    .replace(/@(?!\d+\b)/g, "\\@")
    // Addresses become links by themselves on many pages.
    .replace(/(https?|ftp):/gi, "$1\\:")
    .replace(/\b(www)\./gi, "$1\\.")
    // Marks that mean something at the beginning of a line only.
    .replace(/^(\s*)([-+=])/, "$1\\$2")
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, "$1\\$2");
}

/** A fenced block of Markdown that shows lines as they are, with invisible characters made visible. */
export function markdownFence(lines: readonly string[], language = "text"): string {
  const safe = lines.map((line) => safeText(line));
  const longestRun = Math.max(0, ...safe.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(Math.max(3, longestRun + 1));
  return [fence + language, ...safe, fence].join("\n");
}

/**
 * A field of RFC 4180, quoted when it must be. Text that a spreadsheet would take for a formula gets an apostrophe in
 * front, which spreadsheets show as text.
 */
export function csvText(text: string): string {
  const safe = safeText(text);
  const inert = /^\s*[=+\-@＝＋－＠]/.test(safe) || /^[\t\r]/.test(text) ? `'${safe}` : safe;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** Text for HTML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A word of a shell command, in single quotes when it must be. */
export function shellWord(text: string): string {
  const safe = safeText(text);
  return /^[\w@%+:,./=-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", `'\\''`)}'`;
}

function namedCharacter(character: string): string {
  return `{U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}}`;
}
