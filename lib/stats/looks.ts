/**
 * Looking at a comparison before it is finished. Each look is one more chance of a false alarm, so that the looks share
 * the level: half of it is spent on all looks before the last one, evenly, and half is kept for the last.
 */

/** Probability of calling a difference where there is none, over all looks at one comparison. */
export const ALARM_LEVEL = 0.01;

/** Each look comes after half as many rounds again as the one before. */
const LOOK_GROWTH = 1.5;

/**
 * After how many rounds the data are looked at, ascending: `least`, then every half as many again, and `most`.
 *
 * @throws {RangeError} unless both are whole numbers with 1 <= least <= most.
 */
export function lookSchedule(least: number, most: number): number[] {
  if (!(Number.isInteger(least) && Number.isInteger(most) && least >= 1 && least <= most)) {
    throw new RangeError(
      `Cannot plan looks as they must be whole with 1 <= least <= most: got ${least} and ${most}`,
    );
  }
  const looks: number[] = [];
  for (let next = least; next < most; next = Math.ceil(next * LOOK_GROWTH)) looks.push(next);
  // A look shortly before the last one costs level and saves nothing.
  if (looks.length > 1 && looks.at(-1)! > most / 1.2) looks.pop();
  return [...looks, most];
}

/**
 * The share of {@link ALARM_LEVEL} that may be spent when the data end after `roundCount` rounds. A number of rounds
 * that is no look is one at which the budget ended the measurement: nothing was looked at in between, so that it is the
 * last look.
 */
export function alarmLevelAt(roundCount: number, looks: readonly number[]): number {
  const interim = looks.slice(0, -1);
  if (interim.length === 0) return ALARM_LEVEL;
  return interim.includes(roundCount) ? ALARM_LEVEL / 2 / interim.length : ALARM_LEVEL / 2;
}
