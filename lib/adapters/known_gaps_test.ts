import assert from "node:assert/strict";
import { ADAPTERS } from "./mod.ts";

const SCRIPTS = new URL("../../docs/known-gaps/", import.meta.url);

Deno.test("Known gaps name their scripts, and each script belongs to a known gap of that library", () => {
  const named = new Map(
    ADAPTERS.flatMap(({ knownGaps, drivers }) =>
      knownGaps.flatMap(({ reason }) =>
        Array.from(
          reason.matchAll(/docs\/known-gaps\/([a-z0-9-]+\.ts)/g),
          ([, file]) => [file!, drivers] as const,
        )
      )
    ),
  );
  const files = Array.from(Deno.readDirSync(SCRIPTS), ({ name }) => name);
  assert.deepEqual([...named.keys()].sort(), files.sort());
  for (const [file, drivers] of named) {
    const text = Deno.readTextFileSync(new URL(file, SCRIPTS));
    const packages = Object.entries(drivers).map(([name, version]) => `npm:${name}@${version}`);
    // Part of the runtime.
    if (packages.length === 0) packages.push('"node:sqlite"');
    assert.ok(
      packages.some((specifier) => text.includes(specifier)),
      `${file} must load ${packages.join(" or ")}`,
    );
    assert.match(text, /https:\/\//, `${file} must have a link`);
  }
});
