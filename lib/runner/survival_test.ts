import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import type { Capabilities } from "../model/adapter.ts";
import type { Table } from "../model/schema.ts";
import { insert, type Query, update } from "../model/statement.ts";
import { Truth } from "../oracle/mod.ts";
import type { RemoteSession } from "./remote_session.ts";
import { ChildGoneError } from "./run_block.ts";
import { type Life, type MortalChild, oneKill, type Survival, trySurvival, type Write } from "./survival.ts";

const items: Table = {
  name: "items",
  columns: [{ name: "id", type: "integer" }, { name: "value", type: "integer" }],
  primaryKey: "id",
  indexes: [],
};
const addItem = insert({ table: "items", columns: ["id", "value"] });
const setValue = update({ table: "items", set: [{ column: "value", param: "value" }], keyColumn: "id" });
const add = (id: number): Write => ({ kind: "write", label: "add", statement: addItem, args: [id, 0] });
const set = (id: number, value: number): Write => ({
  kind: "write",
  label: "set",
  statement: setValue,
  args: [value, id],
});
const addAll = (...ids: number[]): Write => ({
  kind: "batch",
  label: "add",
  statement: addItem,
  rows: ids.map((id) => [id, 0]),
});
const seeds = [{
  table: "items",
  rowCount: 2,
  firstKey: 1,
  row: (index: number) => ({ id: index + 1, value: 0 }),
  batchSize: 2,
}];
const DURABLE: Pick<Capabilities, "durability" | "atomicBatch"> = { durability: "full", atomicBatch: true };

/** What survives: the writes that a new process finds. */
interface Disk {
  readonly writes: Write[];
}

interface FakeOptions {
  /** What becomes of the disk when the process is killed behind the write that was acknowledged last. */
  readonly atKill?: (disk: Disk) => void;
  readonly atClose?: (disk: Disk) => void;
  readonly refusesToOpen?: boolean;
  readonly refuses?: Write;
  readonly claims?: typeof DURABLE;
}

/** Children of a database that is an array; a kill comes right behind its write. */
async function tried(lives: readonly Life[], options: FakeOptions = {}): Promise<Survival> {
  const disk: Disk = { writes: [] };
  const startChild = (): Promise<MortalChild> => {
    const gone = Promise.withResolvers<never>();
    gone.promise.catch(() => {});
    return Promise.resolve({
      openSession: ({ database }) => {
        if (database === "existing" && options.refusesToOpen) return Promise.reject(new Error("locked"));
        return Promise.resolve(session(gone.promise));
      },
      noteServers: () => Promise.resolve(),
      crash: () => {
        options.atKill?.(disk);
        gone.reject(new ChildGoneError("killed"));
        return Promise.resolve();
      },
      end: () => Promise.resolve(),
    });
  };
  const session = (gone: Promise<never>): RemoteSession => ({
    batch: () => Promise.resolve(),
    read: (query, args) => {
      const truth = new Truth([items], []);
      for (const write of disk.writes) truth.apply(write);
      return Promise.resolve(truth.read(query as Query, args));
    },
    untilKilled: async (steps, { onAcknowledged, standsStillAfter }) => {
      for (let step = 0; step < steps.length; step++) {
        const { statement, rows, isBatch } = steps[step]!;
        const label = "write";
        const write: Write = isBatch
          ? { kind: "batch", label, statement, rows }
          : { kind: "write", label, statement, args: rows[0]! };
        if (options.refuses?.statement === statement) throw new Error("disk full");
        disk.writes.push(write);
        onAcknowledged(step);
        if (step === standsStillAfter) return gone;
      }
    },
    close: () => Promise.resolve(options.atClose?.(disk)),
  } as Partial<RemoteSession> as RemoteSession);
  return await trySurvival({
    startChild,
    directory: "/nowhere",
    tables: [items],
    seeds,
    claims: options.claims ?? DURABLE,
    lives,
  });
}

const WRITES = [add(11), set(1, 5), addAll(12, 13, 14), set(11, 7), add(15)];
const killedAfter = (afterWrite: number, writes: readonly Write[] = WRITES): Life => ({
  writes,
  ending: { kind: "kill", afterWrite, delay: "still" },
});

Deno.test("trySurvival() finds nothing when every acknowledged write is there, life after life", async () => {
  const second = [add(21), set(1, 6)];
  const survival = await tried([killedAfter(2), killedAfter(0, second), {
    writes: [add(31)],
    ending: { kind: "close" },
  }]);
  deepStrictEqual(survival, {
    outcomes: [
      // The seed is a write, too.
      { ending: "kill", acknowledged: 4, kept: 4 },
      { ending: "kill", acknowledged: 1, kept: 1 },
      { ending: "close", acknowledged: 1, kept: 1 },
    ],
  });
});

Deno.test("trySurvival() accepts a write that was committed and not acknowledged yet", async () => {
  const { outcomes, fault } = await tried([killedAfter(2)], {
    atKill: ({ writes }) => writes.push(WRITES[3]!),
  });
  deepStrictEqual([outcomes, fault], [[{ ending: "kill", acknowledged: 4, kept: 5 }], undefined]);
});

Deno.test("trySurvival() counts what is lost of the acknowledged writes", async () => {
  const { fault } = await tried([killedAfter(3)], { atKill: ({ writes }) => writes.splice(1) });
  deepStrictEqual(fault, {
    ending: "kill",
    verdict: "lost",
    detail: "Of 5 writes that were acknowledged before its process was killed, 1 were there afterwards",
  });
});

Deno.test("trySurvival() lets those lose writes who say so, and goes on from what is left", async () => {
  const claims = { durability: "relaxed", atomicBatch: true } as const;
  const { outcomes, fault } = await tried([killedAfter(3), killedAfter(0, [add(21)])], {
    claims,
    atKill: ({ writes }) => writes.length === 5 && writes.splice(1),
  });
  deepStrictEqual([outcomes, fault], [[
    { ending: "kill", acknowledged: 5, kept: 1 },
    { ending: "kill", acknowledged: 1, kept: 1 },
  ], undefined]);
});

Deno.test("trySurvival() lets nobody lose anything by a close", async () => {
  const claims = { durability: "relaxed", atomicBatch: true } as const;
  const life: Life = { writes: WRITES, ending: { kind: "close" } };
  const { fault } = await tried([life], { claims, atClose: ({ writes }) => writes.splice(4) });
  deepStrictEqual(fault, {
    ending: "close",
    verdict: "lost",
    detail: "Of 6 writes that were acknowledged before its session was closed, 4 were there afterwards",
  });
});

Deno.test("trySurvival() calls it no committed state when later writes are there and earlier ones are not", async () => {
  const { fault } = await tried([killedAfter(4)], { atKill: ({ writes }) => writes.splice(0, 1) });
  strictEqual(fault?.verdict, "phantom");
  match(
    fault.detail,
    /^The table "items" after its process was killed behind write 6 of 6 has .*no committed state$/,
  );
});

const halfOfTheThird = ({ writes }: Disk) => {
  writes.splice(3);
  writes.push(addAll(12, 13));
};

Deno.test("trySurvival() finds half a batch of those who call their batches atomic", async () => {
  const { fault } = await tried([killedAfter(1)], { atKill: halfOfTheThird });
  strictEqual(fault?.verdict, "phantom");
});

Deno.test("trySurvival() ends without a fault at half a batch in flight of those who do not", async () => {
  const claims = { durability: "full", atomicBatch: false } as const;
  const { outcomes, fault } = await tried([killedAfter(1), killedAfter(0)], {
    claims,
    atKill: halfOfTheThird,
  });
  deepStrictEqual([outcomes, fault], [[{ ending: "kill", acknowledged: 3, kept: 3 }], undefined]);
});

Deno.test("trySurvival() finds half of an acknowledged batch even where batches are not atomic", async () => {
  const claims = { durability: "full", atomicBatch: false } as const;
  const { fault } = await tried([killedAfter(2)], { claims, atKill: halfOfTheThird });
  strictEqual(fault?.verdict, "phantom");
});

Deno.test("trySurvival() tells who cannot be opened again, and who refuses a write", async () => {
  const locked = await tried([killedAfter(1)], { refusesToOpen: true });
  deepStrictEqual(locked.fault, {
    ending: "kill",
    verdict: "error",
    detail: "The directory cannot be opened again: locked",
  });
  const full = await tried([killedAfter(3)], { refuses: WRITES[1]! });
  deepStrictEqual(full.fault, {
    ending: "kill",
    verdict: "error",
    detail: "Write 3 was refused: disk full",
  });
});

Deno.test("oneKill() chooses a write by the seed, each of them for some seed", () => {
  const chosen = new Set<number>();
  for (let seed = 0; seed < 60; seed++) {
    const { ending } = oneKill(WRITES, seed);
    deepStrictEqual(oneKill(WRITES, seed).ending, ending);
    if (ending.kind === "kill") chosen.add(ending.afterWrite);
  }
  deepStrictEqual([...chosen].sort(), [0, 1, 2, 3, 4]);
});
