import assert from "node:assert/strict";
import { SCALES } from "../lib/model/mod.ts";
import { argumentsOf, MemoryDatabase, phasesOf, programOf, schemaSql, trafficSql } from "./_testing.ts";

const FIRST_PAGE = "SELECT id, author_id, created_at, body, like_count FROM posts " +
  "ORDER BY created_at DESC, id DESC LIMIT ?";

Deno.test("feed-paging@1 speaks resqlite's SQL", () => {
  const program = programOf("feed-paging@1");
  assert.deepEqual(schemaSql(program), [
    "CREATE TABLE posts(id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL, created_at INTEGER NOT NULL, " +
    "body TEXT NOT NULL, like_count INTEGER NOT NULL)",
    "CREATE INDEX posts_created_at_id ON posts(created_at DESC, id)",
  ]);
  assert.deepEqual(trafficSql(program), [
    FIRST_PAGE,
    FIRST_PAGE.replace("ORDER", "WHERE (created_at, id) < (?, ?) ORDER"),
    "UPDATE posts SET like_count = like_count + 1 WHERE id = ?",
  ]);
});

Deno.test("feed-paging@1 seeds what resqlite does", () => {
  const [seed] = programOf("feed-paging@1").seeds;
  assert.deepEqual([seed!.rowCount, seed!.batchSize], [100_000, 10_000]);
  assert.deepEqual(seed!.row(0), { id: 1, author_id: 432, created_at: 0, body: "body_0", like_count: 0 });
  assert.deepEqual(
    Array.from({ length: 10 }, (_, index) => seed!.row(index).author_id),
    [432, 310, 18, 369, 232, 489, 338, 233, 284, 149],
  );
});

Deno.test("feed-paging walks and likes as often as its version says", () => {
  const shape = (name: string) =>
    programOf(name).iterations.map(({ warmup, phases }) =>
      `${warmup ? "warm " : ""}${phases.map((phase) => phase.name)}`
    );
  const walks = ["warm paging", "warm paging", ...new Array<string>(5).fill("paging")];
  const likes = ["warm reactive", ...new Array<string>(3).fill("reactive")];
  assert.deepEqual(shape("feed-paging@1"), [...walks, "warm reactive", ...likes]);
  assert.deepEqual(shape("feed-paging@2"), [...walks, ...likes]);
});

Deno.test("feed-paging likes no post of the watched page with the published traffic", () => {
  for (const name of ["feed-paging@1", "feed-paging@2"]) {
    for (const phase of phasesOf(programOf(name), "reactive")) {
      assert.deepEqual(phase.watches.map((watch) => watch.args), [[50]]);
      const ids = phase.operations().flatMap(argumentsOf).map(([id]) => Number(id));
      assert.deepEqual(ids.slice(0, 3), [95_083, 76_998, 85_926]);
      assert.equal(ids.length, 100);
      assert.equal(ids.filter((id) => id > 99_950).length, 0);
    }
  }
});

Deno.test("feed-paging reads the walk that a client would, following the last row of each page", () => {
  for (const scale of SCALES.filter((candidate) => candidate !== "large")) {
    const program = programOf("feed-paging", scale);
    using database = new MemoryDatabase(program);
    const [phase] = phasesOf(program, "paging");
    let cursor: unknown[] = [];
    const ids: number[] = [];
    for (const operation of phase!.operations()) {
      assert.ok(operation.kind === "read");
      assert.deepEqual(operation.args.slice(0, -1), cursor);
      const rows = database.run(operation);
      ids.push(...rows.map((row) => Number(row.id)));
      cursor = [rows.at(-1)!.created_at, rows.at(-1)!.id];
    }
    assert.deepEqual(ids, ids.map((_, index) => program.seeds[0]!.rowCount - index));
  }
});
