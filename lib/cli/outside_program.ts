/**
 * The program of a workload from outside, built in a process without permissions and handed over as data: the code of
 * others never runs with the bench's own rights, nor beside the truth.
 */
import type {
  BoundQuery,
  Iteration,
  Operation,
  Phase,
  Program,
  ProgramContext,
  Query,
  Row,
  Seed,
  Statement,
  WorkloadParameters,
  WriteStatement,
} from "../model/mod.ts";
import { UsageError } from "../model/mod.ts";
import { decodeJson } from "../protocol/json.ts";
import { StatementNumbers } from "../protocol/messages.ts";
import { numberSteps, stepsFrom, type WireTransactionStep } from "../protocol/transaction_steps.ts";
import { askModule } from "./ask_module.ts";

/** What the process is asked; its only argument. */
export interface ProgramOrder {
  readonly url: string;
  readonly sizes: WorkloadParameters;
  readonly context: ProgramContext;
}

/** What it answers. */
export type ProgramAnswer =
  | { readonly kind: "program"; readonly program: ProgramData }
  | { readonly kind: "unusable"; readonly reason: string };

interface NumberedQuery extends Omit<BoundQuery, "query"> {
  readonly query: number;
}

type NumberedOperation =
  | Omit<Extract<Operation, { kind: "write" }>, "statement"> & { readonly statement: number }
  | Omit<Extract<Operation, { kind: "batch" }>, "statement"> & { readonly statement: number }
  | Omit<Extract<Operation, { kind: "read" }>, "query"> & { readonly query: number }
  | Omit<Extract<Operation, { kind: "navigate" }>, "watches"> & {
    readonly watches: readonly NumberedQuery[];
  }
  | Omit<Extract<Operation, { kind: "transaction" }>, "steps"> & {
    readonly steps: readonly WireTransactionStep[];
  };

interface PhaseData extends Omit<Phase, "watches" | "checks" | "operations"> {
  readonly watches: readonly NumberedQuery[];
  readonly checks: readonly NumberedQuery[];
  readonly operations: readonly NumberedOperation[];
}

/** A program without functions, each statement once. */
export interface ProgramData extends Omit<Program, "seeds" | "iterations"> {
  readonly statements: readonly Statement[];
  readonly seeds: readonly (Omit<Seed, "row"> & { readonly rows: readonly Row[] })[];
  readonly iterations: readonly (Omit<Iteration, "phases"> & { readonly phases: readonly PhaseData[] })[];
}

const ENTRY = new URL("../../scripts/build_program.ts", import.meta.url);

/** Builds the program of one block. Throws a UsageError with the module's own message when there is none. */
export async function buildOutsideProgram(order: ProgramOrder, deadlineMs?: number): Promise<Program> {
  const asked = await askModule({ entry: ENTRY, url: order.url, order, deadlineMs });
  const answer = asked.line === undefined
    ? { kind: "unusable", reason: asked.reason } as const
    : decodeJson(asked.line) as ProgramAnswer;
  if (answer.kind === "program") return programOf(answer.program);
  throw new UsageError(`Cannot build the program of workload "${order.url}": ${answer.reason}`);
}

/** A program as data, all its operations built. */
export function dataOf({ tables, seeds, iterations }: Program): ProgramData {
  const numbers = new StatementNumbers();
  const bound = ({ query, args }: BoundQuery): NumberedQuery => ({ query: numbers.of(query), args });
  const numbered = iterations.map(({ phases, ...iteration }) => ({
    ...iteration,
    phases: phases.map((phase): PhaseData => ({
      ...phase,
      watches: phase.watches.map(bound),
      checks: phase.checks.map(bound),
      operations: phase.operations().map((operation): NumberedOperation => {
        switch (operation.kind) {
          case "read":
            return { ...operation, query: numbers.of(operation.query) };
          case "navigate":
            return { ...operation, watches: operation.watches.map(bound) };
          case "transaction":
            return {
              ...operation,
              steps: numberSteps(operation.steps, (statement) => numbers.of(statement)),
            };
          default:
            return { ...operation, statement: numbers.of(operation.statement) };
        }
      }),
    })),
  }));
  return {
    tables,
    seeds: seeds.map(({ row, ...seed }) => ({
      ...seed,
      rows: Array.from({ length: seed.rowCount }, (_, index) => row(index)),
    })),
    iterations: numbered,
    statements: numbers.takeFresh(),
  };
}

/** The program that {@link dataOf} took apart. */
export function programOf({ tables, seeds, iterations, statements }: ProgramData): Program {
  const bound = ({ query, args }: NumberedQuery): BoundQuery => ({ query: statements[query] as Query, args });
  return {
    tables,
    seeds: seeds.map(({ rows, ...seed }) => ({ ...seed, row: (index: number) => rows[index]! })),
    iterations: iterations.map((iteration) => ({
      ...iteration,
      phases: iteration.phases.map(({ operations, ...phase }): Phase => {
        const built = operations.map((operation): Operation => {
          switch (operation.kind) {
            case "read":
              return { ...operation, query: statements[operation.query] as Query };
            case "navigate":
              return { ...operation, watches: operation.watches.map(bound) };
            case "transaction":
              return { ...operation, steps: stepsFrom(operation.steps, statements) };
            default:
              return { ...operation, statement: statements[operation.statement] as WriteStatement };
          }
        });
        return {
          ...phase,
          watches: phase.watches.map(bound),
          checks: phase.checks.map(bound),
          operations: () => built,
        };
      }),
    })),
  };
}
