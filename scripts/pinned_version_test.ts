import { deepStrictEqual, ok } from "node:assert/strict";

const read = (name: string): string => Deno.readTextFileSync(new URL(`../${name}`, import.meta.url));

Deno.test("every document names the runtime that .deno-version pins", () => {
  const version = read(".deno-version").trim();
  for (
    const name of [
      "README.md",
      "CONTRIBUTING.md",
      ".github/workflows/check.yml",
      ".github/workflows/pages.yml",
    ]
  ) {
    const named = [...read(name).matchAll(/deno@(\d+\.\d+\.\d+)/g)].map((match) => match[1]);
    ok(named.length > 0, `${name} names no version`);
    deepStrictEqual([...new Set(named)], [version], name);
  }
});
