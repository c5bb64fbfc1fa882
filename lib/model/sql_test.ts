import assert from "node:assert/strict";
import type { Table } from "./schema.ts";
import { createTableSql, toSql } from "./sql.ts";
import { select, sqlStatement, sum, tablesOf } from "./statement.ts";

const posts: Table = {
  name: "posts",
  columns: [
    { name: "id", type: "integer" },
    { name: "author_id", type: "integer", nullable: true },
    { name: "sent_at", type: "integer" },
    { name: "topic", type: "text", nullable: true },
  ],
  primaryKey: "id",
  indexes: [{ name: "posts_topic", columns: [{ column: "topic", descending: true }, { column: "sent_at" }] }],
};
const authors: Table = {
  name: "authors",
  columns: [{ name: "id", type: "integer" }, { name: "name", type: "text", nullable: true }],
  primaryKey: "id",
  indexes: [],
};
const byTopic = (descending: boolean) =>
  select({
    table: "posts",
    columns: ["id"],
    where: [],
    orderBy: [{ column: "topic", descending }, { column: "id", descending }],
    limit: { param: "limit" },
  });

Deno.test("toSql() tells Postgres where SQLite sorts NULL, for columns that may hold it only", () => {
  assert.equal(
    toSql(byTopic(false), "postgres", [posts]),
    "SELECT id FROM posts ORDER BY topic NULLS FIRST, id LIMIT $1",
  );
  assert.equal(
    toSql(byTopic(true), "postgres", [posts]),
    "SELECT id FROM posts ORDER BY topic DESC NULLS LAST, id DESC LIMIT $1",
  );
  assert.equal(byTopic(true).sql, "SELECT id FROM posts ORDER BY topic DESC, id DESC LIMIT ?");
});

Deno.test("toSql() makes a sum a whole number, and 0 where no row fits, in both dialects", () => {
  const total = sum({
    table: "posts",
    column: "sent_at",
    as: "total",
    where: [{ kind: "equal", column: "author_id", operand: { param: "author_id" } }],
  });
  assert.deepEqual(total.params, ["author_id"]);
  assert.equal(total.sql, "SELECT COALESCE(SUM(sent_at), 0) AS total FROM posts WHERE author_id = ?");
  assert.equal(
    toSql(total, "postgres"),
    "SELECT CAST(COALESCE(SUM(sent_at), 0) AS BIGINT) AS total FROM posts WHERE author_id = $1",
  );
});

Deno.test("toSql() says where NULL goes when it does not know the table", () => {
  assert.equal(
    toSql(byTopic(false), "postgres"),
    "SELECT id FROM posts ORDER BY topic NULLS FIRST, id NULLS FIRST LIMIT $1",
  );
});

Deno.test("toSql() finds the table of each ordering term of a join", () => {
  const joined = select({
    table: "posts",
    as: "p",
    columns: ["p.id", "a.name"],
    join: { table: "authors", as: "a", left: "p.author_id", right: "a.id" },
    where: [],
    orderBy: [
      { column: "a.name", descending: false },
      { column: "a.id", descending: false },
      { column: "p.sent_at", descending: true },
      { column: "p.topic", descending: true },
    ],
  });
  assert.match(
    toSql(joined, "postgres", [posts, authors]),
    / ORDER BY a\.name NULLS FIRST, a\.id, p\.sent_at DESC, p\.topic DESC NULLS LAST$/,
  );
});

Deno.test("createTableSql() makes Postgres indexes in the order that queries ask for", () => {
  assert.equal(
    createTableSql(posts, "postgres").at(-1),
    "CREATE INDEX posts_topic ON posts(topic DESC NULLS LAST, sent_at)",
  );
  assert.equal(
    createTableSql(posts, "sqlite").at(-1),
    "CREATE INDEX posts_topic ON posts(topic DESC, sent_at)",
  );
});

Deno.test("sqlStatement() numbers placeholders for Postgres unless it is given its text", () => {
  const plain = sqlStatement({
    tables: ["posts"],
    params: ["a", "b"],
    sqlite: "DELETE FROM posts WHERE a = ? OR b = ?",
  });
  assert.equal(toSql(plain, "sqlite"), "DELETE FROM posts WHERE a = ? OR b = ?");
  assert.equal(toSql(plain, "postgres"), "DELETE FROM posts WHERE a = $1 OR b = $2");
  const own = sqlStatement({ tables: ["posts", "authors"], sqlite: "SELECT 1", postgres: "SELECT 2" });
  assert.equal(toSql(own, "postgres"), "SELECT 2");
  assert.deepEqual(tablesOf(own), ["posts", "authors"]);
});

Deno.test("toSql() writes an offset behind the limit, and its argument comes last", () => {
  const page = select({
    table: "posts",
    columns: ["id"],
    where: [{ kind: "equal", column: "author_id", operand: { param: "author" } }],
    orderBy: [{ column: "id", descending: false }],
    limit: { param: "limit" },
    offset: { param: "offset" },
  });
  assert.equal(page.sql, "SELECT id FROM posts WHERE author_id = ? ORDER BY id LIMIT ? OFFSET ?");
  assert.deepEqual(page.params, ["author", "limit", "offset"]);
});
