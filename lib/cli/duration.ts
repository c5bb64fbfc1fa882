import { InvalidArgumentError } from "commander";

/** Reads `90s`, `5m` or `1.5m` as milliseconds. Throws an InvalidArgumentError for anything else, and for no time. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m)$/.exec(text);
  const value = match === null ? 0 : Number(match[1]) * (match[2] === "m" ? 60_000 : 1000);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a time above 0 such as 90s or 5m.");
}

/** `m:ss` or `h:mm:ss`. */
export function clockText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
