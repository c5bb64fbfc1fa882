import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { Random } from "../testing/random.ts";
import { bindingArguments, findPlaceholders } from "./placeholders.ts";

for (
  const [sql, count, numbered, names] of [
    ["SELECT 1", 0, 0, []],
    ["SELECT ?, ?", 2, 2, []],
    ["SELECT ?3, ?", 4, 2, []],
    ["SELECT :a, @a, $a, :a", 3, 0, [":a", "@a", "$a"]],
    ["SELECT :a, ?", 2, 1, [":a"]],
    ["SELECT ':a', \"?\", `$b`, [@c], x'00' -- ?\n, /* :d */ :e", 1, 0, [":e"]],
    ["SELECT 'it''s :a', \"a\"\":b\", :c", 1, 0, [":c"]],
    ["SELECT a$b, a:b FROM t", 1, 0, [":b"]],
    ["SELECT $a::b, $a, $a(x)", 3, 0, ["$a::b", "$a", "$a(x)"]],
    ["SELECT :ü, :1", 2, 0, [":ü", ":1"]],
    ["SELECT 1 - -2 / :a /* open :b", 1, 0, [":a"]],
    ["SELECT 'open :a", 0, 0, []],
    ["SELECT json('{}') ->> '$.a:b', j -> $p", 1, 0, ["$p"]],
  ] as const
) {
  Deno.test(`findPlaceholders() gives ${count} values, names ${names.join(" ") || "none"} when the text is ${sql}`, () => {
    assert.deepEqual(findPlaceholders(sql), { count, numbered, names });
  });
}

Deno.test("findPlaceholders() numbers as SQLite does when placeholders stand between all kinds of tokens", () => {
  const db = new DatabaseSync(":memory:");
  const random = new Random(15);
  const noise = [
    "'?'",
    "''",
    "'a'':b'",
    '"x"',
    "`x`",
    "[x]",
    "x'3f'",
    "1.5e3",
    "x",
    "x$y",
    "abs(x)",
    "-x",
    "/* ? */ 1",
  ];
  noise.push("1 -- :c\n", "(SELECT x)", "x -> '$.k'", "1 << 2", "'ü'", '"x"', "CASE x WHEN 1 THEN 2 END");
  const names = [":a", ":b", "@a", "$a", ":ab", "$a::b", ":ü", "@x1", "$a(b)", ":1"];
  for (let round = 0; round < 400; round++) {
    const numbered = random.oneIn(2);
    const highest = 1 + random.below(6);
    const placeholders: string[] = [];
    const parts = Array.from({ length: 1 + random.below(8) }, () => {
      if (random.oneIn(2)) return random.pick(noise);
      const made = numbered ? random.pick(["?", "?", `?${highest}`]) : random.pick(names);
      placeholders.push(made);
      return made;
    });
    const sql = `SELECT ${parts.join(random.pick([",", " , ", ",\n"]))} FROM (SELECT 1 AS x, 2 AS x$y)`;
    const found = findPlaceholders(sql);
    const statement = db.prepare(sql);
    statement.setAllowBareNamedParameters(false);
    (statement as unknown as { setReturnArrays(on: boolean): void }).setReturnArrays(true);
    const values = Array.from({ length: found.count }, (_, i) => `value ${i + 1}`);
    const bound = bindingArguments(numbered ? null : found.names, values);
    const row = statement.all(...bound as string[])[0] as unknown as unknown[];
    let next = 0;
    const known: Record<string, string> = {};
    const expected = placeholders.map((placeholder) => {
      if (placeholder === "?") return `value ${++next}`;
      if (placeholder.startsWith("?")) {
        next = Math.max(next, highest);
        return `value ${highest}`;
      }
      return known[placeholder] ??= `value ${++next}`;
    });
    const shown = parts.flatMap((part, i) => /^[?:@$]/.test(part) ? [row[i]] : []);
    assert.deepEqual(shown, expected, sql);
    if (numbered && found.count > 0) {
      assert.throws(() => statement.all(...values, "too many"), /out of range/, sql);
    }
  }
  db.close();
});
