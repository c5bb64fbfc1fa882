/**
 * One screen over the rows of a board: how many tickets stand in each of four columns, what their scores add up to, a
 * list of the first tickets, and four of them in detail. Each write moves a ticket to another column, which concerns two
 * counts, two sums, the list and a detail. Does the screen ever show two commits at once?
 *
 * Unfair: to show every query as soon as it is known is a choice, and often the faster one. Torn turns say what a reader
 * sees, not who is wrong. Libraries that have no sums watch the rows and add them up, as their users do.
 *
 * Version 1 had no sums: the screen watched the scores of each column.
 */
import { type BoundQuery, count, type Filter, select, sum } from "../lib/model/mod.ts";
import { bind, declareWorkload, MIXED_PACINGS, ONE_PASS, phase, times, write } from "./_declare.ts";
import { byKey, seedOf, setByKey, table } from "./_schema.ts";

const tickets = table(
  "tickets",
  { id: "integer", board_id: "integer", score: "integer", title: "text" },
  { indexes: { tickets_board_score: ["board_id", "score"] } },
);

const COLUMN_COUNT = 4;
/** Scores of a column of the board lie between its number and the next one, times this. */
const COLUMN_SPAN = 1_000_000_000;

const board: Filter = { kind: "equal", column: "board_id", operand: { param: "board_id" } };
const inColumn: readonly Filter[] = [
  board,
  { kind: "range", column: "score", from: { param: "from" }, below: { param: "below" } },
];
const byId = [{ column: "id", descending: false }];

const countColumn = count({ table: tickets.name, as: "tickets", where: inColumn });
const readScores = select({ table: tickets.name, columns: ["id", "score"], where: inColumn, orderBy: byId });
const sumScores = sum({ table: tickets.name, column: "score", as: "points", where: inColumn });
const readFirst = select({
  table: tickets.name,
  columns: ["id", "score", "title"],
  where: [board],
  orderBy: byId,
  limit: { value: 20 },
});
const readTicket = byKey(tickets);
const moveTicket = setByKey(tickets, "score", "title");

const CHOICE =
  "To show each query as soon as it is known is a choice: torn turns say what a reader sees, not who is wrong.";

/** All versions, oldest first. */
export const dashboard = declareWorkload({
  id: "dashboard",
  title: "Dashboard",
  question: "Does a screen of several live queries ever show two commits at once?",
  phases: { burst: "Tickets move between columns" },
  openLoop: { phase: "burst", operationCount: "writeCount", parameters: ONE_PASS },
  versions: [
    { pacings: MIXED_PACINGS, variesTraffic: true, watchesScores: true, unfair: CHOICE },
    { pacings: MIXED_PACINGS, variesTraffic: true, watchesScores: false, unfair: CHOICE },
  ],
  withoutLiveQueries: "skip",
  sizes: () => ({
    smoke: {
      boardCount: 3,
      ticketCount: 12,
      detailCount: 4,
      writeCount: 30,
      warmupIterationCount: 1,
      iterationCount: 1,
    },
    standard: {
      boardCount: 100,
      ticketCount: 40,
      detailCount: 4,
      writeCount: 50,
      warmupIterationCount: 1,
      iterationCount: 4,
    },
    large: {
      boardCount: 1000,
      ticketCount: 400,
      detailCount: 4,
      writeCount: 500,
      warmupIterationCount: 1,
      iterationCount: 4,
    },
  }),
  program(block) {
    const { boardCount, ticketCount, detailCount, writeCount } = block.sizes;
    const random = block.random(0xDA5B);
    // No score is 0: a ticket that adds nothing would leave a sum as it is.
    const leastScore = block.version.watchesScores ? 0 : 1;
    const seededScore = (index: number): number => (index % COLUMN_COUNT) * COLUMN_SPAN + leastScore;
    // Which column each detailed ticket of the first board stands in, as the passes move them.
    const columnOf = times(detailCount, (index) => index % COLUMN_COUNT);
    const screen: BoundQuery[] = [
      ...times(COLUMN_COUNT, (column) => [column * COLUMN_SPAN, (column + 1) * COLUMN_SPAN] as const)
        .flatMap(([from, below]) =>
          [countColumn, block.version.watchesScores ? readScores : sumScores]
            .map((query) => bind(query, 1, from, below))
        ),
      bind(readFirst, 1),
      ...times(detailCount, (index) => bind(readTicket, index + 1)),
    ];
    return {
      tables: [tickets],
      seeds: [seedOf(tickets, boardCount * ticketCount, (index) => ({
        id: index + 1,
        board_id: Math.floor(index / ticketCount) + 1,
        score: seededScore(index % ticketCount),
        title: `ticket ${index + 1}`,
      }))],
      iterations: block.passes(block.sizes, (pass) => {
        const first = pass.firstValue(writeCount);
        const moves = times(writeCount, (index) => {
          const ticket = random.nextInt(detailCount);
          const column = (columnOf[ticket]! + 1 + random.nextInt(COLUMN_COUNT - 1)) % COLUMN_COUNT;
          columnOf[ticket] = column;
          return {
            id: ticket + 1,
            serial: first + index,
            score: column * COLUMN_SPAN + leastScore + first + index,
          };
        });
        return [phase(pass, {
          name: "burst",
          isScreen: true,
          watches: screen,
          operations: () =>
            moves.map(({ id, serial, score }) => write("move", moveTicket, score, `moved ${serial}`, id)),
        })];
      }),
    };
  },
});
