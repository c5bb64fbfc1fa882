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
import { count, type Operation, type Seed, select } from "../lib/model/mod.ts";
import {
  AT_ONCE,
  bind,
  type Block,
  declareWorkload,
  ONE_TURN,
  type Pass,
  phase,
  read,
  times,
  type Version,
  write,
} from "./_declare.ts";
import { allRows, byKey, insertInto, seedOf, setByKey, table } from "./_schema.ts";

type Sizes = {
  readonly userCount: number;
  readonly conversationCount: number;
  readonly messageCount: number;
  readonly operationCount: number;
  readonly warmupOperationCount: number;
};

interface ChatVersion extends Version {
  /** Inserts bring their key and are newer than the seeds; otherwise the database assigns the key. */
  readonly insertsNewest: boolean;
}

type ChatBlock = Block<ChatVersion, Sizes>;

const TRAFFIC_SEED = 0x5EED;
const ZIPF_EXPONENT = 1;

const users = table("users", { id: "integer", name: "text", avatar_url: "text" });
const conversations = table("conversations", { id: "integer", last_msg_at: "integer" });
const messages = table(
  "messages",
  { id: "integer", conv_id: "integer", sender_id: "integer", body: "text", sent_at: "integer" },
  { indexes: { messages_conv_sent: ["conv_id", "sent_at"] } },
);

const insertKeyedMessage = insertInto(messages);
const insertMessage = insertInto(messages, ["conv_id", "sender_id", "body", "sent_at"]);
const updateConversation = setByKey(conversations, "last_msg_at");

const readLastMessages = select({
  table: "messages",
  as: "m",
  columns: ["m.id", "m.body", "m.sent_at", "u.name", "u.avatar_url"],
  join: { table: "users", as: "u", left: "m.sender_id", right: "u.id" },
  where: [{ kind: "equal", column: "m.conv_id", operand: { param: "conv_id" } }],
  orderBy: [{ column: "m.sent_at", descending: true }],
  limit: { value: 20 },
});

const readUser = byKey(users);
const readConversations = allRows(conversations);
const countMessages = count({ table: messages.name, as: "c", where: [] });

function seeds(block: ChatBlock): Seed[] {
  const { userCount, conversationCount, messageCount } = block.sizes;
  const zipf = new ZipfSampler(conversationCount, ZIPF_EXPONENT, block.seed(TRAFFIC_SEED ^ 0xABC));
  const random = block.random(TRAFFIC_SEED ^ 0xDEF);
  // Rows are asked for in any order, the generators only run forward.
  const conversationIds = Uint32Array.from({ length: messageCount }, () => zipf.next() + 1);
  const senderIds = Uint32Array.from({ length: messageCount }, () => random.nextInt(userCount) + 1);
  return [
    seedOf(users, userCount, (index) => ({
      id: index + 1,
      name: `user_${index + 1}`,
      avatar_url: `https://example.com/avatars/${index + 1}.png`,
    })),
    seedOf(conversations, conversationCount, (index) => ({ id: index + 1, last_msg_at: 0 })),
    seedOf(messages, messageCount, (index) => ({
      id: index + 1,
      conv_id: conversationIds[index]!,
      sender_id: senderIds[index]!,
      body: `seed_message_${index + 1}`,
      sent_at: index + 1,
    })),
  ];
}

function traffic(block: ChatBlock, pass: Pass): Operation[] {
  const { userCount, conversationCount, messageCount, operationCount } = block.sizes;
  const { insertsNewest } = block.version;
  const random = block.random(TRAFFIC_SEED);
  const zipf = new ZipfSampler(conversationCount, ZIPF_EXPONENT, block.seed(TRAFFIC_SEED));
  const nextConversationId = () => zipf.next() + 1;
  const nextUserId = () => random.nextInt(userCount) + 1;
  let nextMessageId = messageCount + 1;
  // Seeded messages were sent at 1 to `messageCount`. Both kinds of writes advance the clock.
  let clock = (insertsNewest ? messageCount : 0) + pass.firstValue(operationCount);

  const insertAct = (conversationId: number, senderId: number): Operation => {
    const sentAt = clock++;
    const values = [conversationId, senderId, `body_${sentAt}`, sentAt];
    return insertsNewest
      ? write("insert message", insertKeyedMessage, nextMessageId++, ...values)
      : write("insert message", insertMessage, ...values);
  };

  return times(operationCount, () => {
    const roll = random.nextInt(100);
    if (roll < 5) return insertAct(nextConversationId(), nextUserId());
    if (roll < 10) return write("update conversation", updateConversation, clock++, nextConversationId());
    if (roll < 55) return read("read last 20", readLastMessages, nextConversationId());
    return read("read user", readUser, nextUserId());
  });
}

/** All versions, oldest first. */
export const chatSim = declareWorkload<ChatVersion, Sizes>({
  id: "chat-sim",
  title: "Chat simulation",
  question: "What does each act of a chat application cost the caller?",
  phases: { chat: "Mixed reads and writes" },
  sweeps: { rows: { size: "messageCount", least: 100, most: 10_000_000, meaning: "messages in the table" } },
  openLoop: { phase: "chat", operationCount: "operationCount", parameters: {} },
  versions: [
    {
      pacings: AT_ONCE,
      variesTraffic: false,
      insertsNewest: false,
      unfair:
        "Inserted messages are older than the seeded ones and almost never appear in a result: stale caches go unnoticed. " +
        "Nothing is watched.",
    },
    {
      pacings: ONE_TURN,
      variesTraffic: true,
      insertsNewest: true,
      unfair: "Nothing is watched, and popular conversations are read again and again, which favours caches.",
    },
  ],
  sizes: () => ({
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
  }),
  program: (block) => ({
    tables: [users, conversations, block.version.insertsNewest ? messages : { ...messages, autoKey: true }],
    seeds: seeds(block),
    iterations: block.onePass((pass) => [phase(pass, {
      name: "chat",
      operations: () => traffic(block, pass),
      warmupOperationCount: block.sizes.warmupOperationCount,
      checks: [
        bind(countMessages),
        bind(readConversations),
        ...[1, 2, block.sizes.conversationCount].map((id) => bind(readLastMessages, id)),
      ],
    })]),
  }),
});
