/** What the name of a result file says. */
export interface ResqliteFileName {
  /** `2026-04-08T15:43:57`, midnight where the name has only a date; no zone, as the source gives none. */
  readonly startedAt: string;
  /** The rest of the name, quotes and spaces included; date and time as they stand there when there is no rest. */
  readonly label: string;
}

const PATTERN = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2})-(\d{2})-(\d{2}))?(?:-(.+))?\.md$/s;

/**
 * Reads `<date>T<time>-<label>.md`, where time and label may be missing; `undefined` for any other name or an impossible
 * time.
 */
export function parseResqliteFileName(name: string): ResqliteFileName | undefined {
  const match = PATTERN.exec(name);
  if (match === null) return undefined;
  const [, date, hours = "00", minutes = "00", seconds = "00", label] = match;
  const startedAt = `${date}T${hours}:${minutes}:${seconds}`;
  const time = new Date(`${startedAt}Z`);
  // Dates such as February 30 roll over instead of failing.
  return Number.isNaN(time.getTime()) || !time.toISOString().startsWith(startedAt)
    ? undefined
    : { startedAt, label: label ?? name.slice(0, -".md".length) };
}
