import type { Capabilities } from "../../model/adapter.ts";

/** What an adapter can be asked. */
export interface CaseLimits {
  /** It has live queries. */
  readonly isLive: boolean;
  /** Writes that do not wait for each other are done in the order of their calls: one connection takes them all. */
  readonly isOrdered: boolean;
}

/** What an adapter with these capabilities is asked. */
export function caseLimits({ liveQueries, worksOn, atomicBatch }: Capabilities): CaseLimits {
  const isLive = liveQueries !== "none";
  // Who has no live queries, no transactions, or several connections may give a statement that has to look first the
  // second place: nobody promises otherwise.
  return { isLive, isOrdered: worksOn !== "server" && isLive && atomicBatch };
}
