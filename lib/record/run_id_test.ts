import assert from "node:assert/strict";
import fc from "fast-check";
import { join, relative } from "node:path";
import { UsageError } from "../model/errors.ts";
import { parseLabel, runId } from "./run_id.ts";

const NOW = new Date("2026-11-21T23:55:07.999Z");

Deno.test("runId() names the second in UTC and the label", () => {
  assert.equal(runId(NOW, "first_try-1.0"), "2026-11-21T23-55-07-first_try-1.0");
  assert.equal(runId(NOW, undefined), "2026-11-21T23-55-07-bench");
});

for (
  const [what, label] of Object.entries({
    "climbs": "../../x",
    "is absolute": "/etc/passwd",
    "has a backslash": "a\\b",
    "is empty": "",
    "is a dot": ".",
    "is two dots": "..",
    "starts with a dash": "-rf",
    "has a line feed at its end": "a\n",
    "has a NUL": "a\0b",
    "has an escape sequence": "a\x1b[31mred",
    "has a blank": "a b",
    "has letters beyond ASCII": "häuser",
    "has 65 characters": "a".repeat(65),
    "has 10 kB": "a".repeat(10_000),
  })
) {
  Deno.test(`parseLabel() states the rule when the label ${what}`, () => {
    assert.throws(() => parseLabel(label), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(
        error.message,
        /1 to 64 letters, digits, "\.", "_" or "-", starting with a letter or digit/,
      );
      assert.ok(error.message.length < 400, "the message must stay short");
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(error.message, /[\x00-\x1f\x7f-\x9f]/);
      return true;
    });
  });
}

Deno.test("parseLabel() says which label is nearest to what was typed", () => {
  assert.throws(() => parseLabel("my first run!"), {
    message: /^Cannot name a run \(did you mean "my-first-run"\?\)/,
  });
  assert.throws(() => parseLabel("../"), { message: /^Cannot name a run as its label/ });
});

Deno.test("parseLabel() takes 64 characters", () => {
  assert.equal(parseLabel("a".repeat(64)).length, 64);
});

Deno.test("runId() stays one plain name below its root whatever is typed", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (label) => {
    let id;
    try {
      id = runId(NOW, label);
    } catch (error) {
      assert.ok(error instanceof UsageError);
      return;
    }
    assert.equal(relative("/root", join("/root", id)), id);
    assert.doesNotMatch(id, /[/\\]/);
  }));
});
