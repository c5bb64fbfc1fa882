import { deepStrictEqual } from "node:assert/strict";
import { type TerminalFacts, terminalStyle } from "./terminal_style.ts";

const TERMINAL: TerminalFacts = {
  isTerminal: true,
  columns: 100,
  noColor: false,
  environment: { LANG: "en_US.UTF-8", TERM: "xterm-256color" },
};
const PIPE: TerminalFacts = { ...TERMINAL, isTerminal: false, columns: 0 };

Deno.test("terminalStyle() gives a terminal its width, colours and charts", () => {
  deepStrictEqual(terminalStyle(TERMINAL, undefined), { isColored: true, width: 100, bars: "unicode" });
});

Deno.test("terminalStyle() gives a pipe plain text", () => {
  deepStrictEqual(terminalStyle(PIPE, undefined), { isColored: false });
});

Deno.test("terminalStyle() draws charts into a pipe when they are asked for, and none when they are not wanted", () => {
  deepStrictEqual(terminalStyle(PIPE, true), { isColored: false, bars: "unicode" });
  deepStrictEqual(terminalStyle(TERMINAL, false), { isColored: true, width: 100 });
});

Deno.test("terminalStyle() has no colours when they are unwanted", () => {
  deepStrictEqual(terminalStyle({ ...TERMINAL, noColor: true }, false), { isColored: false, width: 100 });
});

Deno.test("terminalStyle() takes a very narrow terminal for one of 40 columns", () => {
  deepStrictEqual(terminalStyle({ ...TERMINAL, columns: 3 }, false).width, 40);
});

const LANGUAGES: readonly [environment: Record<string, string>, bars: "unicode" | "ascii"][] = [
  [{ LANG: "de_DE.utf8" }, "unicode"],
  [{ LANG: "C" }, "ascii"],
  [{ LANG: "en_US.UTF-8", LC_ALL: "C" }, "ascii"],
  [{ LANG: "C", LC_CTYPE: "C.UTF-8" }, "unicode"],
  [{ LANG: "en_US.UTF-8", LC_ALL: "" }, "unicode"],
  [{ LANG: "en_US.UTF-8", TERM: "dumb" }, "ascii"],
  [{ LANG: "en_US.UTF-8", TERM: "linux" }, "ascii"],
  [{ OS: "Windows_NT" }, "unicode"],
  [{}, "ascii"],
];

for (const [environment, bars] of LANGUAGES) {
  Deno.test(`terminalStyle() draws in ${bars} with ${JSON.stringify(environment)}`, () => {
    deepStrictEqual(terminalStyle({ ...TERMINAL, environment }, true).bars, bars);
  });
}
