/**
 * An application starts for the first time: nothing is stored yet, and the screen of ten live queries is empty. How long
 * until the database is there, and until something is to be seen? In a page this is a new profile of a browser that has
 * just started, from the navigation on.
 *
 * Unfair: an empty screen is not what the application is for, and what it shows next comes from a network. Scripts come
 * from the same machine, and nothing is in a cache. Opening is measured once per process, so that a repetition has one
 * sample of everything.
 */
import type { Program, ProgramContext, Workload } from "../lib/model/mod.ts";
import { messages, rooms, SCREEN, users } from "./_start_screen.ts";

function program(_sizes: Readonly<Record<string, number>>, context: ProgramContext): Program {
  return {
    tables: [users, rooms, messages],
    seeds: [],
    iterations: [{
      warmup: false,
      freshSession: true,
      phases: [{
        name: "empty",
        watches: SCREEN,
        operations: () => [],
        warmupOperationCount: 0,
        pacing: context.pacing ?? { turns: 0 },
        checks: [],
      }],
    }],
  };
}

/** See the module. */
export const firstStart: readonly Workload[] = [{
  id: "first-start",
  version: 1,
  title: "First start",
  question:
    "How long does a new process need to make a database and show a screen of ten live queries, all of them empty?",
  unfair: "The screen is empty: what an application shows first comes from a network, which is not here.",
  slow: false,
  withoutLiveQueries: "floor",
  closedLoopReason: "its phase is the start of a process, without operations",
  phases: [{ name: "empty", title: "Nothing is stored yet" }],
  parameters: { smoke: {}, standard: {}, large: {} },
  program,
}];
