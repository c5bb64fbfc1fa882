/** How a report is to look on the standard output of this process. */
import type { TerminalStyle } from "../report/mod.ts";

/** What is known of standard output. */
export interface TerminalFacts {
  /** It is a terminal: not a pipe, not a file. */
  readonly isTerminal: boolean;
  /** Columns of the terminal. */
  readonly columns: number;
  /** The user asked for no colours. */
  readonly noColor: boolean;
  /** The environment, for the language settings. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Narrower terminals are served as if they had this many columns. */
const FEWEST_COLUMNS = 40;

/**
 * On a terminal: its width, colours unless they are unwanted, and charts. Elsewhere plain text, which programs and
 * files get; there `charts` asks for bars. `undefined` leaves the charts to what the output is.
 */
export function terminalStyle(facts: TerminalFacts, charts: boolean | undefined): TerminalStyle {
  const { isTerminal, columns, noColor, environment } = facts;
  return {
    isColored: isTerminal && !noColor,
    ...(isTerminal ? { width: Math.max(FEWEST_COLUMNS, columns) } : {}),
    ...(charts ?? isTerminal ? { bars: showsUtf8(environment) ? "unicode" : "ascii" } : {}),
  };
}

/** Looks at this process. Reads the environment. */
export function standardOutput(): TerminalFacts {
  const isTerminal = Deno.stdout.isTerminal();
  return {
    isTerminal,
    columns: isTerminal ? Deno.consoleSize().columns : 0,
    noColor: Deno.noColor,
    environment: Deno.env.toObject(),
  };
}

/** By the first language setting that is there, as the C library does it. Windows has none and shows UTF-8. */
function showsUtf8(environment: TerminalFacts["environment"]): boolean {
  if (environment["TERM"] === "dumb" || environment["TERM"] === "linux") return false;
  const locale = environment["LC_ALL"] || environment["LC_CTYPE"] || environment["LANG"];
  return locale ? /utf-?8/i.test(locale) : environment["OS"] === "Windows_NT";
}
