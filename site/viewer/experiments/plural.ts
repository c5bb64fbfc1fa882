import { formatCount } from "../../../lib/report/format.ts";

/** `1 experiment`, `2 experiments`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
