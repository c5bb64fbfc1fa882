/** Looks into programs; imported by tests only. */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import {
  type Args,
  type BoundQuery,
  createTableSql,
  type Operation,
  type Phase,
  type Program,
  type ProgramContext,
  type Row,
  type Scale,
  type Statement,
  type TransactionStep,
  watchedIn,
} from "../lib/model/mod.ts";
import { findWorkload } from "./mod.ts";

/** The block and the seed that give the published traffic. */
export const PUBLISHED: ProgramContext = { blockIndex: 0, seed: 0 };

/** The program of a workload named as on the command line, at standard scale if not told otherwise. */
export function programOf(
  name: string,
  scale: Scale = "standard",
  context: ProgramContext = PUBLISHED,
): Program {
  const workload = findWorkload(name);
  return workload.program(workload.parameters[scale], context);
}

/** All phases of a name, in order of iterations; all phases when the name is absent. */
export function phasesOf(program: Program, name?: string): Phase[] {
  return program.iterations
    .flatMap((iteration) => iteration.phases)
    .filter((phase) => name === undefined || phase.name === name);
}

/** An operation that runs a statement. */
export type StatementOperation = Exclude<Operation, { kind: "navigate" | "transaction" }>;

/** The operations of a phase that run a statement, those inside transactions by themselves. */
export function statementsIn(phase: Phase): StatementOperation[] {
  return phase.operations().flatMap((operation): StatementOperation[] => {
    if (operation.kind === "navigate") return [];
    return operation.kind === "transaction" ? partsOf(operation.steps, operation.label) : [operation];
  });
}

function partsOf(steps: readonly TransactionStep[], label: string): StatementOperation[] {
  return steps.flatMap((step): StatementOperation[] => {
    if (step.kind === "savepoint") return partsOf(step.steps, label);
    return step.kind === "rollback" ? [] : [{ ...step, label }];
  });
}

/** The arguments of single reads and writes, of every row of a batch, and of every live query of a page. */
export function argumentsOf(operation: Operation): readonly Args[] {
  if (operation.kind === "navigate") return operation.watches.map(({ args }) => args);
  if (operation.kind === "transaction") {
    return partsOf(operation.steps, operation.label).flatMap(argumentsOf);
  }
  return operation.kind === "batch" ? operation.rows : [operation.args];
}

/** The statement that an operation runs. */
export function statementOf(operation: StatementOperation): Statement {
  return operation.kind === "read" ? operation.query : operation.statement;
}

/** Distinct SQL texts of watches and operations, in order of first use. */
export function trafficSql(program: Program): string[] {
  const texts = phasesOf(program).flatMap((phase) => [
    ...watchedIn(phase, phase.operations()).map((watch) => watch.query.sql),
    ...statementsIn(phase).map((operation) => statementOf(operation).sql),
  ]);
  return [...new Set(texts)];
}

/** The texts that create all tables, in order. */
export function schemaSql(program: Program): string[] {
  return program.tables.flatMap((table) => createTableSql(table, "sqlite"));
}

/** A program's tables and seeds in a real database in memory. */
export class MemoryDatabase {
  readonly database = new DatabaseSync(":memory:");

  constructor(program: Program) {
    for (const sql of schemaSql(program)) this.database.exec(sql);
    for (const seed of program.seeds) {
      const columns = program.tables.find((table) => table.name === seed.table)!.columns;
      const insert = this.database.prepare(
        `INSERT INTO ${seed.table} VALUES (${columns.map(() => "?").join(", ")})`,
      );
      this.database.exec("BEGIN");
      for (let index = 0; index < seed.rowCount; index++) {
        const row = seed.row(index);
        insert.run(...columns.map((column) => row[column.name] as SQLInputValue));
      }
      this.database.exec("COMMIT");
    }
  }

  /** Runs an operation; reads give their rows, writes none. */
  run(operation: Operation): Row[] {
    if (operation.kind === "read") return this.all(operation.query.sql, operation.args);
    if (operation.kind === "navigate") return [];
    if (operation.kind === "transaction") return this.#transact(operation.steps);
    this.database.exec("BEGIN");
    const statement = this.database.prepare(operation.statement.sql);
    for (const args of argumentsOf(operation)) statement.run(...args as SQLInputValue[]);
    this.database.exec("COMMIT");
    return [];
  }

  #transact(steps: readonly TransactionStep[]): Row[] {
    const rows: Row[] = [];
    this.database.exec("BEGIN");
    const run = (some: readonly TransactionStep[], depth: number): void => {
      for (const step of some) {
        if (step.kind === "read") rows.push(...this.all(step.query.sql, step.args));
        else if (step.kind === "write") {
          this.database.prepare(step.statement.sql).run(...step.args as SQLInputValue[]);
        } else if (step.kind === "savepoint") {
          this.database.exec(`SAVEPOINT s${depth}`);
          run(step.steps, depth + 1);
          if (step.isRolledBack) this.database.exec(`ROLLBACK TO s${depth}`);
          this.database.exec(`RELEASE s${depth}`);
        }
      }
    };
    run(steps, 0);
    this.database.exec(steps.at(-1)?.kind === "rollback" ? "ROLLBACK" : "COMMIT");
    return rows;
  }

  /** Reads a watched or checked query. */
  read(bound: BoundQuery): Row[] {
    return this.all(bound.query.sql, bound.args);
  }

  /** Reads with any SQL. */
  all(sql: string, args: Args = []): Row[] {
    return this.database.prepare(sql).all(...args as SQLInputValue[]) as Row[];
  }

  [Symbol.dispose](): void {
    this.database.close();
  }
}
