/** How a database is driven by its adapter: one sentence per act, with the documentation that tells users to do so. */

/** One act, and where its way of doing comes from. */
export interface Idiom {
  /** What the adapter calls, in one sentence. */
  readonly how: string;
  /**
   * Address of the library's own documentation, or of its source where no documentation tells; for what is part of
   * this repository, the path of a file in it.
   */
  readonly link: string;
  /** What else was tried, and why it was not kept. */
  readonly tried?: string;
}

/** What every adapter does. */
export const PLAIN_ACTS = ["write", "batch", "readPage", "readKey", "join"] as const;

/** What adapters with live queries do as well. */
export const WATCH_ACTS = ["watchRow", "watchList", "watchCount"] as const;

/**
 * By act. `readPage`: rows by an indexed condition, in order, up to a limit. `readKey`: one row by its key. `join`: rows
 * with columns of another table. `watchRow`, `watchList` and `watchCount`: the same as live queries.
 */
export type Idioms =
  & Readonly<Record<typeof PLAIN_ACTS[number], Idiom>>
  & Readonly<Partial<Record<typeof WATCH_ACTS[number], Idiom>>>;
