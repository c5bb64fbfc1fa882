/** What the exit code of every command says. */
export const EXIT = {
  /** Everything asked for was done and was right. */
  fine: 0,
  /** A cell failed or lied, a check did not hold, something could not be compared. */
  wrong: 1,
  /** What was typed cannot be done. */
  usage: 2,
  /** The disk did not take what had to be stored; what was measured before is kept. */
  unstored: 3,
  /** A comparison broke a margin that was given with `--fail-on`. */
  regressed: 4,
  /** The user interrupted; what was measured is kept. */
  interrupted: 130,
  /** Whoever read the output left before its end, as `head` does. */
  unread: 141,
} as const;
