import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { type FineClock, waitUntil } from "./wait_until.ts";

/** A clock that only its own waits move: turns take 5 us, naps and sleeps as long as they are told and `lateNs` more. */
function fakeClock({ napLateNs, lastTurnNs = 5000, worksNs = 0 }: {
  readonly napLateNs?: number;
  readonly lastTurnNs?: number;
  readonly worksNs?: number;
} = {}) {
  let now = 0;
  let cpu = 0;
  let turns = 0;
  const waits: string[] = [];
  const clock: FineClock = {
    nowNs: () => now,
    turn: () => {
      turns += 1;
      now += turns === 1 ? lastTurnNs : 5000;
      cpu += worksNs;
      return Promise.resolve();
    },
    sleep: (ms) => {
      waits.push(`sleep ${ms}`);
      now += ms * 1e6;
      return Promise.resolve();
    },
    callerCpuNs: () => cpu,
  };
  if (napLateNs !== undefined) {
    clock.nap = (ns) => {
      waits.push(`nap ${ns}`);
      now += ns + napLateNs;
      return Promise.resolve();
    };
  }
  return { clock, waits, turnCount: () => turns, nowNs: () => now };
}

Deno.test("waitUntil() naps up to the grain and turns the loop for the rest when it can nap", async () => {
  const { clock, waits, turnCount, nowNs } = fakeClock({ napLateNs: 50_000 });
  strictEqual(await waitUntil(clock, 10_000_000), 0);
  deepStrictEqual([waits, turnCount(), nowNs()], [["nap 8000000", "nap 950000"], 190, 10_000_000]);
});

Deno.test("waitUntil() leaves the runtime's timers 4 ms when there is nothing finer", async () => {
  const { clock, waits, nowNs } = fakeClock();
  strictEqual(await waitUntil(clock, 10_000_000), 0);
  deepStrictEqual([waits, nowNs()], [["sleep 6"], 10_000_000]);
});

Deno.test("waitUntil() tells its own lateness when a nap or a turn came back late", async () => {
  strictEqual(await waitUntil(fakeClock({ napLateNs: 1_150_000 }).clock, 1_000_000), 1_000_000);
  strictEqual(await waitUntil(fakeClock({ lastTurnNs: 900_000 }).clock, 100_000), 800_000);
});

Deno.test("waitUntil() takes no blame for time in which the thread worked for somebody else", async () => {
  strictEqual(await waitUntil(fakeClock({ lastTurnNs: 900_000, worksNs: 900_000 }).clock, 100_000), 0);
});

Deno.test("waitUntil() takes one turn when the moment has passed, and is late by it unless the thread worked", async () => {
  const idle = fakeClock({ lastTurnNs: 700_000 });
  strictEqual(await waitUntil(idle.clock, 0), 700_000);
  strictEqual(idle.turnCount(), 1);
  strictEqual(await waitUntil(fakeClock({ lastTurnNs: 700_000, worksNs: 690_000 }).clock, 0), 10_000);
});

Deno.test("waitUntil() is excused by work near the moment only when a nap is long", async () => {
  let now = 0;
  let cpu = 0;
  let naps = 0;
  const clock: FineClock = {
    nowNs: () => now,
    turn: () => Promise.reject(new Error("not needed")),
    sleep: () => Promise.reject(new Error("not needed")),
    callerCpuNs: () => cpu,
    nap: (ns) => {
      naps += 1;
      // The first nap holds three milliseconds of work, the second one comes back a millisecond after the moment.
      if (naps === 1) cpu += 3_000_000;
      now += naps === 1 ? ns : ns + 2_000_000;
      return Promise.resolve();
    },
  };
  strictEqual(await waitUntil(clock, 10_000_000), 1_000_000);
});

Deno.test("waitUntil() turns the loop for a tenth of the wait, a millisecond at most, when it can nap", async () => {
  for (
    const [dueNs, turnedNs] of [[1_000_000, 150_000], [2_000_000, 200_000], [60_000_000, 1_000_000]] as const
  ) {
    const { clock, turnCount } = fakeClock({ napLateNs: 0 });
    await waitUntil(clock, dueNs);
    strictEqual(turnCount() * 5000, turnedNs);
  }
});
