/**
 * What a live-query engine does between a commit and what is shown, step by step: one phase of a workload in a process
 * of its own, with the adapter's own record of events. Nothing here is measured for a comparison.
 */
import { fileURLToPath } from "node:url";
import { adapterById } from "../../adapters/mod.ts";
import {
  defaultOptions,
  type OptionValues,
  type OutcomeTable,
  type Scale,
  type SessionEvent,
} from "../../model/mod.ts";
import { childFlags } from "../../runner/child_flags.ts";
import { TRACE_BATCH, TRACE_STEPS } from "../pages/trace_series.ts";

/** What is traced. */
export interface TraceOrder {
  /** Id of an adapter whose sessions keep events, or whose library can be looked into. */
  readonly adapter: string;
  /** Options that differ from their default. */
  readonly options: OptionValues;
  /** `id@version`. */
  readonly workload: string;
  /** Size of the workload. */
  readonly scale: Scale;
  /** Name of a phase; the ones before it in the first iteration run as well. */
  readonly phase: string;
}

/** What the child is asked; its only argument. */
export interface TraceChildOrder extends TraceOrder {
  /** An empty directory. */
  readonly directory: string;
}

const ENTRY = fileURLToPath(new URL("../../../scripts/trace_phase.ts", import.meta.url));

/** Runs the phase once. Throws an Error with what the child said when it fails. */
export async function tracePhase(order: TraceOrder): Promise<SessionEvent[]> {
  const adapter = adapterById(order.adapter);
  const directory = await Deno.makeTempDir({ prefix: `watchbench-${Deno.pid}-` });
  try {
    const childOrder: TraceChildOrder = {
      ...order,
      options: { ...defaultOptions(adapter), ...order.options },
      directory,
    };
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", ...childFlags({ adapter, directory }), ENTRY, JSON.stringify(childOrder)],
    }).output();
    const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).trim();
    if (!success) throw new Error(`Cannot trace phase "${order.phase}": ${text(stderr)}`);
    return JSON.parse(text(stdout).split("\n").at(-1)!) as SessionEvent[];
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/**
 * When each commit was acknowledged, found to concern the live query, asked about and shown, in nanoseconds since the
 * first acknowledgement. A commit that nothing showed by itself is shown by the first newer result.
 */
export function traceTable(
  title: string,
  events: readonly SessionEvent[],
  notes: readonly string[],
): OutcomeTable {
  const commits = events.filter(({ kind }) => kind === "commit");
  const startMs = commits[0]?.atMs ?? 0;
  const first = (kind: string, isIt: (event: SessionEvent) => boolean): number | null => {
    const event = events.find((one) => one.kind === kind && isIt(one));
    return event === undefined ? null : Math.round((event.atMs - startMs) * 1e6);
  };
  return {
    title,
    columns: [
      { title: TRACE_BATCH, unit: "count" },
      ...TRACE_STEPS.map((title) => ({ title, unit: "ns" as const })),
    ],
    rows: commits.map(({ commit, atMs }, index) => [
      index + 1,
      Math.round((atMs - startMs) * 1e6),
      first("invalidate", (event) => event.commit === commit),
      first("requery-start", (event) => event.commit >= commit),
      first("deliver", (event) => event.commit >= commit),
    ]),
    notes,
  };
}
