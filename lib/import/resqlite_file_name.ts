/** What the name of a result file says. */
export interface ResqliteFileName {
  /**
   * `2026-04-08T15:43:57`, midnight where the name has only a date; with a Z at the end where the name has one, else in an
   * unknown zone; empty for reports of experiments, whose names have no date.
   */
  readonly startedAt: string;
  /** The rest of the name, quotes and spaces included; date and time as they stand there when there is no rest. */
  readonly label: string;
}

const DATED = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2})-(\d{2})-(\d{2})(Z?))?(?:-(.+))?\.(?:md|json)$/s;
const REPORT = /^(exp-?\d{3}.*|.+-aggregate)\.md$/s;

/**
 * Reads `<date>T<time>-<label>.md`, where time and label may be missing, the same of its sidecar, and the names of profile
 * aggregates, `exp-127-writer-dispatch-aggregate.md`; `undefined` for any other name or an impossible time.
 */
export function parseResqliteFileName(name: string): ResqliteFileName | undefined {
  const report = REPORT.exec(name);
  const match = DATED.exec(name);
  if (match === null) return report === null ? undefined : { startedAt: "", label: report[1]! };
  const [, date, hours = "00", minutes = "00", seconds = "00", zone = "", label] = match;
  const startedAt = `${date}T${hours}:${minutes}:${seconds}`;
  const time = new Date(`${startedAt}Z`);
  // Dates such as February 30 roll over instead of failing.
  return Number.isNaN(time.getTime()) || !time.toISOString().startsWith(startedAt)
    ? undefined
    : { startedAt: `${startedAt}${zone}`, label: label ?? name.replace(/\.(?:md|json)$/, "") };
}
