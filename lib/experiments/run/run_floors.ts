/**
 * Floors for comparisons of two runs, from what was calibrated for pairs of sides.
 *
 * A calibration tells how far the medians of two equal sides of some blocks stray from each other. Two runs of n blocks
 * stray as far, by the root of the number of blocks; weather between the runs comes on top, and is the anchor's to see.
 */
import { LEAST_FLOOR } from "../../stats/mod.ts";
import type { FloorLookup } from "../../report/mod.ts";
import { type Calibration, readingKey } from "./calibration.ts";

/** Two-sided 95 % of a normal distribution, in standard deviations. */
const REACH = 1.96;

/** Floors of what was calibrated, at least 3 %; `undefined` for everything else. */
export function runFloors(calibration: Calibration | undefined): FloorLookup {
  return ({ cellKey, metric, phase, operation }, blockCount) => {
    const cell = calibration?.cells.find((one) => one.cellKey === cellKey);
    const key = readingKey({
      ...(phase === undefined ? {} : { phase }),
      ...(operation === undefined ? {} : { operation }),
    }, { metric });
    const reading = cell?.readings.find((one) => readingKey(one, one.quantity) === key);
    if (cell === undefined || reading === undefined) return undefined;
    const spread = reading.spread * Math.sqrt((cell.blocksPerSide ?? 1) / blockCount);
    return Math.max(LEAST_FLOOR, Math.expm1(REACH * spread));
  };
}
