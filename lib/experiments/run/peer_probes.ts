/**
 * Where libraries that keep no record of events can be looked at: the functions of theirs that hear of a change, and that
 * begin to compute a live query anew, tell when they are called. For traces only: nothing that is measured runs with it.
 *
 * The functions are inner ones of the pinned versions. A library that has them no more makes the probe fail.
 */
import { DriverUnavailableError } from "../../model/errors.ts";

/** A step of a library: it heard of a change, or began to compute a live query anew. */
export type ProbedStep = "invalidate" | "requery-start";

/** What is wrapped in one library, before a session is opened. */
type Probe = (note: (step: ProbedStep) => void) => Promise<void>;

// deno-lint-ignore no-explicit-any -- inner functions of libraries have no types.
type Inner = any;

/** By id of the adapter. */
const PROBES: Readonly<Record<string, Probe>> = {
  // Hears of written tables after each commit; a watched query asks by `getAll`.
  powersync: async (note) => {
    // @ts-ignore: resolved by drivers/powersync/deno.json
    const { PowerSyncDatabase }: Inner = await import("@powersync/node");
    wrap(PowerSyncDatabase.prototype, "processTableUpdates", () => note("invalidate"));
    wrap(PowerSyncDatabase.prototype, "getAll", () => note("requery-start"));
  },
  // A view looks at each written document at once, and computes nothing anew.
  lokijs: async (note) => {
    // @ts-ignore: resolved by drivers/lokijs/deno.json
    const { default: Loki }: Inner = await import("lokijs");
    wrap(Loki.DynamicView.prototype, "evaluateDocument", () => note("invalidate"));
  },
  // A query reads the change events since its last run from a buffer.
  rxdb: async (note) => {
    // @ts-ignore: resolved by drivers/rxdb/deno.json
    const { RxCollectionBase }: Inner = await import("rxdb");
    const { prepare } = RxCollectionBase.prototype;
    RxCollectionBase.prototype.prepare = async function (...args: unknown[]) {
      await prepare.apply(this, args);
      this.eventBulks$.subscribe(() => note("invalidate"));
      wrap(this._changeEventBuffer, "getFrom", () => note("requery-start"));
    };
  },
  // Changes go into a buffer, and a pass over it brings all views up to date.
  triplit: async (note) => {
    // @ts-ignore: resolved by drivers/triplit/deno.json
    const { TriplitClient }: Inner = await import("@triplit/client");
    const client = new TriplitClient({ storage: "memory", autoConnect: false, logLevel: "error" });
    await client.ready;
    const views = Object.getPrototypeOf(client.db.ivm);
    client.disconnect();
    wrap(views, "bufferChanges", () => note("invalidate"));
    wrap(views, "updateViews", () => note("requery-start"));
  },
};

/** Ids of adapters whose libraries can be looked at. */
export const PROBED_ADAPTERS: readonly string[] = Object.keys(PROBES);

/** Has a library tell its steps; `false` for one that cannot be looked at. Throws when it has changed inside. */
export async function probeLibrary(adapter: string, note: (step: ProbedStep) => void): Promise<boolean> {
  const probe = PROBES[adapter];
  if (probe === undefined) return false;
  await probe(note);
  return true;
}

/** Calls `before` before each call of a method, wherever in the chain of prototypes it is. */
function wrap(object: Inner, method: string, before: () => void): void {
  let owner = object;
  while (owner !== null && !Object.hasOwn(owner, method)) owner = Object.getPrototypeOf(owner);
  if (typeof owner?.[method] !== "function") {
    throw new DriverUnavailableError(`Cannot look into a library as it must have "${method}": it has none`);
  }
  const inner = owner[method];
  owner[method] = function (...args: unknown[]) {
    before();
    return inner.apply(this, args);
  };
}
