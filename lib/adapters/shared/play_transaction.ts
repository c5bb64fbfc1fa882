/** Plays the steps of a transaction inside whatever a library opens and closes it with. */
import type { TransactionStep } from "../../model/adapter.ts";
import type { Query, WriteStatement } from "../../model/statement.ts";
import type { Args, Awaitable, Row } from "../../model/value.ts";

/** What can be done inside a transaction of a library. */
export interface TransactionScope {
  /** Writes, not seen by others before the end. */
  write(statement: WriteStatement, args: Args): Awaitable<unknown>;
  /** Reads, and sees what the transaction has written. */
  read(query: Query, args: Args): Awaitable<readonly Row[]>;
  /** Runs SQL without arguments; absent for libraries whose savepoints are no SQL. */
  exec?(sql: string): Awaitable<unknown>;
  /** Runs the work in a transaction inside this one, and undoes it when the work throws; instead of {@link exec}. */
  nested?(work: (scope: TransactionScope) => Promise<unknown>): Promise<unknown>;
}

/** Thrown inside a library's transaction so that it is rolled back; never seen by the caller of the session. */
export class RolledBack extends Error {
  override readonly name = "RolledBack";
  /** What was read before. */
  readonly results: readonly (readonly Row[])[];

  constructor(results: readonly (readonly Row[])[]) {
    super("Rolled back as asked");
    this.results = results;
  }
}

/** Plays the steps; answers the rows of the reads, in order. Throws {@link RolledBack} at a step that asks for it. */
export async function playTransaction(
  steps: readonly TransactionStep[],
  scope: TransactionScope,
  depth = 0,
): Promise<readonly (readonly Row[])[]> {
  const results: (readonly Row[])[] = [];
  for (const step of steps) {
    switch (step.kind) {
      case "write":
        await scope.write(step.statement, step.args);
        break;
      case "read":
        results.push(await scope.read(step.query, step.args));
        break;
      case "savepoint":
        results.push(...await playSavepoint(step, scope, depth));
        break;
      case "rollback":
        throw new RolledBack(results);
    }
  }
  return results;
}

async function playSavepoint(
  { steps, isRolledBack }: Extract<TransactionStep, { kind: "savepoint" }>,
  scope: TransactionScope,
  depth: number,
): Promise<readonly (readonly Row[])[]> {
  let results: readonly (readonly Row[])[] = [];
  if (scope.nested !== undefined) {
    let asked: RolledBack | undefined;
    try {
      await scope.nested(async (inner) => {
        results = await playTransaction(steps, inner, depth + 1);
        if (isRolledBack) throw asked = new RolledBack(results);
      });
    } catch (error) {
      if (asked === undefined) throw error;
    }
    return results;
  }
  if (scope.exec === undefined) {
    throw new Error("Cannot set a savepoint as the library must have them: it has none");
  }
  const name = `step${depth}`;
  await scope.exec(`SAVEPOINT ${name}`);
  results = await playTransaction(steps, scope, depth + 1);
  if (isRolledBack) await scope.exec(`ROLLBACK TO SAVEPOINT ${name}`);
  await scope.exec(`RELEASE SAVEPOINT ${name}`);
  return results;
}

/** Has a library run the steps and roll back what throws; a rollback that was asked for is no error. */
export async function inTransaction(
  run: (
    play: (scope: TransactionScope) => Promise<readonly (readonly Row[])[]>,
  ) => Promise<unknown>,
  steps: readonly TransactionStep[],
): Promise<readonly (readonly Row[])[]> {
  let results: readonly (readonly Row[])[] = [];
  let asked: RolledBack | undefined;
  try {
    await run(async (scope) => {
      try {
        return results = await playTransaction(steps, scope);
      } catch (error) {
        if (error instanceof RolledBack) asked = error;
        throw error;
      }
    });
  } catch (error) {
    // Libraries may wrap what was thrown inside.
    if (asked === undefined) throw error;
    return asked.results;
  }
  return results;
}
