import assert from "node:assert/strict";
import { join } from "node:path";
import { makeRepository, TODAY } from "../lib/experiments/_fixture.ts";
import { check, parseCheckArguments } from "./check.ts";

const NOW = new Date(`${TODAY}T12:00:00Z`);

async function run(
  root: string,
  args: readonly string[] = [],
  environment: Record<string, string> = {},
): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const options = parseCheckArguments(["--root", root, ...args], NOW)!;
  const code = await check(options, (text) => lines.push(text), environment);
  return { code, text: lines.join("\n") };
}

async function withRepository(test: (root: string) => Promise<void>): Promise<void> {
  const root = await makeRepository();
  try {
    await test(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

function breakTwice(root: string): void {
  Deno.writeTextFileSync(join(root, "docs/guide.md"), "# Guide\n\n[one](a,b.md)\n[two](c%.md)\n");
}

Deno.test("check() ends with 0 and one line per check when everything holds", async () => {
  await withRepository(async (root) => {
    const { code, text } = await run(root);
    assert.equal(code, 0);
    assert.match(text, /^ok {5}records /);
    assert.match(text, /\nAll 13 checks hold\.$/);
  });
});

Deno.test("check() ends with 1 and names file, line and rule when something does not hold", async () => {
  await withRepository(async (root) => {
    breakTwice(root);
    const { code, text } = await run(root, ["--only", "links"]);
    assert.equal(code, 1);
    assert.equal(
      text,
      [
        "FAULT  links            Relative links in markdown lead to files and headings that exist",
        '         README.md:5 link-dead: a link must lead to a heading that exists: "docs/guide.md#the-first-step" does not',
        '         docs/guide.md:3 link-dead: a link must lead to a file: "a,b.md" does not',
        '         docs/guide.md:4 link-dead: a link must be valid: "c%.md" has a broken escape',
        "3 faults in 1 of 1 checks.",
      ].join("\n"),
    );
  });
});

Deno.test("check() annotates lines and appends a summary under GitHub Actions", async () => {
  await withRepository(async (root) => {
    breakTwice(root);
    const summary = join(root, "summary.md");
    Deno.writeTextFileSync(summary, "before\n");
    const environment = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary };
    const { text } = await run(root, ["--only", "links"], environment);
    assert.match(
      text,
      /^::error file=docs\/guide\.md,line=4,title=links%3A link-dead::a link must be valid: "c%25\.md" has a broken escape$/m,
    );
    const page = Deno.readTextFileSync(summary);
    assert.match(page, /^before\n## Check of results and experiments\n\n3 faults in 1 of 1 checks\.\n/);
    assert.match(page, /\n- docs\/guide\.md:3 link-dead/);
  });
});

Deno.test("check() prints nothing but JSON with --json, under GitHub Actions too", async () => {
  await withRepository(async (root) => {
    breakTwice(root);
    const { code, text } = await run(root, ["--only", "links,records", "--json"], { GITHUB_ACTIONS: "true" });
    assert.equal(code, 1);
    const { ok, checks } = JSON.parse(text);
    assert.equal(ok, false);
    assert.deepEqual(checks.map(({ id, faults }: { id: string; faults: unknown[] }) => [id, faults.length]), [
      ["records", 0],
      ["links", 3],
    ]);
    assert.deepEqual(Object.keys(checks[1].faults[0]), ["rule", "file", "line", "message"]);
  });
});

Deno.test("parseCheckArguments() and check() refuse what cannot be meant", async () => {
  const usage = (message: RegExp) => ({ name: "UsageError", message });
  assert.throws(
    () => parseCheckArguments(["--jsn"], NOW),
    usage(/unknown option '--jsn' \(Did you mean --json\?\)/),
  );
  assert.throws(() => parseCheckArguments(["results"], NOW), usage(/too many arguments/));
  assert.throws(() => parseCheckArguments(["--today", "2026-02-30"], NOW), usage(/"2026-02-30" is none/));
  await assert.rejects(
    run(".", ["--only", "lnks"]),
    usage(/Cannot find check "lnks" \(did you mean "links"\?\)/),
  );
  await assert.rejects(run("no/such/folder"), usage(/it must be a folder/));
});

Deno.test("check() lists its checks and reads nothing with --list", async () => {
  const { code, text } = await run("no/such/folder", ["--list"]);
  assert.equal(code, 0);
  assert.equal(text.split("\n").length, 13);
});

Deno.test("check() works on a folder that holds nothing yet", async () => {
  const root = Deno.makeTempDirSync();
  try {
    const { code, text } = await run(root, ["--only", "records,reports,evidence,history,sections,links"]);
    assert.equal(code, 0, text);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});
