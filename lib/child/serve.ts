/** The child's side of the conversation: takes requests off a channel, one at a time, and answers them. */
import { DriverUnavailableError, messageOf } from "../model/errors.ts";
import type { Query, Statement, WriteStatement } from "../model/statement.ts";
import { decodeJson, encodeJson } from "../protocol/json.ts";
import { type Hello, type ParentMessage, phaseOf, type WirePhase } from "../protocol/messages.ts";
import type { AskedQuery, BeginOrder, FinalDigests, OpenOrder, Player } from "../protocol/player.ts";
import type { Args } from "../model/value.ts";
import { type SessionHost, SessionServer } from "./session_server.ts";

/** A way for lines to go both ways that no library prints on. */
export interface Channel {
  /** The next line; `undefined` when the other side is gone. One asks at a time. */
  receive(): Promise<string | undefined>;
  /** Sends a line; it is out when this returns. */
  send(line: string): void;
  /** Lets go of it, so that it keeps no process alive. */
  close(): void;
}

/** What plays. */
export interface Players {
  /** Blocks. */
  readonly player: Player;
  /** Sessions from afar. */
  readonly sessions: SessionHost;
}

/**
 * Serves until the parent takes its leave or is gone. Returns whether the process has to be ended; if not, the parent
 * looks whether it ends by itself.
 */
export async function serve(channel: Channel, { player, sessions }: Players): Promise<boolean> {
  const first = await channel.receive();
  if (first === undefined) return true;
  const { token } = decodeJson(first) as Hello;
  const statements: Statement[] = [];
  let server: SessionServer | undefined;
  const say = (message: object): void => channel.send(`${token} ${encodeJson(message)}`);

  while (true) {
    const line = await channel.receive();
    if (line === undefined) return true;
    const message = decodeJson(line) as ParentMessage;
    if (message.kind === "leave") {
      server?.stop();
      channel.close();
      return message.isAwaited !== true;
    }
    if (message.kind === "finals") continue;
    for (let index = 0; index < message.statements.length; index++) {
      statements[statements.length] = message.statements[index]!;
    }
    if (message.kind === "session") {
      server ??= new SessionServer(sessions, statements, say);
      void server.take(message);
      continue;
    }
    const { verb, order } = message;
    try {
      const answer = await answerTo(verb, order);
      say({ kind: "answer", answer: answer ?? null });
    } catch (error) {
      const isDriverUnavailable = error instanceof DriverUnavailableError;
      say({ kind: "refused", message: messageOf(error), isDriverUnavailable });
    }
  }

  async function answerTo(verb: keyof Player, order: unknown): Promise<unknown> {
    switch (verb) {
      case "begin":
        return await player.begin(order as BeginOrder);
      case "open":
        return await player.open(order as OpenOrder);
      case "seed": {
        const { statement, rows } = order as { statement: number; rows: readonly Args[] };
        return await player.seed({ statement: statements[statement] as WriteStatement, rows });
      }
      case "play":
        return await play(order as WirePhase);
      case "read": {
        const { query, ...rest } = order as Omit<AskedQuery, "query"> & { query: number };
        return await player.read({ ...rest, query: statements[query] as Query });
      }
      case "readTable":
        return await player.readTable({ query: statements[(order as { query: number }).query] as Query });
      case "finish":
        return await player.finish();
      case "facts":
        return await player.facts();
      case "close":
        return await player.close();
    }
  }

  async function play(wire: WirePhase): Promise<void> {
    await player.play(phaseOf(wire, statements), {
      started: () => say({ kind: "started" }),
      acknowledged: async (message): Promise<FinalDigests> => {
        say({ kind: "acknowledged", message });
        const line = await channel.receive();
        const answer = line === undefined ? undefined : decodeJson(line) as ParentMessage;
        return answer?.kind === "finals" ? answer.finals : [];
      },
    });
  }
}
