/**
 * Requests and answers as lines of text.
 *
 * Each line is one message of {@link encodeJson}. Lines of the child begin with a token that the parent made up for this
 * block and told it in the first line, so that what an adapter writes into the channel is known for what it is.
 * Statements go over the wire once and are named by number from then on, so that they are the same objects for the
 * adapter each time.
 */
import type { Query, Statement, WriteStatement } from "../model/statement.ts";
import { append } from "./append.ts";
import type {
  Acknowledged,
  AskedQuery,
  FinalDigests,
  PhaseOrder,
  PlayedOperation,
  Player,
} from "./player.ts";
import type { SessionRequest } from "./session.ts";
import { numberSteps, stepsFrom, type WireTransactionStep } from "./transaction_steps.ts";

/** What a request asks for: a member of {@link Player}. */
export type Verb = keyof Player;

/** All verbs. */
export const VERBS: readonly Verb[] = [
  "begin",
  "open",
  "seed",
  "play",
  "read",
  "readTable",
  "finish",
  "facts",
  "close",
];

/** The first line that the child reads. */
export interface Hello {
  readonly token: string;
}

/** A line from the parent. */
export type ParentMessage =
  | {
    readonly kind: "request";
    readonly verb: Verb;
    readonly order: unknown;
    /** New statements; their numbers go on where the last ones ended. */
    readonly statements: readonly Statement[];
  }
  | SessionRequest
  | { readonly kind: "finals"; readonly finals: FinalDigests }
  /** The end. With `isAwaited` the process is not ended: whatever keeps it alive shows by that. */
  | { readonly kind: "leave"; readonly isAwaited?: boolean };

/** A line from the child. */
export type ChildMessage =
  | { readonly kind: "answer"; readonly answer: unknown }
  /** See PhaseEvents. */
  | { readonly kind: "started" }
  | { readonly kind: "acknowledged"; readonly message: Acknowledged }
  | { readonly kind: "refused"; readonly message: string; readonly isDriverUnavailable: boolean };

/** Gives statements numbers, for the side that sends them. */
export class StatementNumbers {
  readonly #numbers = new Map<Statement, number>();
  #fresh: Statement[] = [];

  /** The number of a statement, a new one when it was never seen. */
  of(statement: Statement): number {
    const known = this.#numbers.get(statement);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(statement, number);
    this.#fresh.push(statement);
    return number;
  }

  /** Statements that got a number since the last call. */
  takeFresh(): readonly Statement[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }
}

type Numbered<T> = { readonly [K in keyof T]: T[K] extends Query | WriteStatement ? number : T[K] };
type WireWatch = Numbered<AskedQuery>;
type WireOperation = PlayedOperation extends infer O
  ? O extends { readonly steps: unknown }
    ? Omit<O, "steps"> & { readonly steps: readonly WireTransactionStep[] }
  : O extends { readonly watches: unknown } ? Omit<O, "watches"> & { readonly watches: readonly WireWatch[] }
  : O extends unknown ? Numbered<O>
  : never
  : never;

/** A phase with numbers for statements. */
export interface WirePhase extends Omit<PhaseOrder, "watches" | "operations"> {
  readonly watches: readonly WireWatch[];
  readonly operations: readonly WireOperation[];
}

/** For the parent. */
export function numberPhase(order: PhaseOrder, numbers: StatementNumbers): WirePhase {
  const numbered = (watches: readonly AskedQuery[]): WireWatch[] =>
    watches.map((watch) => ({ ...watch, query: numbers.of(watch.query) }));
  return {
    ...order,
    watches: numbered(order.watches),
    operations: order.operations.map((operation): WireOperation => {
      switch (operation.kind) {
        case "read":
          return { ...operation, query: numbers.of(operation.query) };
        case "navigate":
          return { ...operation, watches: numbered(operation.watches) };
        case "transaction":
          return { ...operation, steps: numberSteps(operation.steps, (statement) => numbers.of(statement)) };
        default:
          return { ...operation, statement: numbers.of(operation.statement) };
      }
    }),
  };
}

/** For the child. */
export function phaseOf(wire: WirePhase, statements: readonly Statement[]): PhaseOrder {
  const operations: PlayedOperation[] = [];
  for (let index = 0; index < wire.operations.length; index++) {
    append(operations, operationOf(wire.operations[index]!, statements));
  }
  return { ...wire, watches: watchesOf(wire.watches, statements), operations };
}

function operationOf(operation: WireOperation, statements: readonly Statement[]): PlayedOperation {
  switch (operation.kind) {
    case "read":
      return { ...operation, query: statements[operation.query] as Query };
    case "navigate":
      return { ...operation, watches: watchesOf(operation.watches, statements) };
    case "transaction":
      return { ...operation, steps: stepsFrom(operation.steps, statements) };
    default:
      return { ...operation, statement: statements[operation.statement] as WriteStatement };
  }
}

function watchesOf(wire: readonly WireWatch[], statements: readonly Statement[]): AskedQuery[] {
  const watches: AskedQuery[] = [];
  for (let index = 0; index < wire.length; index++) {
    const watch = wire[index]!;
    append(watches, { ...watch, query: statements[watch.query] as Query });
  }
  return watches;
}
