/** Tables and statements of the scenarios: one of each kind that workloads use. */
import type { Capabilities } from "../model/adapter.ts";
import type { Table } from "../model/schema.ts";
import { count, insert, remove, select, sum, update, upsert } from "../model/statement.ts";

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

/** A unique text that upserts name, and a text that may be NULL: for values that are keys, and values that are not. */
export const notes: Table = {
  name: "notes",
  columns: [
    { name: "id", type: "integer" },
    { name: "label", type: "text", unique: true },
    { name: "body", type: "text", nullable: true },
  ],
  primaryKey: "id",
  autoKey: true,
  indexes: [],
};

/** Numbers with fractions, for databases that have such a type. */
export const measures: Table = {
  name: "measures",
  columns: [{ name: "id", type: "integer" }, { name: "amount", type: "real", nullable: true }],
  primaryKey: "id",
  indexes: [],
};

/** Bytes, for databases that have such a type. */
export const files: Table = {
  name: "files",
  columns: [{ name: "id", type: "integer" }, { name: "content", type: "blob", nullable: true }],
  primaryKey: "id",
  indexes: [],
};

/** Tables that every database gets. */
export const TABLES: readonly Table[] = [people, messages, items, notes];

/** The tables of a database with these capabilities. */
export function tablesFor({ columnTypes = [] }: Capabilities): readonly Table[] {
  return [
    ...TABLES,
    ...columnTypes.includes("real") ? [measures] : [],
    ...columnTypes.includes("blob") ? [files] : [],
  ];
}

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
/** Arguments: id, id. */
export const personByTwoKeys = select({
  table: "people",
  columns: ["id", "name"],
  where: [
    { kind: "equal", column: "id", operand: param("id") },
    { kind: "equal", column: "id", operand: param("other_id") },
  ],
  orderBy: [],
});
/** Arguments: city. */
export const peopleByCity = select({
  table: "people",
  columns: ["id", "name"],
  where: [{ kind: "equal", column: "city", operand: param("city") }],
  orderBy: [{ column: "id", descending: false }],
});
/** Arguments: score. */
export const peopleByScore = select({
  table: "people",
  columns: ["id"],
  where: [{ kind: "equal", column: "score", operand: param("score") }],
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
/** Arguments: limit. */
export const firstPeople = select({
  table: "people",
  columns: ["id", "name"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
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
/** No arguments; the column is `points`. */
export const sumScores = sum({ table: "people", column: "score", as: "points", where: [] });
/** Arguments: city; the column is `points`. */
export const sumCity = sum({
  table: "people",
  column: "score",
  as: "points",
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

/** Adds a note whose key the database assigns. */
export const addNote = insert({ table: "notes", columns: ["label", "body"] });
/** Updates the note with the same label. */
export const mergeNote = upsert({
  table: "notes",
  mode: "update",
  conflictColumn: "label",
  columns: ["label", "body"],
});
/** Arguments: body, label. */
export const setNote = update({
  table: "notes",
  set: [{ column: "body", param: "body" }],
  keyColumn: "label",
});
/** Arguments: label. */
export const removeNote = remove({ table: "notes", keyColumn: "label" });
/** Arguments: label. */
export const noteByLabel = select({
  table: "notes",
  columns: ["label", "body"],
  where: [{ kind: "equal", column: "label", operand: param("label") }],
  orderBy: [],
});
/** Arguments: body. */
export const notesByBody = select({
  table: "notes",
  columns: ["label"],
  where: [{ kind: "equal", column: "body", operand: param("body") }],
  orderBy: [{ column: "label", descending: false }],
});
/** No arguments. */
export const allNotes = select({
  table: "notes",
  columns: ["label"],
  where: [],
  orderBy: [{ column: "label", descending: false }],
});

/** Adds a measure. */
export const addMeasure = insert({ table: "measures", columns: ["id", "amount"] });
/** Arguments: amount, id. */
export const setMeasure = update({
  table: "measures",
  set: [{ column: "amount", param: "amount" }],
  keyColumn: "id",
});
/** Arguments: id. */
export const removeMeasure = remove({ table: "measures", keyColumn: "id" });
/** Arguments: id. */
export const measureById = select({
  table: "measures",
  columns: ["id", "amount"],
  where: [{ kind: "equal", column: "id", operand: param("id") }],
  orderBy: [],
});
/** Arguments: amount. */
export const measuresByAmount = select({
  table: "measures",
  columns: ["id"],
  where: [{ kind: "equal", column: "amount", operand: param("amount") }],
  orderBy: [{ column: "id", descending: false }],
});
/** No arguments. */
export const allMeasures = select({
  table: "measures",
  columns: ["id", "amount"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
});

/** Adds a file. */
export const addFile = insert({ table: "files", columns: ["id", "content"] });
/** Arguments: content, id. */
export const setFile = update({
  table: "files",
  set: [{ column: "content", param: "content" }],
  keyColumn: "id",
});
/** Arguments: id. */
export const removeFile = remove({ table: "files", keyColumn: "id" });
/** Arguments: id. */
export const fileById = select({
  table: "files",
  columns: ["id", "content"],
  where: [{ kind: "equal", column: "id", operand: param("id") }],
  orderBy: [],
});
/** Arguments: content. */
export const filesByContent = select({
  table: "files",
  columns: ["id"],
  where: [{ kind: "equal", column: "content", operand: param("content") }],
  orderBy: [{ column: "id", descending: false }],
});
/** No arguments. */
export const allFiles = select({
  table: "files",
  columns: ["id"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
});
/** No arguments; a table that nobody has. */
export const nowhere = select({ table: "nowhere", columns: ["id"], where: [], orderBy: [] });
