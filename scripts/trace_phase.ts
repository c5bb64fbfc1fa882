/** The child process of a trace: runs one phase and prints what the session noted about it. */
import { setImmediate } from "node:timers";
import { loadAdapter } from "../lib/adapters/mod.ts";
import { loadWorkload } from "../lib/cli/load_workload.ts";
import type { TraceChildOrder } from "../lib/experiments/run/trace_phase.ts";
import {
  insert,
  type Observer,
  type Operation,
  type Pacing,
  type Session,
  tableNamed,
} from "../lib/model/mod.ts";

const QUIET_MS = 300;

const order = JSON.parse(Deno.args[0] ?? "null") as TraceChildOrder;
const { parameters, program: build } = await loadWorkload(order.workload);
const program = build(parameters[order.scale], { blockIndex: 0, seed: 0 });
const adapter = await loadAdapter(order.adapter);
const session = await adapter.open({
  directory: order.directory,
  tables: program.tables,
  options: order.options,
});
if (session.events === undefined) throw new Error(`Sessions of adapter "${adapter.id}" keep no events`);

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
  next: () => {},
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
  await session.events();
  for (const operation of phase.operations()) {
    await perform(session, operation);
    await rest(phase.pacing);
  }
  await quiet();
  if (phase.name === order.phase) {
    console.log(JSON.stringify(await session.events()));
    break;
  }
  for (const subscription of subscriptions) await subscription.close();
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

async function perform(session: Session, operation: Operation): Promise<void> {
  if (operation.kind === "write") await session.write(operation.statement, operation.args);
  else if (operation.kind === "batch") await session.batch(operation.statement, operation.rows);
  else await session.read(operation.query, operation.args);
}
