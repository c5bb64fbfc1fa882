/**
 * A feed of a hundred thousand posts. `paging`: what does each page of an endless scroll cost, from the newest post
 * backwards by keyset, without OFFSET? `reactive`: the newest page is watched while posts all over the feed are liked;
 * does the database keep still as long as that page does not change?
 *
 * Unfair: with the published traffic none of the liked posts is on the watched page, so that a live query that has died
 * looks perfect here; other workloads find it. The ordering `(created_at DESC, id DESC)` does not match the index
 * `(created_at DESC, id)`: it would only matter where posts share their `created_at`, which none does, but a planner
 * cannot know that.
 *
 * Version 1 is resqlite's A6. Its published reactive time contains quiet windows of 100 ms, ours does not. Its published
 * page time of an asynchronous library ends before the rows are looked at, ours behind that; and the cursors are computed
 * from the seed instead of being taken from the page before. Version 2 takes one turn of the event loop after each
 * operation and has one warm-up less. Likes are increments, true changes in both versions.
 */
import { type Row, select, update } from "../lib/model/mod.ts";
import {
  AT_ONCE,
  bind,
  declareWorkload,
  MIXED_PACINGS,
  ONE_TURN,
  phase,
  read,
  times,
  write,
} from "./_declare.ts";
import { byKey, columnsOf, seedOf, table } from "./_schema.ts";

const TRAFFIC_SEED = 0xFEED;
const AUTHOR_COUNT = 500;

const posts = table(
  "posts",
  { id: "integer", author_id: "integer", created_at: "integer", body: "text", like_count: "integer" },
  { indexes: { posts_created_at_id: ["-created_at", "id"] } },
);

const page = {
  table: posts.name,
  columns: columnsOf(posts),
  orderBy: [{ column: "created_at", descending: true }, { column: "id", descending: true }],
  limit: { param: "limit" },
};

const readFirstPage = select({ ...page, where: [] });

const readNextPage = select({
  ...page,
  where: [{
    kind: "before",
    columns: ["created_at", "id"],
    operands: [{ param: "created_at" }, { param: "id" }],
  }],
});

const readPost = byKey(posts, ["id", "like_count"]);

const likePost = update({
  table: posts.name,
  set: [{ column: "like_count", increment: 1 }],
  keyColumn: "id",
});

const DEAD_LOOKS_PERFECT =
  "With the published traffic no liked post is on the watched page: a live query that has died looks perfect.";

/** All versions, oldest first. */
export const feedPaging = declareWorkload({
  id: "feed-paging",
  title: "Feed paging",
  question:
    "What does a page of an endless scroll cost, and does a watched page keep still while others change?",
  phases: { paging: "Keyset paging", reactive: "Likes beside a watched page" },
  // Pages are read one after the other, as somebody scrolls; likes come by themselves.
  openLoop: {
    phase: "reactive",
    operationCount: "writeCount",
    parameters: {
      pagingWarmupIterationCount: 0,
      pagingIterationCount: 1,
      reactiveWarmupIterationCount: 0,
      reactiveIterationCount: 1,
    },
  },
  versions: [
    {
      pacings: AT_ONCE,
      variesTraffic: false,
      reactiveWarmupIterationCount: 2,
      reactiveIterationCount: 3,
      unfair: "No liked post is on the watched page: a live query that has died looks perfect. " +
        "Without turns, libraries that deliver by timers cannot deliver before the burst ends.",
    },
    {
      pacings: ONE_TURN,
      variesTraffic: true,
      reactiveWarmupIterationCount: 1,
      reactiveIterationCount: 3,
      unfair: DEAD_LOOKS_PERFECT,
    },
    {
      pacings: MIXED_PACINGS,
      variesTraffic: true,
      reactiveWarmupIterationCount: 1,
      reactiveIterationCount: 4,
      unfair: DEAD_LOOKS_PERFECT,
    },
  ],
  sizes: ({ reactiveWarmupIterationCount, reactiveIterationCount }) => {
    const passCounts = {
      pagingWarmupIterationCount: 2,
      pagingIterationCount: 5,
      reactiveWarmupIterationCount,
      reactiveIterationCount,
    };
    return {
      smoke: {
        rowCount: 500,
        pageRowCount: 10,
        pageCount: 5,
        writeCount: 30,
        pagingWarmupIterationCount: 1,
        pagingIterationCount: 1,
        reactiveWarmupIterationCount: 1,
        reactiveIterationCount: 1,
      },
      standard: { rowCount: 100_000, pageRowCount: 50, pageCount: 20, writeCount: 100, ...passCounts },
      large: { rowCount: 1_000_000, pageRowCount: 50, pageCount: 200, writeCount: 1000, ...passCounts },
    };
  },
  program(block) {
    const { rowCount, pageRowCount, pageCount, writeCount, ...passCounts } = block.sizes;
    const authors = block.random(TRAFFIC_SEED);
    const authorIds = Uint16Array.from({ length: rowCount }, () => authors.nextInt(AUTHOR_COUNT) + 1);
    const post = (index: number): Row => ({
      id: index + 1,
      author_id: authorIds[index]!,
      created_at: index,
      body: `body_${index}`,
      like_count: 0,
    });
    const likes = block.random(TRAFFIC_SEED ^ 0xDEAD);
    const likedIds = times(writeCount, () => likes.nextInt(rowCount) + 1);

    const readPage = (pageIndex: number) => {
      if (pageIndex === 0) return read("read page", readFirstPage, pageRowCount);
      const cursor = post(rowCount - pageRowCount * pageIndex);
      return read("read page", readNextPage, cursor["created_at"]!, cursor["id"]!, pageRowCount);
    };
    const [paging] = block.onePass((pass) => [
      phase(pass, { name: "paging", operations: () => times(pageCount, readPage) }),
    ]);
    return {
      tables: [posts],
      seeds: [seedOf(posts, rowCount, post, { batchSize: 10_000 })],
      iterations: [
        // Reads do not differ by what the caller does between them: all walks pace themselves like the first.
        ...block.passes({
          warmupIterationCount: passCounts.pagingWarmupIterationCount,
          iterationCount: passCounts.pagingIterationCount,
        }, () => paging!.phases),
        ...block.passes({
          warmupIterationCount: passCounts.reactiveWarmupIterationCount,
          iterationCount: passCounts.reactiveIterationCount,
        }, (pass) => [phase(pass, {
          name: "reactive",
          watches: [bind(readFirstPage, pageRowCount)],
          operations: () => likedIds.map((id) => write("like", likePost, id)),
          // The watched page may not hold a single liked post.
          checks: [likedIds[0]!, likedIds.at(-1)!].map((id) => bind(readPost, id)),
        })]),
      ],
    };
  },
});
