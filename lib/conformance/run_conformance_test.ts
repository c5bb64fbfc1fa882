import assert from "node:assert/strict";
import type { Adapter, Session } from "../model/adapter.ts";
import { DriverUnavailableError } from "../model/errors.ts";
import type { Value } from "../model/value.ts";
import { resultColumns } from "../protocol/result_columns.ts";
import { fakeAdapter, type Sin } from "../testing/fake_adapter.ts";
import { loopback } from "../testing/loopback.ts";
import { addItem, TABLES } from "./fixtures.ts";
import { turn } from "./recorder.ts";
import { type ConformanceRun, runConformance, SCENARIOS } from "./run_conformance.ts";
import { RAW_SCENARIOS } from "./raw_scenarios.ts";
import type { Scenario, ScenarioResult } from "./scenario.ts";

/** The fake answers at once: what has not come with the answer will not come. */
const PATIENCE = { deadlineMs: 20, quietMs: 0, silenceMs: 0 };

async function run(adapter: Adapter, more: Partial<ConformanceRun> = {}): Promise<ScenarioResult[]> {
  const link = await loopback(adapter);
  try {
    return await runConformance({
      capabilities: adapter.capabilities({}),
      openSession: (tables = TABLES) => link.open({ directory: "/nowhere", database: "new", tables }),
      takeBackground: () => link.takeBackground(),
      patience: PATIENCE,
      ...more,
    });
  } finally {
    link.leave();
  }
}

function failuresOf(results: readonly ScenarioResult[]): string[] {
  return results.filter(({ status }) => status === "failed").map(({ key }) => key);
}

/** The fake does not undo a batch that fails; everything else it keeps. */
const NOT_UNDONE = [
  "batch/is-atomic-on-failure",
  "refusal/batch-that-ends-with-a-duplicate-key",
  "refusal/large-batch-with-a-duplicate-key-in-it",
];
const scenarios = SCENARIOS.filter(({ key }) => !NOT_UNDONE.includes(key));

Deno.test("SCENARIOS have unique keys of the form area/what-holds", () => {
  const keys = SCENARIOS.map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length);
  for (const key of keys) assert.match(key, /^[a-z]+\/[a-z0-9]+(-[a-z0-9]+)*$/);
});

Deno.test("runConformance() passes a database that keeps every promise", async () => {
  const results = await run(fakeAdapter(), { scenarios });
  assert.deepEqual(failuresOf(results), []);
  assert.equal(results.length, scenarios.length + 1);
  // What it has no words for is not asked, and says why.
  for (const { key, status, reason } of results.filter(({ status }) => status === "skipped")) {
    assert.match(
      reason,
      /no SQL|no type for|no transactions|no offsets|no rows as lists|do not look at|does not (tell|refuse)/,
      `${key} was ${status}`,
    );
  }
});

const CAUGHT: readonly [Sin, string][] = [
  ["drops-last-emission", "watch/last-emission-equals-final-state"],
  ["shows-half-a-batch", "watch/batch-is-not-torn"],
  ["goes-back-in-time", "watch/shows-every-commit-in-order"],
  ["shows-a-wrong-value", "watch/shows-every-commit-in-order"],
  ["misreads", "write/visible-to-next-read"],
  ["reports-an-error", "watch/count"],
  ["throws-on-write", "write/delete"],
];

for (const [sin, key] of CAUGHT) {
  Deno.test(`runConformance() catches a database that ${sin} by ${key}`, async () => {
    const failures = failuresOf(await run(fakeAdapter({ sin }), { scenarios }));
    assert.ok(failures.includes(key), `failed: ${failures.join(", ")}`);
  });
}

/** A fake whose sessions are changed before they are used. */
function changed(change: (session: Session) => Session): Adapter {
  const adapter = fakeAdapter();
  return { ...adapter, open: async (context) => change(await adapter.open(context)) };
}

function forwarding(session: Session, verbs: Partial<Session>): Session {
  return {
    write: (statement, args) => session.write(statement, args),
    batch: (statement, rows) => session.batch(statement, rows),
    read: (query, args) => session.read(query, args),
    watch: (query, args, observer) => session.watch!(query, args, observer),
    close: () => session.close(),
    ...verbs,
  };
}

Deno.test("runConformance() catches rows that change after delivery", async () => {
  const adapter = changed((session) => {
    const live: Record<string, unknown>[] = [];
    return forwarding(session, {
      watch: (query, args, observer) =>
        session.watch!(query, args, {
          error: (error) => observer.error(error),
          next(rows) {
            live.length = 0;
            live.push(...rows.map((row) => ({ ...row })));
            observer.next(live as never);
          },
        }),
    });
  });
  const failures = failuresOf(await run(adapter, { scenarios }));
  assert.ok(failures.includes("watch/rows-do-not-change-afterwards"));
});

Deno.test("runConformance() catches deliveries after close", async () => {
  const adapter = changed((session) =>
    forwarding(session, {
      async watch(query, args, observer) {
        await session.watch!(query, args, observer);
        return { close: () => {} };
      },
    })
  );
  assert.ok(failuresOf(await run(adapter, { scenarios })).includes("watch/close-stops-deliveries"));
});

Deno.test("runConformance() catches a close that fails", async () => {
  const adapter = changed((session) =>
    forwarding(session, {
      close() {
        throw new Error("busy");
      },
    })
  );
  const shared = scenarios.filter(({ tables }) => tables === undefined);
  assert.deepEqual(failuresOf(await run(adapter, { scenarios: shared })), ["close/resolves"]);
});

Deno.test("runConformance() fails a scenario during which an error is raised in the background", async () => {
  const raising: Scenario = {
    key: "open/raises",
    async run({ session }) {
      await session.write(addItem, [1, "x"]);
      await turn();
    },
  };
  const adapter = changed((session) =>
    forwarding(session, { write: () => void Promise.reject(new Error("lost")) })
  );
  const [result] = await run(adapter, { scenarios: [raising] });
  assert.deepEqual(result, {
    key: "open/raises",
    status: "failed",
    reason: "An error was raised in the background: lost",
  });
});

Deno.test("runConformance() skips watches visibly when there are no live queries", async () => {
  const results = await run(fakeAdapter({ canWatch: false }), { scenarios });
  const skipped = results.filter(({ status }) => status === "skipped");
  assert.deepEqual(
    skipped.map(({ key }) => key),
    // Who works is read from outside of the process.
    scenarios.filter(({ key, needs }) =>
      key === "claim/works-on" || needs?.some((need) => need !== "atomicBatch")
    )
      .map(({ key }) => key),
  );
  const [first] = skipped.filter(({ key }) => key.startsWith("watch/"));
  assert.equal(first?.reason, "The adapter has no live queries");
});

Deno.test("runConformance() opens a session anew after a failure, and only then", async () => {
  const opened: string[] = [];
  const adapter = fakeAdapter({ onVerb: (verb) => verb === "open" && opened.push(verb) });
  const fine: Scenario = { key: "open/a", run: () => Promise.resolve() };
  const broken: Scenario = { key: "open/b", run: () => Promise.reject(new Error("broken")) };
  await run(adapter, { scenarios: [fine, fine, broken, fine, fine] });
  assert.equal(opened.length, 2);
});

Deno.test("runConformance() throws what open throws", async () => {
  await assert.rejects(run(fakeAdapter({ sin: "has-no-driver" })), DriverUnavailableError);
});

/** The fake with rows as lists, made of its rows with names by `spoil`. */
function rawAdapter(spoil: (values: Value[]) => Value[]): Adapter {
  const base = fakeAdapter();
  return {
    ...base,
    capabilities: (options) => ({ ...base.capabilities(options), rawRows: true }),
    open: async (context) => {
      const session = await base.open(context);
      const readRaw: NonNullable<Session["readRaw"]> = async (query, args) => {
        const columns = resultColumns(query);
        return (await session.read(query, args)).map((row) => spoil(columns.map((name) => row[name]!)));
      };
      return Object.assign(session, { readRaw });
    },
  };
}

Deno.test("runConformance() asks for raw rows where they are declared, and finds values in a wrong place", async () => {
  const keys = RAW_SCENARIOS.map(({ key }) => key);
  const asked = { scenarios: RAW_SCENARIOS };
  const honest = await run(rawAdapter((values) => values), asked);
  assert.deepEqual(honest.filter(({ status }) => status === "passed").map(({ key }) => key), [
    ...keys,
    "close/resolves",
  ]);
  const spoils: ((values: Value[]) => Value[])[] = [
    (values) => values.toReversed(),
    (values) => [...values, 1],
    (values) => values.slice(1),
    (values) => values.map(String),
  ];
  for (const spoil of spoils) assert.deepEqual(failuresOf(await run(rawAdapter(spoil), asked)), keys);
  const { open } = fakeAdapter();
  assert.deepEqual(failuresOf(await run({ ...rawAdapter((values) => values), open }, asked)), keys);
});
