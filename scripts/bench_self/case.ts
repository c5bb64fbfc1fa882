/**
 * One harness measures one operation, alone in its process, and prints what it reports: `case.ts <harness> <operation>`.
 * The output is one line of JSON, a {@link CaseResult}.
 */
import { denoRuntime } from "../../lib/runtime/deno.ts";
import { runOperations } from "../../lib/child/operation_loop.ts";
import { ResultRecorder } from "../../lib/child/result_recorder.ts";
import { select } from "../../lib/model/statement.ts";
import { Digester, randomDigestKey } from "../../lib/protocol/digester.ts";
import { StreamRecorder } from "../../lib/child/stream_recorder.ts";

/** What a harness says of an operation. */
export interface CaseResult {
  /** The harness's own mean per operation, nanoseconds. */
  readonly reportedNs: number;
  /** Time per operation from start to end, bookkeeping included, nanoseconds; absent where the harness hides it. */
  readonly wallNs?: number;
}

const OPERATION_COUNT = 1_000_000;

const noop = (): void => {};
const awaitResolved = async (): Promise<void> => {
  await Promise.resolve();
};

async function stamped(operation: () => unknown): Promise<CaseResult> {
  const clock = denoRuntime(undefined);
  const startNs = new Float64Array(OPERATION_COUNT);
  const endNs = new Float64Array(OPERATION_COUNT);
  const loop = {
    perform: operation,
    startNs,
    endNs,
    nowNs: clock.nowNs,
  };
  await runOperations({ ...loop, from: 0, to: OPERATION_COUNT / 10 });
  const beganNs = clock.nowNs();
  await runOperations({ ...loop, from: 0, to: OPERATION_COUNT });
  const wallNs = (clock.nowNs() - beganNs) / OPERATION_COUNT;
  return { reportedNs: mean(endNs.map((end, index) => end - startNs[index]!)), wallNs };
}

async function bareLoop(operation: () => unknown): Promise<CaseResult> {
  for (let index = 0; index < OPERATION_COUNT / 10; index++) await operation();
  const beganMs = performance.now();
  for (let index = 0; index < OPERATION_COUNT; index++) await operation();
  const wallNs = (performance.now() - beganMs) * 1e6 / OPERATION_COUNT;
  return { reportedNs: wallNs, wallNs };
}

async function mitata(operation: () => unknown): Promise<CaseResult> {
  const { measure } = await import("mitata");
  const { avg } = await measure(operation);
  return { reportedNs: avg };
}

async function tinybench(operation: () => unknown): Promise<CaseResult> {
  const { Bench } = await import("tinybench");
  const bench = new Bench();
  bench.add("operation", operation);
  await bench.run();
  const { result } = bench.tasks[0]!;
  if (!("latency" in result)) {
    throw new Error(`Cannot read tinybench's result as its state is "${result.state}"`);
  }
  return { reportedNs: result.latency.mean * 1e6 };
}

/** What one emission costs the listener: three values of one row are digested, time and digest are kept. */
function recordEmission(): CaseResult {
  const digester = new Digester(randomDigestKey());
  const query = select({ table: "items", columns: ["id", "body", "updated_at"], where: [], orderBy: [] });
  const watch = { query, args: [], isTotal: true };
  const clock = denoRuntime(undefined);
  const rows = [{ id: 1, body: "body_1", updated_at: 1 }];
  const emissionCount = 200_000;
  const round = (): number => {
    const results = new ResultRecorder(digester, false);
    const observer = new StreamRecorder({ nowNs: clock.nowNs, results }).observer(watch);
    const beganNs = clock.nowNs();
    for (let index = 0; index < emissionCount; index++) observer.next(rows);
    return (clock.nowNs() - beganNs) / emissionCount;
  };
  round();
  const wallNs = round();
  return { reportedNs: wallNs, wallNs };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const HARNESSES: Readonly<Record<string, (operation: () => unknown) => Promise<CaseResult>>> = {
  watchbench: stamped,
  "bare-loop": bareLoop,
  mitata,
  tinybench,
};

if (import.meta.main) {
  const [harness, operation] = Deno.args;
  const result = harness === "watchbench" && operation === "emission"
    ? recordEmission()
    : await HARNESSES[harness!]!(operation === "noop" ? noop : awaitResolved);
  console.log(JSON.stringify(result));
}
