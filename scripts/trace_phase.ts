/** The child process of a trace: runs one phase and prints what the session, or its library, noted about it. */
import { setImmediate } from "node:timers";
import { loadAdapter } from "../lib/adapters/mod.ts";
import { loadWorkload } from "../lib/cli/load_workload.ts";
import { type ProbedStep, probeLibrary } from "../lib/experiments/run/peer_probes.ts";
import { insertedCounts, outsideEvents } from "../lib/experiments/run/shown_commits.ts";
import type { TraceChildOrder } from "../lib/experiments/run/trace_phase.ts";
import {
  type BoundQuery,
  insert,
  type Observer,
  type Operation,
  type Pacing,
  type Row,
  type Session,
  type SessionEvent,
  type Subscription,
  tableNamed,
} from "../lib/model/mod.ts";

const QUIET_MS = 300;

const order = JSON.parse(Deno.args[0] ?? "null") as TraceChildOrder;
const { parameters, program: build } = await loadWorkload(order.workload);
const program = build(parameters[order.scale], { blockIndex: 0, seed: 0 });
const adapter = await loadAdapter(order.adapter);
const steps: { atMs: number; step: ProbedStep }[] = [];
const shown: { atMs: number; count: number }[] = [];
const isProbed = await probeLibrary(adapter.id, (step) => steps.push({ atMs: performance.now(), step }));
const session = await adapter.open({
  directory: order.directory,
  database: "new",
  tables: program.tables,
  options: order.options,
});
if (session.events === undefined && !isProbed) {
  throw new Error(
    `Sessions of adapter "${adapter.id}" keep no events, and its library cannot be looked into`,
  );
}

for (const seed of program.seeds) {
  const { columns, autoKey, primaryKey } = tableNamed(program.tables, seed.table);
  const names = columns.map(({ name }) => name).filter((name) => !autoKey || name !== primaryKey);
  const rows = Array.from(
    { length: seed.rowCount },
    (_, index) => names.map((name) => seed.row(index)[name]!),
  );
  await session.batch(insert({ table: seed.table, columns: names }), rows);
}

const observer: Observer = {
  next: (rows: readonly Row[]) => {
    const [count] = Object.values(rows[0] ?? {});
    shown.push({ atMs: performance.now(), count: Number(count) });
  },
  error: (error) => {
    throw error;
  },
};
for (const phase of program.iterations[0]!.phases) {
  const subscriptions = [];
  for (const { query, args } of phase.watches) {
    subscriptions.push(await session.watch!(query, args, observer));
  }
  await quiet();
  await session.events?.();
  steps.length = 0;
  shown.splice(0, shown.length - 1);
  const operations = phase.operations();
  const times: { calledMs: number; acknowledgedMs: number }[] = [];
  let page: Subscription[] = [];
  for (const operation of operations) {
    const calledMs = performance.now();
    if (operation.kind === "navigate") page = await turnTo(session, page, operation.watches);
    else await perform(session, operation);
    times.push({ calledMs, acknowledgedMs: performance.now() });
    await rest(phase.pacing);
  }
  await quiet();
  if (phase.name === order.phase) {
    const events: readonly SessionEvent[] = await session.events?.() ??
      outsideEvents({ operations: times, steps, shown }, insertedCounts(phase, operations));
    console.log(JSON.stringify(events));
    break;
  }
  for (const subscription of [...page, ...subscriptions]) await subscription.close();
}
await session.close();
Deno.exit(0);

function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, QUIET_MS));
}

async function rest(pacing: Pacing): Promise<void> {
  if ("pauseMs" in pacing) return void await new Promise((resolve) => setTimeout(resolve, pacing.pauseMs));
  for (let turn = 0; turn < pacing.turns; turn++) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}

/** Closes a page and opens another. */
async function turnTo(
  session: Session,
  left: readonly Subscription[],
  watches: readonly BoundQuery[],
): Promise<Subscription[]> {
  for (const subscription of left) await subscription.close();
  const opened: Subscription[] = [];
  for (const { query, args } of watches) opened.push(await session.watch!(query, args, observer));
  return opened;
}

async function perform(session: Session, operation: Exclude<Operation, { kind: "navigate" }>): Promise<void> {
  if (operation.kind === "write") await session.write(operation.statement, operation.args);
  else if (operation.kind === "batch") await session.batch(operation.statement, operation.rows);
  else if (operation.kind === "transaction") await session.transaction!(operation.steps);
  else await session.read(operation.query, operation.args);
}
