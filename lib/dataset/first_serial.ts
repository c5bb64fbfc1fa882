/** Where an iteration stands among all iterations that write to the same rows. */
export interface IterationPosition {
  /** Counts from 0 over the blocks of a cell. */
  readonly blockIndex: number;
  /** Counts from 0 within the block, warm-ups included. */
  readonly iterationIndex: number;
  /** Iterations per block, warm-ups included. */
  readonly iterationCount: number;
  /** Writes per iteration. */
  readonly writeCount: number;
}

/**
 * The serial number of an iteration's first write. Its write `w`, counted from 0, has the number `firstSerial + w`.
 *
 * Numbers start at 1, so that none equals a seeded 0, and no two writes of any iteration or block share one. A value
 * made from its write's number is therefore a true change, whatever was written before.
 */
export function firstSerial(position: IterationPosition): number {
  const { blockIndex, iterationIndex, iterationCount, writeCount } = position;
  return (blockIndex * iterationCount + iterationIndex) * writeCount + 1;
}
