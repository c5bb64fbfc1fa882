/** Values farther apart than this factor are drawn on a logarithmic axis. */
const LOG_FACTOR = 20;

/** Whether values from `min`, above 0, to `max` are drawn on a logarithmic axis: one rule for every chart. */
export function isLogSpan(min: number, max: number): boolean {
  return min > 0 && max / min > LOG_FACTOR;
}
