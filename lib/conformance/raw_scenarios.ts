/** Scenarios of results whose rows are lists of values. */
import type { Query } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import { resultColumns } from "../protocol/result_columns.ts";
import { expectRows, expectThat } from "./expect.ts";
import * as db from "./fixtures.ts";
import type { Scenario, Stage } from "./scenario.ts";

/** Rows as lists must hold, place by place, what rows with names would hold. */
async function expectRaw(
  { session }: Stage,
  query: Query,
  args: Args,
  expected: readonly Row[],
  what: string,
): Promise<void> {
  const columns = resultColumns(query);
  const raw = await session.readLists(query, args);
  if (raw === null) throw new Error("The session brings no rows as lists although they are declared");
  for (const values of raw) {
    expectThat(
      values.length === columns.length,
      `${what}, raw: expected ${columns.length} values in a row, got ${values.length}`,
    );
  }
  const named = raw.map((values) => Object.fromEntries(columns.map((name, place) => [name, values[place]!])));
  expectRows(named, expected, `${what}, raw`);
}

/** Reads both ways. */
async function expectBoth(
  stage: Stage,
  query: Query,
  args: Args,
  expected: readonly Row[],
  what: string,
): Promise<void> {
  await expectRaw(stage, query, args, expected, what);
  expectRows(await stage.session.read(query, args), expected, `${what}, with names`);
}

const person = (id: number, name: string, city: Value, score: number): Row => ({ id, name, city, score });

/** See {@link Scenario}. */
export const RAW_SCENARIOS: readonly Scenario[] = [
  {
    key: "raw/values-in-column-order",
    needs: ["rawRows"],
    async run(stage) {
      const { session } = stage;
      await expectBoth(stage, db.allPeople, [], [], "An empty table");
      await expectBoth(stage, db.countPeople, [], [{ total: 0 }], "A count of nothing");
      const people = [
        person(1, "Ada", "Rome", 30),
        person(2, "", null, -1),
        person(3, "Bo", "Rome", 2 ** 40),
      ];
      await session.batch(
        db.addPerson,
        people.map((one) => [one["id"]!, one["name"]!, one["city"]!, one["score"]!]),
      );
      for (const one of people) {
        await expectBoth(stage, db.personById, [one["id"]!], [one], "A row by its key");
      }
      await expectBoth(stage, db.personById, [4], [], "A key that is not there");
      const inRange = [{ id: 1, score: 30 }, { id: 2, score: -1 }];
      await expectBoth(stage, db.peopleInRange, [1, 3], inRange, "Two columns of a range");
      await expectBoth(stage, db.countPeople, [], [{ total: 3 }], "A count");
      await session.write(db.renamePerson, ["Cy", 1]);
      await expectBoth(stage, db.personById, [1], [person(1, "Cy", "Rome", 30)], "A row behind a write");
    },
  },
  {
    key: "raw/values-of-every-kind",
    needs: ["rawRows"],
    async run(stage) {
      const { session, capabilities: { columnTypes = [] } } = stage;
      const texts = ["42", " padded ", "\u00e9\u4e2d \u{1f469}", "x".repeat(20_000)];
      for (const [index, text] of texts.entries()) {
        await session.write(db.addPerson, [index, text, null, index]);
        await expectRaw(stage, db.personById, [index], [person(index, text, null, index)], "A text");
      }
      if (columnTypes.includes("real")) {
        const amounts = [0.1, -2.5, 3, null];
        await session.batch(db.addMeasure, amounts.map((amount, id) => [id, amount]));
        const rows = amounts.map((amount, id) => ({ id, amount }));
        await expectRaw(stage, db.allMeasures, [], rows, "Fractions");
      }
      if (columnTypes.includes("blob")) {
        const bytes = Uint8Array.of(0, 1, 255);
        await session.write(db.addFile, [1, bytes]);
        await expectRaw(stage, db.fileById, [1], [{ id: 1, content: bytes }], "Bytes");
      }
    },
  },
];
