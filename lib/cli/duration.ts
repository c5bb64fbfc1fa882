import { InvalidArgumentError } from "commander";

/** Reads `90s`, `5m` or `1.5m` as milliseconds. Throws an InvalidArgumentError for anything else, and for no time. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m)$/.exec(text);
  const value = match === null ? 0 : Number(match[1]) * (match[2] === "m" ? 60_000 : 1000);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a time above 0 such as 90s or 5m.");
}

/** As people say it: `45 s`, `2 min`, `2 min 10 s`, from ten minutes on without seconds, `1 h 5 min`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const hasSeconds = seconds < 600;
  const minutes = hasSeconds ? Math.floor(seconds / 60) : Math.round(seconds / 60);
  const parts = [
    [Math.floor(minutes / 60), "h"],
    [minutes % 60, "min"],
    [hasSeconds ? seconds % 60 : 0, "s"],
  ] as const;
  return parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`).join(" ");
}
