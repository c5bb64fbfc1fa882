/**
 * Transactions inside transactions: what does a level cost, and is exactly that undone which is rolled back to a
 * savepoint while the rest is kept and shown?
 *
 * Unfair: libraries whose transactions have no savepoints are left out.
 *
 * The family is resqlite's nested transactions (fifty of them, five deep); the traffic is our own.
 */
import { count, type TransactionStep } from "../lib/model/mod.ts";
import { bind, declareWorkload, MIXED_PACINGS, ONE_PASS, phase, times, transaction } from "./_declare.ts";
import { inRange, insertInto, table } from "./_schema.ts";

const entries = table("entries", { id: "integer", level: "integer", note: "text" });
const insertEntry = insertInto(entries);
const countEntries = count({ table: entries.name, as: "c", where: [] });
const readEntries = inRange(entries);

/** All versions, oldest first. */
export const nestedTransactions = declareWorkload({
  id: "nested-transactions",
  title: "Transactions inside transactions",
  question: "What does a level of nesting cost, and is exactly the rolled-back part undone?",
  needs: ["transactions", "savepoints"],
  phases: { kept: "All levels kept", "partly-undone": "The innermost level rolled back" },
  openLoop: { phase: "kept", operationCount: "transactionCount", parameters: ONE_PASS },
  versions: [{
    pacings: MIXED_PACINGS,
    variesTraffic: true,
    unfair: "Libraries whose transactions have no savepoints are left out.",
  }],
  sweeps: {
    depth: { size: "depth", least: 1, most: 50, meaning: "levels of each transaction besides itself" },
  },
  sizes: () => ({
    smoke: { transactionCount: 4, depth: 3, warmupIterationCount: 1, iterationCount: 1 },
    standard: { transactionCount: 13, depth: 5, warmupIterationCount: 1, iterationCount: 4 },
    large: { transactionCount: 130, depth: 5, warmupIterationCount: 1, iterationCount: 4 },
  }),
  program(block) {
    const { transactionCount, depth } = block.sizes;
    const perTransaction = depth + 1;
    const perPhase = transactionCount * perTransaction;
    return {
      tables: [entries],
      seeds: [],
      iterations: block.passes(block.sizes, (pass) => {
        const first = pass.firstValue(2 * perPhase);
        /** The steps from a level inwards: an entry, the next level, and a count. */
        const steps = (firstKey: number, level: number, isUndone: boolean): TransactionStep[] => [
          {
            kind: "write",
            statement: insertEntry,
            args: [firstKey + level, level, `note ${first + firstKey + level}`],
          },
          ...(level === depth ? [] : [{
            kind: "savepoint" as const,
            steps: steps(firstKey, level + 1, isUndone),
            isRolledBack: isUndone && level === depth - 1,
          }]),
          { kind: "read", query: countEntries, args: [] },
        ];
        const nested = (name: string, part: number, isUndone: boolean) => {
          const firstKey = 1 + (2 * pass.index + part) * perPhase;
          return phase(pass, {
            name,
            watches: [bind(countEntries)],
            operations: () =>
              times(
                transactionCount,
                (index) => transaction("nested", steps(firstKey + index * perTransaction, 0, isUndone)),
              ),
            checks: [bind(readEntries, firstKey, firstKey + perPhase)],
          });
        };
        return [nested("kept", 0, false), nested("partly-undone", 1, true)];
      }),
    };
  },
});
