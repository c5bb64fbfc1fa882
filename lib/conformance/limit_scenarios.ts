/** Scenarios of sizes: windows and lists as large as workloads ask for, and batches that fill them. */
import type { Row } from "../model/value.ts";
import { expectRows } from "./expect.ts";
import * as db from "./fixtures.ts";
import { NEEDS, type Scenario } from "./scenario.ts";

const PEOPLE_COUNT = 1_050;
/** Around the sizes at which code likes to change its way. */
const SIZES = [49, 50, 51, 64, 99, 100, 101, 127, 128, 255, 256, 257, 500, 512, 999, 1000];

/** Every score once, in an order that is not that of the keys. */
function scoreOf(id: number): number {
  return (id * 409) % PEOPLE_COUNT;
}

function best(scores: ReadonlyMap<number, number>, limit: number): Row[] {
  return [...scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score || b.id - a.id)
    .slice(0, limit);
}

/** See {@link Scenario}. */
export const LIMIT_SCENARIOS: readonly Scenario[] = [{
  key: "limit/windows-of-49-to-1000",
  async run({ session, watch, capabilities }) {
    const scores = new Map(
      Array.from({ length: PEOPLE_COUNT }, (_, index) => [index + 1, scoreOf(index + 1)] as const),
    );
    await session.batch(db.addPerson, [...scores].map(([id, score]) => [id, "p", "Rome", score]));
    for (const size of SIZES) {
      expectRows(await session.read(db.bestPeople, [size]), best(scores, size), `A window of ${size} rows`);
    }
    const list = [...scores.keys()].map((id) => ({ id, name: "p" }));
    expectRows(await session.read(db.peopleByCity, ["Rome"]), list, `A list of ${PEOPLE_COUNT} rows`);
    if (!NEEDS.watch.has(capabilities)) return;
    const watchedSizes = [49, 50, 100, 500, 1000];
    const recorders = [];
    for (const size of watchedSizes) recorders.push(await watch(db.bestPeople, [size]));
    const whole = await watch(db.peopleByCity, ["Rome"]);
    const change = async (id: number, score: number) => {
      scores.set(id, score);
      await session.write(db.movePerson, ["Rome", score, id]);
    };
    await whole.untilLast(list, `A watched list of ${PEOPLE_COUNT} rows`);
    const steps = [
      async () => {},
      // From the bottom to the top of all windows, from there to the bottom, and within one.
      () => change(best(scores, PEOPLE_COUNT).at(-1)!.id as number, 5_000),
      () => change(best(scores, 60).at(30)!.id as number, -1),
      () => change(best(scores, 60).at(48)!.id as number, 4_999),
    ];
    for (const [index, step] of steps.entries()) {
      await step();
      for (const [position, size] of watchedSizes.entries()) {
        await recorders[position]!.untilLast(
          best(scores, size),
          `A watched window of ${size} after change ${index}`,
        );
      }
    }
    await session.write(db.movePerson, ["Oslo", 0, 700]);
    await whole.untilLast(list.filter(({ id }) => id !== 700), "A watched list after a row left");
    for (const recorder of [...recorders, whole]) await recorder.close();
  },
}];
