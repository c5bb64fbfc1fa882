/** Tables and statements of the scenarios: one of each kind that workloads use. */
import type { Table } from "../model/schema.ts";
import { count, insert, remove, select, update, upsert } from "../model/statement.ts";

const param = (name: string) => ({ param: name });

/** Keys come with the inserts; `city` may be NULL. */
export const people: Table = {
  name: "people",
  columns: [
    { name: "id", type: "integer" },
    { name: "name", type: "text" },
    { name: "city", type: "text", nullable: true },
    { name: "score", type: "integer" },
  ],
  primaryKey: "id",
  indexes: [{ name: "people_city", columns: [{ column: "city" }] }],
};

/** The database assigns keys where inserts leave them out. */
export const messages: Table = {
  name: "messages",
  columns: [
    { name: "id", type: "integer" },
    { name: "room", type: "integer" },
    { name: "sender_id", type: "integer" },
    { name: "sent_at", type: "integer" },
  ],
  primaryKey: "id",
  autoKey: true,
  indexes: [{ name: "messages_room_sent", columns: [{ column: "room" }, { column: "sent_at" }] }],
};

/** Assigned keys and a unique column that upserts name. */
export const items: Table = {
  name: "items",
  columns: [
    { name: "id", type: "integer" },
    { name: "external_id", type: "integer", unique: true, nullable: true },
    { name: "payload", type: "text" },
  ],
  primaryKey: "id",
  autoKey: true,
  indexes: [],
};

/** All tables of the suite. */
export const TABLES: readonly Table[] = [people, messages, items];

/** Adds a person with all columns. */
export const addPerson = insert({ table: "people", columns: ["id", "name", "city", "score"] });
/** Arguments: name, id. */
export const renamePerson = update({
  table: "people",
  set: [{ column: "name", param: "name" }],
  keyColumn: "id",
});
/** Arguments: city, score, id. */
export const movePerson = update({
  table: "people",
  set: [{ column: "city", param: "city" }, { column: "score", param: "score" }],
  keyColumn: "id",
});
/** Arguments: name, id. The score goes up by 3. */
export const rewardPerson = update({
  table: "people",
  set: [{ column: "score", increment: 3 }, { column: "name", param: "name" }],
  keyColumn: "id",
});
/** Arguments: id. */
export const removePerson = remove({ table: "people", keyColumn: "id" });
/** Arguments: id. */
export const personById = select({
  table: "people",
  columns: ["id", "name", "city", "score"],
  where: [{ kind: "equal", column: "id", operand: param("id") }],
  orderBy: [],
});
/** Arguments: city. */
export const peopleByCity = select({
  table: "people",
  columns: ["id", "name"],
  where: [{ kind: "equal", column: "city", operand: param("city") }],
  orderBy: [{ column: "id", descending: false }],
});
/** Arguments: from, below. */
export const peopleInRange = select({
  table: "people",
  columns: ["id", "score"],
  where: [{ kind: "range", column: "id", from: param("from"), below: param("below") }],
  orderBy: [{ column: "id", descending: false }],
});
/** Arguments: limit. */
export const bestPeople = select({
  table: "people",
  columns: ["id", "score"],
  where: [],
  orderBy: [{ column: "score", descending: true }, { column: "id", descending: true }],
  limit: param("limit"),
});
/** Arguments: score, id, limit. */
export const peopleBefore = select({
  table: "people",
  columns: ["id", "score"],
  where: [{ kind: "before", columns: ["score", "id"], operands: [param("score"), param("id")] }],
  orderBy: [{ column: "score", descending: true }, { column: "id", descending: true }],
  limit: param("limit"),
});
/** Arguments: limit. A city may be NULL, which comes first. */
export const firstCities = select({
  table: "people",
  columns: ["id", "city"],
  where: [],
  orderBy: [{ column: "city", descending: false }, { column: "id", descending: false }],
  limit: param("limit"),
});
/** Arguments: limit. A city may be NULL, which comes last. */
export const lastCities = select({
  table: "people",
  columns: ["id", "city"],
  where: [],
  orderBy: [{ column: "city", descending: true }, { column: "id", descending: true }],
  limit: param("limit"),
});
/** No arguments; the column is `total`. */
export const countPeople = count({ table: "people", as: "total", where: [] });
/** Arguments: city; the column is `total`. */
export const countCity = count({
  table: "people",
  as: "total",
  where: [{ kind: "equal", column: "city", operand: param("city") }],
});
/** No arguments. */
export const allPeople = select({
  table: "people",
  columns: ["id"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
});

/** Adds a message whose key the database assigns. */
export const addMessage = insert({ table: "messages", columns: ["room", "sender_id", "sent_at"] });
/** Adds a message that brings its key along, as seeds do. */
export const addKeyedMessage = insert({ table: "messages", columns: ["id", "room", "sender_id", "sent_at"] });
/** Arguments: id. */
export const removeMessage = remove({ table: "messages", keyColumn: "id" });
/** Arguments: sent_at, id. */
export const touchMessage = update({
  table: "messages",
  set: [{ column: "sent_at", param: "sent_at" }],
  keyColumn: "id",
});
/** Arguments: room, limit. The newest messages first. */
export const latestMessages = select({
  table: "messages",
  columns: ["id", "sent_at"],
  where: [{ kind: "equal", column: "room", operand: param("room") }],
  orderBy: [{ column: "sent_at", descending: true }],
  limit: param("limit"),
});
/** Arguments: room, limit. The newest messages first, with the name of who sent them. */
export const messagesWithSender = select({
  table: "messages",
  as: "m",
  columns: ["m.id", "m.sent_at", "p.name"],
  join: { table: "people", as: "p", left: "m.sender_id", right: "p.id" },
  where: [{ kind: "equal", column: "m.room", operand: param("room") }],
  orderBy: [{ column: "m.sent_at", descending: true }],
  limit: param("limit"),
});
/** No arguments. */
export const allMessages = select({
  table: "messages",
  columns: ["id"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
});

/** Adds an item whose key the database assigns. */
export const addItem = insert({ table: "items", columns: ["external_id", "payload"] });
/** Replaces the item with the same external id. */
export const replaceItem = upsert({
  table: "items",
  mode: "replace",
  conflictColumn: "external_id",
  columns: ["external_id", "payload"],
});
/** Updates the item with the same external id. */
export const mergeItem = upsert({
  table: "items",
  mode: "update",
  conflictColumn: "external_id",
  columns: ["external_id", "payload"],
});
/** Arguments: external_id. */
export const removeItem = remove({ table: "items", keyColumn: "external_id" });
/** No arguments. */
export const allItems = select({
  table: "items",
  columns: ["external_id", "payload"],
  where: [],
  orderBy: [{ column: "external_id", descending: false }],
});
/** No arguments; the column is `c`. */
export const countItems = count({ table: "items", as: "c", where: [] });
