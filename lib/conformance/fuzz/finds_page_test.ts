import assert from "node:assert/strict";
import type { StoredFind, StoredHunt } from "./finds_file.ts";
import { findsPage } from "./finds_page.ts";

const find: StoredFind = {
  message: "Read of <a>\nwas wrong",
  traits: ["read"],
  isSteady: true,
  scenario: "found()",
};

const hunt: StoredHunt = {
  startedAt: "2026-11-28T10:00:00.000Z",
  options: {},
  drivers: { library: "1.0.0" },
  seed: 7,
  durationMs: 30_000,
  caseCount: 1200,
  stepCount: 18_000,
  leftOutCount: 0,
  isInterrupted: false,
  finds: [],
  unsteady: [],
};

Deno.test("findsPage() adds hunts of an adapter up, and says what became of each find", () => {
  const again = { at: "2026-11-29T10:00:00.000Z", drivers: { library: "1.0.1" } };
  const finds: StoredFind[] = [
    { ...find, again: { ...again, outcome: "right" } },
    { ...find, again: { ...again, outcome: "known-gap", gap: "found/x" } },
    { ...find, again: { ...again, outcome: "not-asked" } },
    { ...find, again: { ...again, outcome: "wrong" }, isSteady: false },
    find,
  ];
  const page = findsPage([
    { adapter: "one", hunts: [hunt, { ...hunt, durationMs: 570_000, finds }] },
    { adapter: "two", hunts: [{ ...hunt, drivers: {} }] },
  ]);
  const said = "- **one** (library 1.0.0, seed 7): Read of \\<a\\> was wrong: ";
  assert.equal(
    page,
    [
      "# Fuzz",
      "",
      "| database | minutes | histories | steps | found | of it right again | known gaps | not asked | open |",
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
      "| one | 10.0 | 2,400 | 36,000 | 5 | 1 | 1 | 1 | 2 |",
      "| two | 0.5 | 1,200 | 18,000 | 0 | 0 | 0 | 0 | 0 |",
      "",
      `${said}right when it was played again on 2026-11-29.`,
      `${said}known gap \`found/x\`.`,
      `${said}not asked any more, as nobody promises an order of writes that are not waited for.`,
      `${said}still wrong, wrong now and then.`,
      `${said}not played again yet.`,
      "",
    ].join("\n"),
  );
});

Deno.test("findsPage() says so when nothing was found", () => {
  assert.match(findsPage([{ adapter: "two", hunts: [hunt] }]), /^Nothing was found\.$/m);
});
