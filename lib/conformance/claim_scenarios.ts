/** Scenarios of what an adapter says of itself, held against what can be seen. */
import { mayBeOnCaller } from "../model/works_on.ts";
import { expectThat } from "./expect.ts";
import * as db from "./fixtures.ts";
import { type CpuReading, NotApplicable, type Scenario, type Stage } from "./scenario.ts";

/** Work until so much CPU time was spent: less than that and ticks of the clock decide. */
const LEAST_CPU_SECONDS = 0.4;
const MOST_ROUNDS = 40;
/** Of the CPU time, what a worker or a server that is said to work must spend. */
const BOUND_SHARE = 0.25;

/** See {@link Scenario}. */
export const CLAIM_SCENARIOS: readonly Scenario[] = [
  {
    key: "claim/works-on",
    async run(stage) {
      const { worksOn } = stage.capabilities;
      const spent = await spentByWork(stage);
      const all = spent.callerSeconds + spent.threadSeconds + spent.processSeconds;
      const shares = {
        worker: spent.threadSeconds / all,
        server: spent.processSeconds / all,
      };
      const seen =
        `the caller spent ${percent(spent.callerSeconds / all)}, threads ${percent(shares.worker)}, ` +
        `processes ${percent(shares.server)}`;
      if (worksOn === "caller") {
        const spentNs = {
          mainNs: spent.callerSeconds * 1e9,
          elsewhereNs: (spent.threadSeconds + spent.processSeconds) * 1e9,
        };
        expectThat(mayBeOnCaller(spentNs), `It says that it works on the caller: ${seen}`);
      } else if (worksOn === "worker") {
        expectThat(shares.worker >= BOUND_SHARE, `It says that it works on a worker: ${seen}`);
      } else if (spent.processSeconds === 0) {
        throw new NotApplicable("Its server is no process that the adapter has started");
      } else {
        expectThat(shares.server >= BOUND_SHARE, `It says that a server works: ${seen}`);
      }
    },
  },
  {
    key: "claim/grain",
    needs: ["watch"],
    async run({ session, watch, quiet, capabilities: { liveQueries } }) {
      await session.batch(db.addPerson, [1, 2, 3, 4].map((id) => [id, `p${id}`, "Rome", id]));
      const row = await watch(db.personById, [2]);
      const list = await watch(db.bestPeople, [2]);
      for (const recorder of [row, list]) {
        await recorder.until(() => recorder.copies.length > 0, () => "A first result was never delivered");
      }
      await quiet();
      if (await row.requeryCount() === null) {
        throw new NotApplicable("The library does not tell when it computes a live query anew");
      }
      await list.requeryCount();
      const seen = async () => {
        await quiet();
        return { row: await row.requeryCount(), list: await list.requeryCount() };
      };
      await session.write(db.addItem, [1, "another table"]);
      const table = await seen();
      await session.write(db.renamePerson, ["a column that the list does not read", 3]);
      const column = await seen();
      await session.write(db.movePerson, ["Rome", 2, 1]);
      const other = await seen();
      const claim = `It says that "${liveQueries}" decides, and was computed anew`;
      expectThat(table.row === 0 && table.list === 0, `${claim} by a write to another table`);
      if (liveQueries === "table") return;
      expectThat(column.list === 0, `${claim} by a write to a column that it does not read`);
      if (liveQueries === "column") return;
      expectThat(other.row === 0, `${claim} by a write to another row`);
      for (const recorder of [row, list]) await recorder.close();
    },
  },
];

/** Writes and reads until the clock can tell who works. Throws NotApplicable where nobody can. */
async function spentByWork({ session, readCpu }: Stage): Promise<CpuReading> {
  const before = await readCpu();
  if (before === undefined) throw new NotApplicable("The system does not tell who spends CPU time");
  await session.batch(
    db.addPerson,
    Array.from({ length: 2000 }, (_, index) => [index, `p${index}`, "Rome", (index * 7919) % 2000]),
  );
  let spent = before;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    for (let read = 0; read < 20; read++) await session.read(db.bestPeople, [5]);
    await session.batch(
      db.rewardPerson,
      Array.from({ length: 300 }, (_, index) => [`r${round}`, (index * 31) % 2000]),
    );
    const now = await readCpu();
    if (now === undefined) break;
    spent = {
      callerSeconds: now.callerSeconds - before.callerSeconds,
      threadSeconds: now.threadSeconds - before.threadSeconds,
      processSeconds: now.processSeconds - before.processSeconds,
    };
    if (spent.callerSeconds + spent.threadSeconds + spent.processSeconds >= LEAST_CPU_SECONDS) return spent;
  }
  throw new NotApplicable("Too little CPU time was spent to tell who did");
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
