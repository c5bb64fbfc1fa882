/**
 * An application starts on the database of yesterday: a new process opens a full directory and shows a screen of ten
 * watched queries. How long until it is open, until something is to be seen, and until all of it is? Once after a clean
 * close, once after a kill, when whatever the last process left in a log has to be worked in first.
 *
 * Unfair: the files were just written, so that the kernel has them in memory; a phone that starts has to read them. The
 * runtime's own start is not counted, loading the driver is. Stores that hold everything in memory load the whole
 * database here, however little the screen shows, and those that keep nothing at all are left out.
 */
import {
  insert,
  type Iteration,
  type Operation,
  type Phase,
  type Program,
  type ProgramContext,
  update,
  type Workload,
} from "../lib/model/mod.ts";
import { messages, rooms, SCREEN, users } from "./_start_screen.ts";

type Sizes = {
  readonly userCount: number;
  readonly roomCount: number;
  readonly messageCount: number;
  readonly changeCount: number;
  readonly startCount: number;
};

const addMessage = insert({ table: "messages", columns: ["id", "room_id", "sender_id", "body"] });
const touchRoom = update({
  table: "rooms",
  set: [{ column: "changed_at", param: "changed_at" }],
  keyColumn: "id",
});

function program(sizes: Sizes, { blockIndex, pacing = { turns: 0 } }: ProgramContext): Program {
  const { userCount, roomCount, messageCount, changeCount, startCount } = sizes;
  const message = (index: number) => ({
    id: index + 1,
    room_id: index % roomCount + 1,
    sender_id: index * 7 % userCount + 1,
    body: `message ${index} of somebody who has something to say`,
  });
  const screen = (name: string): Phase => ({
    name,
    watches: SCREEN,
    operations: () => [],
    warmupOperationCount: 0,
    pacing,
    checks: [],
  });
  /** What a process leaves in the log when it is killed behind them. */
  const changes = (start: number): Phase => ({
    name: "changes",
    watches: [],
    operations: () =>
      Array.from({ length: changeCount }, (_, index): Operation => {
        const { id, room_id, sender_id, body } = message(messageCount + start * changeCount + index);
        return index % 2 === 0
          ? { kind: "write", label: "insert", statement: addMessage, args: [id, room_id, sender_id, body] }
          : {
            kind: "write",
            label: "update",
            statement: touchRoom,
            // No block writes what another one wrote.
            args: [id + blockIndex * startCount * changeCount, room_id],
          };
      }),
    warmupOperationCount: 0,
    pacing,
    checks: [],
  });
  const starts = Array.from({ length: startCount }, (_, start): Iteration[] => [
    {
      warmup: false,
      freshSession: false,
      reopens: "closed",
      phases: [screen("after-close"), changes(start)],
    },
    { warmup: false, freshSession: false, reopens: "killed", phases: [screen("after-kill")] },
  ]);
  return {
    tables: [users, rooms, messages],
    seeds: [
      {
        table: "users",
        rowCount: userCount,
        firstKey: 1,
        row: (index) => ({ id: index + 1, name: `user ${index}` }),
        batchSize: 1000,
      },
      {
        table: "rooms",
        rowCount: roomCount,
        firstKey: 1,
        row: (index) => ({ id: index + 1, title: `room ${index}`, changed_at: 0 }),
        batchSize: 1000,
      },
      { table: "messages", rowCount: messageCount, firstKey: 1, row: message, batchSize: 1000 },
    ],
    iterations: [{ warmup: true, freshSession: true, phases: [] }, ...starts.flat()],
  };
}

/** See the module. */
export const coldStart: readonly Workload[] = [{
  id: "cold-start",
  version: 1,
  title: "Cold start",
  question: "How long does a new process need to open a full database and show a screen of ten live queries?",
  unfair:
    "The files are still in the kernel's memory. Stores that hold everything in memory load the whole database, " +
    "and those that keep nothing are left out.",
  slow: false,
  withoutLiveQueries: "floor",
  needs: ["durability"],
  closedLoopReason: "its phases are starts of a process, without operations",
  phases: [
    { name: "after-close", title: "After a clean close" },
    { name: "changes", title: "Writes in between" },
    { name: "after-kill", title: "After a kill" },
  ],
  parameters: {
    smoke: { userCount: 20, roomCount: 5, messageCount: 200, changeCount: 10, startCount: 1 },
    standard: { userCount: 500, roomCount: 100, messageCount: 20_000, changeCount: 100, startCount: 3 },
    large: { userCount: 5000, roomCount: 1000, messageCount: 200_000, changeCount: 1000, startCount: 3 },
  },
  program: (parameters, context) => program(parameters as Sizes, context),
}];
