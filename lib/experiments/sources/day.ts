/** Calendar days as `YYYY-MM-DD`, without time and zone. */

const DAY_MS = 86_400_000;

/** Days since 1970-01-01, or `undefined` when the text is not a day that exists: 2026-02-30 is none. */
export function parseDay(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // Date.parse rolls 30 February over to March in some engines and refuses it in others.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text) return undefined;
  return ms / DAY_MS;
}

/** The day of a moment, in UTC. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
