/**
 * Looks for histories that an adapter gets wrong, for as long as there is time.
 *
 * In: a target, a seed, an end. Out: what was found, each find shrunk to a small history on small tables, seen again on a
 * fresh database. What was found, and what known gaps name, is left out from there on, so that it hides nothing else.
 * The same seed gives the same histories; when the time is over decides how many of them are played.
 */
import fc from "fast-check";
import { DriverUnavailableError } from "../../model/errors.ts";
import type { Table } from "../../model/schema.ts";
import type { ConformanceTarget } from "../find_targets.ts";
import type { History, HistoryFault, Step } from "../history.ts";
import { caseArbitrary } from "./case_arbitrary.ts";
import { type CasePatience, CasePlayer } from "./case_player.ts";
import { schemaArbitrary } from "./schema_arbitrary.ts";
import { smallerHistories } from "./smaller_histories.ts";
import { type Blocked, blockedByGaps, historyTraits, isBlocked, type Trait, writeTraits } from "./traits.ts";

/** Something that an adapter got wrong. */
export interface Find {
  /** What was wrong, in one line. */
  readonly message: string;
  /** The smallest history that showed it. */
  readonly history: History;
  /** What the history has in it: histories with all of these are left out from here on. */
  readonly traits: readonly Trait[];
  /** It was wrong each time that it was played again; else once at least. */
  readonly isSteady: boolean;
}

/** What a hunt has done. */
export interface HuntReport {
  /** Why the driver cannot be used here; nothing was played then. */
  readonly unavailable?: string;
  /** Histories that were played, those of shrinking left out. */
  readonly caseCount: number;
  /** Their steps. */
  readonly stepCount: number;
  /** Histories that were left out, as they have in them what is known. */
  readonly leftOutCount: number;
  readonly finds: readonly Find[];
  /** Faults that did not show again on a fresh database, or with more patience. */
  readonly unsteady: readonly string[];
  /** It ended before its time. */
  readonly isInterrupted: boolean;
}

/** What a hunt needs from outside. */
export interface HuntOrder {
  readonly target: ConformanceTarget;
  /** An empty directory of its own. */
  readonly directory: string;
  readonly seed: number;
  readonly durationMs: number;
  /** Ends it early; what was found is kept. */
  readonly signal?: AbortSignal;
  /** Called with each find, as soon as it is small. */
  readonly onFind?: (find: Find) => void;
  /** Default is {@link HUNT_PATIENCE}. */
  readonly patience?: HuntPatience;
  /** Most finds; default is {@link MOST_FINDS}. */
  readonly mostFinds?: number;
}

/** How long things may take. */
export interface HuntPatience {
  /** While looking, and while shrinking. */
  readonly first: CasePatience;
  /** Before anybody is accused. */
  readonly last: CasePatience;
  /** Longest time for making one find small. */
  readonly shrinkMs: number;
}

/** Long enough for slow databases on busy machines. */
export const HUNT_PATIENCE: HuntPatience = {
  first: { deadlineMs: 2500, quietMs: 15 },
  last: { deadlineMs: 6000, quietMs: 120 },
  shrinkMs: 60_000,
};

/** More say nothing new: somebody has to look at these first. */
export const MOST_FINDS = 10;

const CASES_PER_ROUND = 25;

/** Hunts. Rejects with what loading the adapter throws, but for a missing driver. */
export async function hunt(order: HuntOrder): Promise<HuntReport> {
  const { target, directory, signal } = order;
  const player = new CasePlayer(target, directory);
  const onAbort = () => void player.end();
  signal?.addEventListener("abort", onAbort);
  try {
    return await new Hunt(order, player).run();
  } finally {
    signal?.removeEventListener("abort", onAbort);
    await player.end();
  }
}

interface Failing {
  readonly history: History;
  readonly fault: HistoryFault;
}

class Hunt {
  readonly #order: HuntOrder;
  readonly #player: CasePlayer;
  readonly #patience: HuntPatience;
  readonly #mostFinds: number;
  readonly #finds: Find[] = [];
  readonly #unsteady: string[] = [];
  readonly #endMs: number;
  #blocked: Blocked;
  #caseCount = 0;
  #stepCount = 0;
  #leftOutCount = 0;
  /** The smallest one so far while one is made smaller. */
  #failing: Failing | undefined;
  #shrinkEndMs = Infinity;

  constructor(order: HuntOrder, player: CasePlayer) {
    const { adapter, options } = order.target;
    this.#order = order;
    this.#player = player;
    this.#patience = order.patience ?? HUNT_PATIENCE;
    this.#mostFinds = order.mostFinds ?? MOST_FINDS;
    this.#endMs = performance.now() + order.durationMs;
    this.#blocked = blockedByGaps(adapter.knownGaps, options);
  }

  async run(): Promise<HuntReport> {
    try {
      for (let round = 0; !this.#isOver(); round++) await this.#round(round);
      return this.#report();
    } catch (error) {
      if (!(error instanceof DriverUnavailableError)) throw error;
      return { ...this.#report(), unavailable: error.message };
    }
  }

  async #round(round: number): Promise<void> {
    const { target: { adapter, options }, seed } = this.#order;
    const own = { seed: (Math.imul(seed, 1_000_003) + round) | 0 };
    const [tables] = fc.sample(schemaArbitrary, { ...own, numRuns: 1 }) as [readonly Table[]];
    const { liveQueries, worksOn, atomicBatch } = adapter.capabilities(options);
    // Who has no live queries, no transactions, or several connections may give a statement that has to look first the
    // second place: nobody promises otherwise.
    const isOrdered = worksOn !== "server" && liveQueries !== "none" && atomicBatch;
    const limits = { isLive: liveQueries !== "none", isOrdered };
    let unexpected: unknown;
    const property = fc.asyncProperty(caseArbitrary(tables, limits), async (steps) => {
      try {
        return unexpected !== undefined || !await this.#isWrong({ tables, steps });
      } catch (error) {
        unexpected = error;
        return true;
      }
    });
    await fc.check(property, { ...own, numRuns: CASES_PER_ROUND });
    if (unexpected !== undefined) throw unexpected;
    if (this.#failing !== undefined) await this.#keep(this.#failing);
    this.#failing = undefined;
    this.#shrinkEndMs = Infinity;
  }

  /** Whether a history is wrong beyond doubt; while shrinking, whether this smaller one is wrong. */
  async #isWrong(history: History): Promise<boolean> {
    if (isBlocked(history, this.#blocked)) {
      if (this.#failing === undefined) this.#leftOutCount++;
      return false;
    }
    if (this.#failing !== undefined) {
      if (performance.now() > this.#shrinkEndMs) return false;
      return await this.#notes(history, await this.#played(history, this.#patience.first, true));
    }
    if (this.#isOver()) return false;
    this.#caseCount++;
    this.#stepCount += history.steps.length;
    const first = await this.#played(history, this.#patience.first, false);
    if (first === undefined) return false;
    const again = await this.#played(history, this.#patience.last, true);
    if (again === undefined && !this.#isAborted()) this.#unsteady.push(first.message);
    this.#shrinkEndMs = performance.now() + this.#patience.shrinkMs;
    return this.#notes(history, again);
  }

  #notes(history: History, fault: HistoryFault | undefined): boolean {
    if (fault === undefined) return false;
    this.#failing = { history, fault };
    return true;
  }

  async #keep(found: Failing): Promise<void> {
    const smallest = await this.#pruned(found);
    const again = [
      await this.#played(smallest.history, this.#patience.last, true),
      await this.#played(smallest.history, this.#patience.last, true),
    ];
    const { history, fault } = smallest;
    const traits = [...traitsOf(history, fault)];
    const find: Find = {
      message: fault.message,
      history,
      traits,
      isSteady: !this.#isAborted() && again.every((one) => one !== undefined),
    };
    this.#blocked = [...this.#blocked, traits];
    this.#finds.push(find);
    this.#order.onFind?.(find);
  }

  async #pruned(found: Failing): Promise<Failing> {
    let smallest = found;
    const endMs = performance.now() + this.#patience.shrinkMs / 2;
    for (let isSmaller = true; isSmaller;) {
      isSmaller = false;
      for (const history of smallerHistories(smallest.history)) {
        if (performance.now() > endMs || this.#isAborted()) return smallest;
        const fault = await this.#played(history, this.#patience.first, true);
        if (fault === undefined) continue;
        smallest = { history, fault };
        isSmaller = true;
        break;
      }
    }
    return smallest;
  }

  /** Nothing is wrong with what was cut off. */
  async #played(
    history: History,
    patience: CasePatience,
    isFresh: boolean,
  ): Promise<HistoryFault | undefined> {
    if (this.#isAborted()) return undefined;
    const fault = await this.#player.play(history, patience, isFresh);
    return this.#isAborted() ? undefined : fault;
  }

  #isAborted(): boolean {
    return this.#order.signal?.aborted === true;
  }

  #isOver(): boolean {
    return this.#isAborted() || performance.now() >= this.#endMs || this.#finds.length >= this.#mostFinds;
  }

  #report(): HuntReport {
    return {
      caseCount: this.#caseCount,
      stepCount: this.#stepCount,
      leftOutCount: this.#leftOutCount,
      finds: this.#finds,
      unsteady: this.#unsteady,
      isInterrupted: this.#isAborted(),
    };
  }
}

/** Those of the query at fault with all that was written; of a fault without a query, of what was written. */
function traitsOf(history: History, { query }: HistoryFault): ReadonlySet<Trait> {
  const asked = history.steps.filter((step): step is Step & { readonly do: "watch" | "read" } =>
    step.do === "watch" || step.do === "read"
  );
  const at = asked.findIndex((step) => step.query === query?.query);
  return at < 0 ? writeTraits(history) : historyTraits(history)[at]!;
}
