/**
 * Looks for histories that an adapter gets wrong, for as long as there is time.
 *
 * In: a target, a seed, an end. Out: what was found, each find shrunk to a small history on small tables, seen again on a
 * fresh database. What was found, and what known gaps name, is cut out of histories from there on, so that it hides
 * nothing else. The same seed gives the same schemas and, on each, the same histories; time decides how many of them are
 * played: where opening a database takes long, more on each schema.
 */
import fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { DriverUnavailableError } from "../../model/errors.ts";
import type { Table } from "../../model/schema.ts";
import type { ConformanceTarget } from "../find_targets.ts";
import type { History, HistoryFault, Step } from "../history.ts";
import { caseArbitrary } from "./case_arbitrary.ts";
import { caseLimits } from "./case_limits.ts";
import { type CasePatience, CasePlayer } from "./case_player.ts";
import { schemaArbitrary } from "./schema_arbitrary.ts";
import { smallerHistories } from "./smaller_histories.ts";
import { type Blocked, blockedByGaps, historyTraits, type Trait, writeTraits } from "./traits.ts";
import { withoutKnown } from "./without_known.ts";

/** Something that an adapter got wrong. */
export interface Find {
  /** What was wrong, in one line. */
  readonly message: string;
  /** The smallest history that showed it. */
  readonly history: History;
  /** What the history has in it: what has all of these is cut out from here on. */
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
  /** Those of them that something known was cut out of. */
  readonly cutCount: number;
  /** Histories that were left out, as they had nothing in them but what is known. */
  readonly leftOutCount: number;
  readonly finds: readonly Find[];
  /** Faults that did not show again on a fresh database, or with more patience. */
  readonly unsteady: readonly string[];
  /** Somebody ended it before its time. */
  readonly isInterrupted: boolean;
  /** What ended it: its time, as many finds as somebody can look at, or somebody. */
  readonly endedBy: "time" | "finds" | "signal";
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
  /** While looking. */
  readonly first: CasePatience;
  /** While one find is made small, where each smaller one that never comes is waited for to the end. */
  readonly shrink: CasePatience;
  /** Before anybody is accused. */
  readonly last: CasePatience;
  /** Longest time for making one find small. */
  readonly shrinkMs: number;
}

/** Long enough for slow databases on busy machines. */
export const HUNT_PATIENCE: HuntPatience = {
  first: { deadlineMs: 2500, quietMs: 15 },
  shrink: { deadlineMs: 1200, quietMs: 15 },
  last: { deadlineMs: 12_000, quietMs: 120 },
  shrinkMs: 40_000,
};

/** More say nothing new: somebody has to look at these first. */
export const MOST_FINDS = 10;

/** Histories on one schema, and the most of them. */
const CASES_PER_ROUND = 25;
const MOST_CASES_PER_ROUND = 400;
/** The histories of a schema take at least so many times as long as opening a database for them. */
const PLAYING_PER_OPENING = 4;
/** Where opening takes longer, a find is made small on databases that others have left empty. */
const QUICK_OPENING_MS = 2000;

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
  #cutCount = 0;
  #leftOutCount = 0;
  /** Seen wrong on a fresh database. */
  #seen: Failing | undefined;
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
    let unexpected: unknown;
    const property = fc.asyncProperty(
      caseArbitrary(tables, caseLimits(adapter.capabilities(options))),
      async (steps) => {
        try {
          return unexpected !== undefined || !await this.#isWrong({ tables, steps });
        } catch (error) {
          unexpected = error;
          return true;
        }
      },
    );
    await fc.check(property, { ...own, numRuns: this.#roundSize() });
    if (unexpected !== undefined) throw unexpected;
    if (this.#seen !== undefined) await this.#keep(this.#seen, this.#failing!);
    this.#seen = undefined;
    this.#failing = undefined;
    this.#shrinkEndMs = Infinity;
  }

  #roundSize(): number {
    const { openMs, playMs } = this.#player.pace;
    if (playMs === 0) return CASES_PER_ROUND;
    const worthwhile = Math.ceil(PLAYING_PER_OPENING * openMs / playMs);
    return Math.min(MOST_CASES_PER_ROUND, Math.max(CASES_PER_ROUND, worthwhile));
  }

  /** Whether a history is wrong beyond doubt; while shrinking, whether this smaller one is wrong. */
  async #isWrong(whole: History): Promise<boolean> {
    if (this.#failing === undefined ? this.#isOver() : performance.now() > this.#shrinkEndMs) return false;
    const history = withoutKnown(whole, this.#blocked);
    if (this.#failing !== undefined) {
      if (history === undefined) return false;
      // Only what is cut out got smaller.
      if (isDeepStrictEqual(history, this.#failing.history)) return true;
      const fault = await this.#smallerPlayed(history);
      if (fault !== undefined) this.#failing = { history, fault };
      return fault !== undefined;
    }
    if (history === undefined) {
      this.#leftOutCount++;
      return false;
    }
    if (history !== whole) this.#cutCount++;
    this.#caseCount++;
    this.#stepCount += history.steps.length;
    const first = await this.#played(history, this.#patience.first, false);
    if (first === undefined) return false;
    const again = await this.#played(history, this.#patience.last, true) ??
      await this.#played(history, this.#patience.first, true);
    if (again === undefined) {
      if (!this.#isAborted()) this.#unsteady.push(first.message);
      return false;
    }
    this.#seen = this.#failing = { history, fault: again };
    this.#shrinkEndMs = performance.now() + this.#patience.shrinkMs;
    return true;
  }

  async #keep(seen: Failing, smaller: Failing): Promise<void> {
    let smallest = await this.#pruned(smaller);
    let again = await this.#playedTwice(smallest.history);
    // What was wrong only behind others that were played before it is not what was seen.
    if (smallest !== seen && again.every((one) => one === undefined)) {
      smallest = seen;
      again = await this.#playedTwice(smallest.history);
    }
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

  async #playedTwice(history: History): Promise<(HistoryFault | undefined)[]> {
    return [
      await this.#played(history, this.#patience.last, true),
      await this.#played(history, this.#patience.last, true),
    ];
  }

  #smallerPlayed(history: History): Promise<HistoryFault | undefined> {
    return this.#played(history, this.#patience.shrink, this.#player.pace.openMs < QUICK_OPENING_MS);
  }

  async #pruned(found: Failing): Promise<Failing> {
    let smallest = found;
    const endMs = performance.now() + this.#patience.shrinkMs / 2;
    for (let isSmaller = true; isSmaller;) {
      isSmaller = false;
      for (const history of smallerHistories(smallest.history)) {
        if (performance.now() > endMs || this.#isAborted()) return smallest;
        const fault = await this.#smallerPlayed(history);
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
    const isInterrupted = this.#isAborted();
    return {
      caseCount: this.#caseCount,
      stepCount: this.#stepCount,
      cutCount: this.#cutCount,
      leftOutCount: this.#leftOutCount,
      finds: this.#finds,
      unsteady: this.#unsteady,
      isInterrupted,
      endedBy: isInterrupted ? "signal" : this.#finds.length >= this.#mostFinds ? "finds" : "time",
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
