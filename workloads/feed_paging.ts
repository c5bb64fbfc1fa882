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
import {
  type Iteration,
  type Operation,
  type Phase,
  type Program,
  type ProgramContext,
  type Row,
  type Seed,
  select,
  type Table,
  update,
  type Workload,
} from "../lib/model/mod.ts";
import { generator, iterations, MIXED_PACINGS, pacingOf, type Revision } from "./_revision.ts";

type Sizes = {
  readonly rowCount: number;
  readonly pageRowCount: number;
  readonly pageCount: number;
  readonly writeCount: number;
  readonly pagingWarmupIterationCount: number;
  readonly pagingIterationCount: number;
  readonly reactiveWarmupIterationCount: number;
  readonly reactiveIterationCount: number;
};

interface FeedRevision extends Revision {
  readonly reactiveWarmupIterationCount: number;
  readonly reactiveIterationCount: number;
}

const TRAFFIC_SEED = 0xFEED;
const AUTHOR_COUNT = 500;

const posts: Table = {
  name: "posts",
  columns: [
    { name: "id", type: "integer" },
    { name: "author_id", type: "integer" },
    { name: "created_at", type: "integer" },
    { name: "body", type: "text" },
    { name: "like_count", type: "integer" },
  ],
  primaryKey: "id",
  indexes: [{
    name: "posts_created_at_id",
    columns: [{ column: "created_at", descending: true }, { column: "id" }],
  }],
};

const page = {
  table: "posts",
  columns: ["id", "author_id", "created_at", "body", "like_count"],
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

const readPost = select({
  table: "posts",
  columns: ["id", "like_count"],
  where: [{ kind: "equal", column: "id", operand: { param: "id" } }],
  orderBy: [],
});

const likePost = update({ table: "posts", set: [{ column: "like_count", increment: 1 }], keyColumn: "id" });

function program(revision: Revision, sizes: Sizes, context: ProgramContext): Program {
  const feed = feedSeed(revision, sizes, context);
  const paging = pagingPhase(revision, sizes, context, feed);
  const reactive = (iterationIndex: number) => reactivePhase(revision, sizes, context, iterationIndex);
  return {
    tables: [posts],
    seeds: [feed],
    iterations: [
      ...repeat(() => paging, sizes.pagingWarmupIterationCount, sizes.pagingIterationCount),
      ...repeat(reactive, sizes.reactiveWarmupIterationCount, sizes.reactiveIterationCount),
    ],
  };
}

function repeat(
  phase: (iterationIndex: number) => Phase,
  warmupIterationCount: number,
  iterationCount: number,
): Iteration[] {
  return iterations({ warmupIterationCount, iterationCount }, (iterationIndex) => [phase(iterationIndex)]);
}

function feedSeed(revision: Revision, sizes: Sizes, context: ProgramContext): Seed {
  const random = generator(revision, TRAFFIC_SEED, context);
  const authorIds = Uint16Array.from({ length: sizes.rowCount }, () => random.nextInt(AUTHOR_COUNT) + 1);
  return {
    table: "posts",
    rowCount: sizes.rowCount,
    firstKey: 1,
    row: (index) => ({
      id: index + 1,
      author_id: authorIds[index]!,
      created_at: index,
      body: `body_${index}`,
      like_count: 0,
    }),
    batchSize: 10_000,
  };
}

function pagingPhase(revision: Revision, sizes: Sizes, context: ProgramContext, feed: Seed): Phase {
  const lastOfPage = (pageIndex: number): Row =>
    feed.row(sizes.rowCount - sizes.pageRowCount * (pageIndex + 1));
  return {
    name: "paging",
    watches: [],
    operations: () =>
      Array.from({ length: sizes.pageCount }, (_, pageIndex): Operation => {
        const label = "read page";
        if (pageIndex === 0) {
          return { kind: "read", label, query: readFirstPage, args: [sizes.pageRowCount] };
        }
        const cursor = lastOfPage(pageIndex - 1);
        const args = [cursor.created_at!, cursor.id!, sizes.pageRowCount];
        return { kind: "read", label, query: readNextPage, args };
      }),
    warmupOperationCount: 0,
    pacing: pacingOf(revision, context, 0, 0),
    checks: [],
  };
}

function reactivePhase(
  revision: Revision,
  sizes: Sizes,
  context: ProgramContext,
  iterationIndex: number,
): Phase {
  const random = generator(revision, TRAFFIC_SEED ^ 0xDEAD, context);
  const likedIds = Array.from({ length: sizes.writeCount }, () => random.nextInt(sizes.rowCount) + 1);
  return {
    name: "reactive",
    watches: [{ query: readFirstPage, args: [sizes.pageRowCount] }],
    operations: () =>
      likedIds.map((id): Operation => ({ kind: "write", label: "like", statement: likePost, args: [id] })),
    warmupOperationCount: 0,
    pacing: pacingOf(revision, context, iterationIndex, sizes.reactiveWarmupIterationCount),
    // The watched page may not hold a single liked post.
    checks: [likedIds[0]!, likedIds.at(-1)!].map((id) => ({ query: readPost, args: [id] })),
  };
}

function workload(revision: FeedRevision, unfair: string): Workload {
  const iterationCounts = {
    pagingWarmupIterationCount: 2,
    pagingIterationCount: 5,
    reactiveWarmupIterationCount: revision.reactiveWarmupIterationCount,
    reactiveIterationCount: revision.reactiveIterationCount,
  };
  return {
    id: "feed-paging",
    version: revision.version,
    title: "Feed paging",
    question:
      "What does a page of an endless scroll cost, and does a watched page keep still while others change?",
    unfair,
    slow: false,
    withoutLiveQueries: "floor",
    phases: [
      { name: "paging", title: "Keyset paging" },
      { name: "reactive", title: "Likes beside a watched page" },
    ],
    parameters: {
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
      standard: {
        rowCount: 100_000,
        pageRowCount: 50,
        pageCount: 20,
        writeCount: 100,
        ...iterationCounts,
      },
      large: {
        rowCount: 1_000_000,
        pageRowCount: 50,
        pageCount: 200,
        writeCount: 1000,
        ...iterationCounts,
      },
    },
    program: (sizes: Sizes, context) => program(revision, sizes, context),
  };
}

/** All versions, oldest first. */
export const feedPaging: readonly Workload[] = [
  workload(
    {
      version: 1,
      pacings: [{ turns: 0 }],
      variesTraffic: false,
      reactiveWarmupIterationCount: 2,
      reactiveIterationCount: 3,
    },
    "No liked post is on the watched page: a live query that has died looks perfect. " +
      "Without turns, libraries that deliver by timers cannot deliver before the burst ends.",
  ),
  workload(
    {
      version: 2,
      pacings: [{ turns: 1 }],
      variesTraffic: true,
      reactiveWarmupIterationCount: 1,
      reactiveIterationCount: 3,
    },
    "With the published traffic no liked post is on the watched page: a live query that has died looks perfect.",
  ),
  workload(
    {
      version: 3,
      pacings: MIXED_PACINGS,
      variesTraffic: true,
      reactiveWarmupIterationCount: 1,
      reactiveIterationCount: 4,
    },
    "With the published traffic no liked post is on the watched page: a live query that has died looks perfect.",
  ),
];
