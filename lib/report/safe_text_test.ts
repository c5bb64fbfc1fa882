import assert from "node:assert/strict";
import fc from "fast-check";
import { csvText, markdownFence, markdownText, safeText, shellWord } from "./safe_text.ts";

const anyText = fc.string({ unit: "binary", maxLength: 300 });
const hostile = fc.array(
  fc.constantFrom(
    "\x1b[31m",
    "\x1b]8;;http://x\x07",
    "\u202e",
    "|",
    "`",
    "```",
    "<b>",
    "\n",
    "\r",
    "=1+1",
    "\u200b",
    "\0",
    "'",
    '"',
    ",",
    "-",
    "1.",
    "\\",
    "a",
    "\ud800",
  ),
).map((parts) => parts.join(""));

Deno.test("safeText() removes terminal sequences and names invisible characters", () => {
  const table: [text: string, safe: string][] = [
    ["plain ä 漢 🚀", "plain ä 漢 🚀"],
    ["\x1b[31mred\x1b[0m", "red"],
    ["\x1b]0;title\x07after", "after"],
    ["\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"],
    ["\x9b2Jcleared", "cleared"],
    ["one\r\ntwo\tthree", "one two three"],
    ["bell\x07null\0", "bell{U+0007}null{U+0000}"],
    ["abc\u202Efdp.exe", "abc{U+202E}fdp.exe"],
    ["zero\u200bwidth", "zero{U+200B}width"],
    ["lone \ud800 surrogate", "lone {U+D800} surrogate"],
    ["tag \u{e0041}", "tag {U+E0041}"],
  ];
  for (const [text, safe] of table) assert.equal(safeText(text), safe);
});

Deno.test("safeText() cuts long text without splitting a pair", () => {
  assert.equal(safeText("x".repeat(10_000), 10), "xxxxxxxxx…");
  assert.equal(safeText("x".repeat(8) + "🚀🚀", 10), "xxxxxxxx…");
});

Deno.test("safeText() never lets an invisible character through", () => {
  fc.assert(fc.property(fc.oneof(anyText, hostile), (text) => {
    const safe = safeText(text);
    assert.doesNotMatch(safe, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    assert.ok(safe.length <= 500);
  }));
});

Deno.test("markdownText() leaves nothing that is markup", () => {
  const table: [text: string, safe: string][] = [
    ["a|b", "a\\|b"],
    ["`code`", "\\`code\\`"],
    ["<script>", "\\<script\\>"],
    ["# no heading", "\\# no heading"],
    ["- no item", "\\- no item"],
    ["12. no item", "12\\. no item"],
    ["12.5 ms", "12.5 ms"],
    ["keyed-pk@2", "keyed-pk@2"],
    ["a@b.example", "a\\@b.example"],
    ["=== no underline", "\\=== no underline"],
    ["see https://x.example and www.example", "see https\\://x.example and www\\.example"],
    ["&lt; \\ [a](b) ![c](d) @me $x$", "\\&lt; \\\\ \\[a\\](b) !\\[c\\](d) \\@me \\$x\\$"],
    ["line\n\n# break", "line \\# break"],
    ["reads 3.5 rows, well-known", "reads 3.5 rows, well-known"],
  ];
  for (const [text, safe] of table) assert.equal(markdownText(text), safe);
});

Deno.test("markdownText() escapes every special character of any text", () => {
  fc.assert(fc.property(fc.oneof(anyText, hostile), (text) => {
    // Taking the escapes away leaves no special character behind.
    assert.doesNotMatch(markdownText(text).replace(/\\[^A-Za-z0-9\s]/g, ""), /[\\`*_[\]<>|~&#\n]/);
  }));
});

Deno.test("markdownFence() is longer than any run of backticks inside", () => {
  assert.equal(markdownFence(["a", "````", "\x1b[1mb"]), "`````text\na\n````\nb\n`````");
  assert.equal(markdownFence([]), "```text\n```");
});

Deno.test("csvText() quotes as RFC 4180 does and defuses formulas", () => {
  const table: [text: string, field: string][] = [
    ["plain", "plain"],
    ["a,b", '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM", "'@SUM"],
    ["＝1", "'＝1"],
    ["\t=1", "' =1"],
    ["\x1b[0m=1", "'=1"],
    ['=1,"2"', `"'=1,""2"""`],
    ["two\nlines", "two lines"],
  ];
  for (const [text, field] of table) assert.equal(csvText(text), field);
});

Deno.test("shellWord() gives the shell back the same word", () => {
  assert.equal(shellWord("keyed-pk@2"), "keyed-pk@2");
  assert.equal(shellWord("pglite:mode=a b"), "'pglite:mode=a b'");
  assert.equal(shellWord("$(rm -rf ~)'; x"), `'$(rm -rf ~)'\\''; x'`);
  assert.equal(shellWord(""), "''");
});
