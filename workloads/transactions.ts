/**
 * Transactions of several statements with reads between them: what do they cost, do their reads see what they have
 * written, is a watched list shown once for each and never in between, and does it keep still when one is rolled back?
 *
 * Unfair: the reads decide nothing, so that a database that could run all steps at once is not hindered; and nobody else
 * writes meanwhile, so that locks are free. Savepoints are asked for in `nested-transactions`, since many libraries have
 * transactions without them.
 *
 * The families are those of resqlite's transaction suites (interactive transaction, reads inside); the traffic is our own.
 */
import type { Row, TransactionStep } from "../lib/model/mod.ts";
import { bind, declareWorkload, MIXED_PACINGS, ONE_PASS, phase, times, transaction } from "./_declare.ts";
import { allRows, byKey, inRange, insertInto, seedOf, setByKey, table } from "./_schema.ts";

const accounts = table("accounts", { id: "integer", owner: "text", balance: "integer" });
const transfers = table("transfers", { id: "integer", account_id: "integer", amount: "integer" });

const readAccount = byKey(accounts);
const readAccounts = allRows(accounts, ["id", "balance"]);
const setBalance = setByKey(accounts, "balance");
const insertTransfer = insertInto(transfers);
const readTransfers = inRange(transfers);

/** All versions, oldest first. */
export const transactions = declareWorkload({
  id: "transactions",
  title: "Transactions with reads inside",
  question: "What do transactions of several statements cost, and what do watchers see of them?",
  needs: ["transactions"],
  phases: {
    transfer: "Read, write, write, insert",
    reads: "Many reads behind a write",
    rollback: "Rolled back beside a watched list",
  },
  openLoop: { phase: "transfer", operationCount: "transactionCount", parameters: ONE_PASS },
  versions: [{
    pacings: MIXED_PACINGS,
    variesTraffic: true,
    unfair: "Reads decide nothing and nobody else writes: locks are free, and steps could be run at once.",
  }],
  sizes: () => ({
    smoke: {
      accountCount: 10,
      transactionCount: 6,
      readCount: 5,
      warmupIterationCount: 1,
      iterationCount: 1,
    },
    standard: {
      accountCount: 100,
      transactionCount: 25,
      readCount: 100,
      warmupIterationCount: 1,
      iterationCount: 4,
    },
    large: {
      accountCount: 1000,
      transactionCount: 250,
      readCount: 1000,
      warmupIterationCount: 1,
      iterationCount: 4,
    },
  }),
  program(block) {
    const { accountCount, transactionCount, readCount } = block.sizes;
    return {
      tables: [accounts, transfers],
      seeds: [
        seedOf(accounts, accountCount, (index): Row => ({
          id: index + 1,
          owner: `owner_${index + 1}`,
          balance: 0,
        })),
      ],
      iterations: block.passes(block.sizes, (pass) => {
        const random = block.random(0x7A7A ^ pass.index);
        const accountId = () => random.nextInt(accountCount) + 1;
        const first = pass.firstValue(5 * transactionCount);
        const firstKey = 1 + pass.index * 2 * transactionCount;
        const read = (id: number): TransactionStep => ({ kind: "read", query: readAccount, args: [id] });
        const set = (id: number, balance: number): TransactionStep => ({
          kind: "write",
          statement: setBalance,
          args: [balance, id],
        });
        const insert = (key: number, id: number, amount: number): TransactionStep => ({
          kind: "write",
          statement: insertTransfer,
          args: [key, id, amount],
        });
        // One account after another: no transaction writes one account twice, and each balance is a new one.
        const pairs = times(transactionCount, () => {
          const from = accountId();
          return { from, to: from % accountCount + 1 };
        });
        const readIds = times(readCount, accountId);
        const transferSteps = (index: number): TransactionStep[] => {
          const { from, to } = pairs[index]!;
          return [
            read(from),
            set(from, -(first + 2 * index)),
            set(to, first + 2 * index + 1),
            insert(firstKey + index, from, first + index),
            read(to),
          ];
        };
        const watches = [bind(readAccounts)];
        return [
          phase(pass, {
            name: "transfer",
            watches,
            operations: () =>
              times(transactionCount, (index) => transaction("transfer", transferSteps(index))),
            checks: [bind(readTransfers, firstKey, firstKey + transactionCount)],
          }),
          phase(pass, {
            name: "reads",
            operations: () =>
              times(transactionCount, (index) =>
                transaction("reads", [
                  set(readIds[index % readCount]!, first + 2 * transactionCount + index),
                  ...readIds.map(read),
                ])),
          }),
          phase(pass, {
            name: "rollback",
            watches,
            operations: () =>
              times(transactionCount, (index) => {
                const { from, to } = pairs[index]!;
                const serial = first + 3 * transactionCount + 2 * index;
                const steps = [
                  set(from, -serial),
                  insert(firstKey + transactionCount + index, from, serial),
                  read(from),
                  set(to, serial + 1),
                ];
                // The last one is kept: a live query that has died would look perfect.
                return index === transactionCount - 1
                  ? transaction("kept", steps)
                  : transaction("rolled back", [...steps, { kind: "rollback" }]);
              }),
            checks: [bind(readTransfers, firstKey, firstKey + 2 * transactionCount)],
          }),
        ];
      }),
    };
  },
});
