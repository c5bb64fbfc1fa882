/** The screen that an application shows when it starts: ten live queries on three tables. */
import { type BoundQuery, count, select, type Table } from "../lib/model/mod.ts";

/** Who writes. */
export const users: Table = {
  name: "users",
  columns: [{ name: "id", type: "integer" }, { name: "name", type: "text" }],
  primaryKey: "id",
  indexes: [],
};

/** Where they write. */
export const rooms: Table = {
  name: "rooms",
  columns: [{ name: "id", type: "integer" }, { name: "title", type: "text" }, {
    name: "changed_at",
    type: "integer",
  }],
  primaryKey: "id",
  indexes: [{ name: "rooms_changed", columns: [{ column: "changed_at" }] }],
};

/** What they write. */
export const messages: Table = {
  name: "messages",
  columns: [
    { name: "id", type: "integer" },
    { name: "room_id", type: "integer" },
    { name: "sender_id", type: "integer" },
    { name: "body", type: "text" },
  ],
  primaryKey: "id",
  indexes: [{ name: "messages_room", columns: [{ column: "room_id" }, { column: "id" }] }],
};

const readMe = select({
  table: "users",
  columns: ["id", "name"],
  where: [{ kind: "equal", column: "id", operand: { param: "id" } }],
  orderBy: [],
});
const readContacts = select({
  table: "users",
  columns: ["id", "name"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
  limit: { value: 50 },
});
const readRooms = select({
  table: "rooms",
  columns: ["id", "title", "changed_at"],
  where: [],
  orderBy: [{ column: "changed_at", descending: true }, { column: "id", descending: true }],
  limit: { value: 30 },
});
const readMessages = select({
  table: "messages",
  columns: ["id", "sender_id", "body"],
  where: [{ kind: "equal", column: "room_id", operand: { param: "room_id" } }],
  orderBy: [{ column: "id", descending: true }],
  limit: { value: 30 },
});
const readMessagesWithSender = select({
  table: "messages",
  as: "m",
  columns: ["m.id", "m.body", "u.name"],
  join: { table: "users", as: "u", left: "m.sender_id", right: "u.id" },
  where: [{ kind: "equal", column: "m.room_id", operand: { param: "room_id" } }],
  orderBy: [{ column: "m.id", descending: true }],
  limit: { value: 20 },
});
const countMessages = count({ table: "messages", as: "total", where: [] });
const countInRoom = count({
  table: "messages",
  as: "total",
  where: [{ kind: "equal", column: "room_id", operand: { param: "room_id" } }],
});

/** What the application shows when it starts. */
export const SCREEN: readonly BoundQuery[] = [
  { query: readMe, args: [1] },
  { query: readContacts, args: [] },
  { query: readRooms, args: [] },
  { query: readMessagesWithSender, args: [1] },
  ...[1, 2, 3, 4].map((room) => ({ query: readMessages, args: [room] })),
  { query: countMessages, args: [] },
  { query: countInRoom, args: [1] },
];
