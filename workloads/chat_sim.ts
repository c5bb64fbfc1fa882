/**
 * A chat application at work: five of a hundred acts insert a message, five mark a conversation, forty-five show the
 * last messages of a conversation with their senders, forty-five show a user. What does each act cost the caller?
 *
 * Unfair: acts follow each other without a pause and nothing is watched, so that background work after a write falls
 * into the next act, and live queries cost and gain nothing. Popular conversations are read again and again (Zipf), which
 * favours caches. Databases without joins join by hand, as their users would.
 *
 * Version 1 is resqlite's A5. The database assigns the keys of inserted messages, and these are older than the seeded
 * ones: they sort to the end of "last 20" and almost never show. In version 2 the caller assigns the keys, inserted
 * messages are the newest of their conversation, and one turn of the event loop follows each act.
 */
import { ZipfSampler } from "../lib/dataset/mod.ts";
import {
  count,
  insert,
  type InsertStatement,
  type Operation,
  type Program,
  type ProgramContext,
  type Seed,
  select,
  type Table,
  update,
  type Workload,
} from "../lib/model/mod.ts";
import { firstValue, generator, generatorSeed, iterations, pacingOf, type Revision } from "./_revision.ts";

type Sizes = {
  readonly userCount: number;
  readonly conversationCount: number;
  readonly messageCount: number;
  readonly operationCount: number;
  readonly warmupOperationCount: number;
};

interface ChatRevision extends Revision {
  /** Inserts bring their key and are newer than the seeds; otherwise the database assigns the key. */
  readonly insertsNewest: boolean;
}

const TRAFFIC_SEED = 0x5EED;
const ZIPF_EXPONENT = 1;
const SINGLE_PASS = { warmupIterationCount: 0, iterationCount: 1 };

const users: Table = {
  name: "users",
  columns: [
    { name: "id", type: "integer" },
    { name: "name", type: "text" },
    { name: "avatar_url", type: "text" },
  ],
  primaryKey: "id",
  indexes: [],
};

const conversations: Table = {
  name: "conversations",
  columns: [{ name: "id", type: "integer" }, { name: "last_msg_at", type: "integer" }],
  primaryKey: "id",
  indexes: [],
};

const messages: Table = {
  name: "messages",
  columns: [
    { name: "id", type: "integer" },
    { name: "conv_id", type: "integer" },
    { name: "sender_id", type: "integer" },
    { name: "body", type: "text" },
    { name: "sent_at", type: "integer" },
  ],
  primaryKey: "id",
  indexes: [{ name: "messages_conv_sent", columns: [{ column: "conv_id" }, { column: "sent_at" }] }],
};

const insertKeyedMessage = insert({
  table: "messages",
  columns: ["id", "conv_id", "sender_id", "body", "sent_at"],
});

const insertMessage = insert({ table: "messages", columns: ["conv_id", "sender_id", "body", "sent_at"] });

const updateConversation = update({
  table: "conversations",
  set: [{ column: "last_msg_at", param: "last_msg_at" }],
  keyColumn: "id",
});

const readLastMessages = select({
  table: "messages",
  as: "m",
  columns: ["m.id", "m.body", "m.sent_at", "u.name", "u.avatar_url"],
  join: { table: "users", as: "u", left: "m.sender_id", right: "u.id" },
  where: [{ kind: "equal", column: "m.conv_id", operand: { param: "conv_id" } }],
  orderBy: [{ column: "m.sent_at", descending: true }],
  limit: { value: 20 },
});

const readUser = select({
  table: "users",
  columns: ["id", "name", "avatar_url"],
  where: [{ kind: "equal", column: "id", operand: { param: "id" } }],
  orderBy: [],
});

const readConversations = select({
  table: "conversations",
  columns: ["id", "last_msg_at"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
});

const countMessages = count({ table: "messages", as: "c", where: [] });

function program(revision: ChatRevision, sizes: Sizes, context: ProgramContext): Program {
  const lastConversation = sizes.conversationCount;
  return {
    tables: [users, conversations, revision.insertsNewest ? messages : { ...messages, autoKey: true }],
    seeds: seeds(revision, sizes, context),
    iterations: iterations(SINGLE_PASS, () => [{
      name: "chat",
      watches: [],
      operations: () => traffic(revision, sizes, context),
      warmupOperationCount: sizes.warmupOperationCount,
      pacing: pacingOf(revision, context, 0, 0),
      checks: [
        { query: countMessages, args: [] },
        { query: readConversations, args: [] },
        ...[1, 2, lastConversation].map((id) => ({ query: readLastMessages, args: [id] })),
      ],
    }]),
  };
}

function seeds(revision: Revision, sizes: Sizes, context: ProgramContext): Seed[] {
  const zipf = new ZipfSampler(
    sizes.conversationCount,
    ZIPF_EXPONENT,
    generatorSeed(revision, TRAFFIC_SEED ^ 0xABC, context),
  );
  const random = generator(revision, TRAFFIC_SEED ^ 0xDEF, context);
  // Rows are asked for in any order, the generators only run forward.
  const conversationIds = Uint32Array.from({ length: sizes.messageCount }, () => zipf.next() + 1);
  const senderIds = Uint32Array.from(
    { length: sizes.messageCount },
    () => random.nextInt(sizes.userCount) + 1,
  );
  return [
    {
      table: "users",
      rowCount: sizes.userCount,
      firstKey: 1,
      row: (index) => ({
        id: index + 1,
        name: `user_${index + 1}`,
        avatar_url: `https://example.com/avatars/${index + 1}.png`,
      }),
      batchSize: sizes.userCount,
    },
    {
      table: "conversations",
      rowCount: sizes.conversationCount,
      firstKey: 1,
      row: (index) => ({ id: index + 1, last_msg_at: 0 }),
      batchSize: sizes.conversationCount,
    },
    {
      table: "messages",
      rowCount: sizes.messageCount,
      firstKey: 1,
      row: (index) => ({
        id: index + 1,
        conv_id: conversationIds[index]!,
        sender_id: senderIds[index]!,
        body: `seed_message_${index + 1}`,
        sent_at: index + 1,
      }),
      batchSize: sizes.messageCount,
    },
  ];
}

function traffic(revision: ChatRevision, sizes: Sizes, context: ProgramContext): Operation[] {
  const random = generator(revision, TRAFFIC_SEED, context);
  const zipf = new ZipfSampler(
    sizes.conversationCount,
    ZIPF_EXPONENT,
    generatorSeed(revision, TRAFFIC_SEED, context),
  );
  const nextConversationId = () => zipf.next() + 1;
  const nextUserId = () => random.nextInt(sizes.userCount) + 1;
  let nextMessageId = sizes.messageCount + 1;
  // Seeded messages were sent at 1 to `messageCount`. Both kinds of writes advance the clock.
  let clock = (revision.insertsNewest ? sizes.messageCount : 0) + firstValue(revision, {
    blockIndex: context.blockIndex,
    iterationIndex: 0,
    iterationCount: SINGLE_PASS.iterationCount,
    writeCount: sizes.operationCount,
  });

  const insertAct = (conversationId: number, senderId: number): Operation => {
    const sentAt = clock++;
    const values = [conversationId, senderId, `body_${sentAt}`, sentAt];
    const [statement, args]: [InsertStatement, typeof values] = revision.insertsNewest
      ? [insertKeyedMessage, [nextMessageId++, ...values]]
      : [insertMessage, values];
    return { kind: "write", label: "insert message", statement, args };
  };

  return Array.from({ length: sizes.operationCount }, (): Operation => {
    const roll = random.nextInt(100);
    if (roll < 5) return insertAct(nextConversationId(), nextUserId());
    if (roll < 10) {
      const args = [clock++, nextConversationId()];
      return { kind: "write", label: "update conversation", statement: updateConversation, args };
    }
    if (roll < 55) {
      return { kind: "read", label: "read last 20", query: readLastMessages, args: [nextConversationId()] };
    }
    return { kind: "read", label: "read user", query: readUser, args: [nextUserId()] };
  });
}

function workload(revision: ChatRevision, unfair: string): Workload {
  return {
    id: "chat-sim",
    version: revision.version,
    title: "Chat simulation",
    question: "What does each act of a chat application cost the caller?",
    unfair,
    slow: false,
    withoutLiveQueries: "floor",
    phases: [{ name: "chat", title: "Mixed reads and writes" }],
    parameters: {
      smoke: {
        userCount: 50,
        conversationCount: 10,
        messageCount: 300,
        operationCount: 200,
        warmupOperationCount: 20,
      },
      standard: {
        userCount: 500,
        conversationCount: 100,
        messageCount: 10_000,
        operationCount: 10_000,
        warmupOperationCount: 500,
      },
      large: {
        userCount: 5000,
        conversationCount: 1000,
        messageCount: 100_000,
        operationCount: 100_000,
        warmupOperationCount: 500,
      },
    },
    program: (sizes: Sizes, context) => program(revision, sizes, context),
  };
}

/** All versions, oldest first. */
export const chatSim: readonly Workload[] = [
  workload(
    { version: 1, pacings: [{ turns: 0 }], variesTraffic: false, insertsNewest: false },
    "Inserted messages are older than the seeded ones and almost never appear in a result: stale caches go unnoticed. " +
      "Nothing is watched.",
  ),
  workload(
    { version: 2, pacings: [{ turns: 1 }], variesTraffic: true, insertsNewest: true },
    "Nothing is watched, and popular conversations are read again and again, which favours caches.",
  ),
];
