/** The child, as the parent talks to it: requests go out as lines, answers and events come in as lines. */
import { DriverUnavailableError } from "../model/errors.ts";
import type { Statement } from "../model/statement.ts";
import { decodeJson, encodeJson } from "../protocol/json.ts";
import {
  type ChildMessage,
  type Hello,
  numberPhase,
  type ParentMessage,
  StatementNumbers,
  type Verb,
} from "../protocol/messages.ts";
import type {
  Acknowledged,
  AskedQuery,
  BeginOrder,
  Begun,
  ClosedSession,
  OpenOrder,
  PhaseEvents,
  PhaseOrder,
  PlayedPhase,
  Player,
  ReadAnswer,
  TableAnswer,
} from "../protocol/player.ts";
import { checkAnswer } from "./check_answer.ts";
import { ChildGoneError } from "./run_block.ts";

/** What carries the lines. */
export interface PlayerLink {
  /** Sends a line; it is on its way when this returns. */
  send(line: string): void;
  /** Marks the child's messages. */
  readonly token: string;
  /** A clock that never goes back, in milliseconds. */
  nowMs(): number;
  /** Milliseconds in which some task of the host waited for a CPU, since the host's start; absent where nobody knows. */
  waitedMs(): number | undefined;
  /** Resolves after so many milliseconds. */
  sleep(delayMs: number): Promise<void>;
}

/** The kernel folds its counters of pressure every two seconds: what was waited for now is in them after that. */
const PRESSURE_FOLD_MS = 2100;

/** The child's clock may differ from the parent's by this share and this much, for what the way of messages takes. */
const CLOCK_TOLERANCE = { share: 0.05, ms: 250 } as const;

interface Pending {
  readonly verb: Verb;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** See {@link Player}. Every method rejects with a ChildGoneError once {@link fail} was called. */
export class RemotePlayer implements Player {
  readonly #link: PlayerLink;
  readonly #numbers = new StatementNumbers();
  #pending: Pending | undefined;
  #events: PhaseEvents | undefined;
  #startedMs = NaN;
  /** How long tasks of the host had waited for a CPU when the present phase was asked for. */
  #waitedMs: number | undefined;
  /** Resolves when the present phase's clock has been judged. */
  #clock = Promise.resolve();
  /** When the present phase was asked for. */
  #askedMs = NaN;
  #failure: ChildGoneError | undefined;
  #phase: PhaseOrder | undefined;

  constructor(link: PlayerLink) {
    this.#link = link;
    const hello: Hello = { token: link.token };
    link.send(encodeJson(hello));
  }

  /** Takes a line of the channel. Anything but the message that is due fails the block. */
  take(line: string): void {
    if (this.#failure !== undefined) return;
    try {
      this.#dispatch(this.#messageOf(line));
    } catch (error) {
      this.fail(error instanceof ChildGoneError ? error : new ChildGoneError(String(error)));
    }
  }

  /** Rejects what is waited for, and everything that is asked from now on. */
  fail(error: ChildGoneError): void {
    this.#failure ??= error;
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(this.#failure);
  }

  /** Lets the child go. */
  leave(): void {
    this.#send({ kind: "leave" });
  }

  begin(order: BeginOrder): Promise<Begun> {
    return this.#request("begin", order) as Promise<Begun>;
  }

  open(order: OpenOrder): Promise<{ elapsedNs: number }> {
    return this.#request("open", order) as Promise<{ elapsedNs: number }>;
  }

  seed({ statement, rows }: Parameters<Player["seed"]>[0]): Promise<{ elapsedNs: number }> {
    const order = { statement: this.#numbers.of(statement), rows };
    return this.#request("seed", order) as Promise<{ elapsedNs: number }>;
  }

  async play(order: PhaseOrder, events: PhaseEvents): Promise<void> {
    this.#events = events;
    this.#phase = order;
    this.#startedMs = NaN;
    this.#clock = Promise.resolve();
    this.#waitedMs = this.#link.waitedMs();
    this.#askedMs = this.#link.nowMs();
    await this.#request("play", numberPhase(order, this.#numbers));
    await this.#clock;
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#events !== undefined) {
      throw new ChildGoneError(`The child ended phase "${order.name}" without its acknowledgement`);
    }
  }

  read({ query, ...rest }: AskedQuery): Promise<ReadAnswer> {
    return this.#request("read", { ...rest, query: this.#numbers.of(query) }) as Promise<ReadAnswer>;
  }

  readTable({ query }: Parameters<Player["readTable"]>[0]): Promise<TableAnswer> {
    return this.#request("readTable", { query: this.#numbers.of(query) }) as Promise<TableAnswer>;
  }

  finish(): Promise<PlayedPhase> {
    return this.#request("finish", null) as Promise<PlayedPhase>;
  }

  facts(): Promise<Readonly<Record<string, string>>> {
    return this.#request("facts", null) as Promise<Readonly<Record<string, string>>>;
  }

  close(): Promise<ClosedSession> {
    return this.#request("close", null) as Promise<ClosedSession>;
  }

  #messageOf(line: string): ChildMessage {
    const { token } = this.#link;
    if (!line.startsWith(`${token} `)) {
      throw new ChildGoneError("Something in the child wrote into the channel that belongs to the bench");
    }
    return decodeJson(line.slice(token.length + 1)) as ChildMessage;
  }

  #dispatch(message: ChildMessage): void {
    const pending = this.#pending;
    if (pending === undefined) throw new ChildGoneError("The child sent a message that nobody asked for");
    switch (message.kind) {
      case "started":
        this.#startedMs = this.#link.nowMs();
        return this.#events?.started();
      case "acknowledged":
        return void this.#acknowledge(message.message);
      case "answer": {
        const fault = checkAnswer(pending.verb, message.answer, this.#phase);
        if (fault !== undefined) {
          throw new ChildGoneError(`The child's answer to "${pending.verb}" is wrong: ${fault}`);
        }
        this.#pending = undefined;
        return pending.resolve(message.answer);
      }
      case "refused": {
        this.#pending = undefined;
        const text = String(message.message);
        return pending.reject(
          message.isDriverUnavailable ? new DriverUnavailableError(text) : new Error(text),
        );
      }
      default:
        throw new ChildGoneError("The child sent a message of no known kind");
    }
  }

  /**
   * The parent's own clock brackets the recorded operations: who turns the child's clock back is caught here. They took no
   * longer than from the request to the acknowledgement, however late a busy machine lets the parent read that they began.
   */
  async #acknowledge({ spanNs, isCutShort }: Acknowledged): Promise<void> {
    const nowMs = this.#link.nowMs();
    const spanMs = nowMs - this.#startedMs;
    const events = this.#events;
    if (events === undefined || Number.isNaN(spanMs)) {
      return this.fail(new ChildGoneError("The child acknowledged a phase that had not begun"));
    }
    this.#events = undefined;
    const claimedMs = spanNs / 1e6;
    const toleranceMs = CLOCK_TOLERANCE.ms + CLOCK_TOLERANCE.share * spanMs;
    const fault = new ChildGoneError(
      `The child's clock is not to be trusted: its operations took ${Math.round(claimedMs)} ms there and ` +
        `${Math.round(spanMs)} ms on the bench's own clock`,
    );
    if (claimedMs > nowMs - this.#askedMs + toleranceMs) return this.fail(fault);
    const missingMs = spanMs - toleranceMs - claimedMs;
    if (missingMs > 0) {
      this.#clock = this.#waitExplains(missingMs, this.#waitedMs).then((isExplained) => {
        if (!isExplained) this.fail(fault);
      });
    }
    this.#send({ kind: "finals", finals: await events.acknowledged({ spanNs, isCutShort }) });
  }

  /**
   * Whether tasks of the host waited for a CPU for so long that the acknowledgement may have been sent or read late by what
   * is missing. Two seconds are waited only where something is missing.
   */
  async #waitExplains(missingMs: number, beforeMs: number | undefined): Promise<boolean> {
    if (beforeMs === undefined) return false;
    await this.#link.sleep(PRESSURE_FOLD_MS);
    const waitedMs = this.#link.waitedMs();
    return waitedMs !== undefined && waitedMs - beforeMs >= missingMs;
  }

  #request(verb: Verb, order: unknown): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#pending !== undefined) {
      return Promise.reject(
        new Error(`Cannot ask for "${verb}" as "${this.#pending.verb}" is not answered yet`),
      );
    }
    const statements: readonly Statement[] = this.#numbers.takeFresh();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending = { verb, resolve, reject };
    this.#send({ kind: "request", verb, order, statements });
    return promise;
  }

  #send(message: ParentMessage): void {
    this.#link.send(encodeJson(message));
  }
}
