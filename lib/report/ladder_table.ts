/** The ladders of a run as tables, before it is known how they are drawn. */
import { formatCount, formatEnds, formatMiddle, formatQuantity, NO_VALUE } from "./format.ts";
import type { HighestRate, LadderRow, RateLadder, RatePoint } from "./rate_ladder.ts";
import type { ReportTable, TableCell } from "./report_table.ts";
import { LOWER_BOUND, repetitions } from "./wording.ts";

const READING =
  "p50 / p99 of the time from when an operation was due to its sight, or to its answer where nothing was watched (lower bound). " +
  "unsustained: the database fell farther and farther behind";

/** What the highest rate is, for people. */
const HIGHEST = "Highest rate: kept up with, and 99 % seen within 100 ms";

/** One table of the highest rates, and one of rates by adapters where all were asked the same ones. */
export function ladderTables(ladder: RateLadder): ReportTable[] {
  return [highestTable(ladder), ...(ladder.isSearched ? [] : [rateTable(ladder)])];
}

/** Heading of a ladder. */
export function ladderHeading({ key, scale }: Pick<RateLadder, "key" | "scale">): string {
  return `${key}, ${scale}: how fast can it be asked?`;
}

function highestTable({ rows, isSearched }: RateLadder): ReportTable {
  const ranked = rows.toSorted((a, b) => rankOf(b) - rankOf(a));
  const columns = [
    { title: "adapter", align: "left" as const },
    { title: "highest rate", align: "right" as const },
    { title: isSearched ? "interval" : "next rate", align: "right" as const },
    { title: isSearched ? "searches" : "repetitions", align: "right" as const },
    { title: "p50 there", align: "right" as const },
    { title: "p99 there", align: "right" as const },
  ];
  return {
    title: HIGHEST,
    columns,
    rows: ranked.map((row) => highestFields(row).map(plain)),
    notes: [],
  };
}

function highestFields(row: LadderRow): string[] {
  const { highest, points } = row;
  const name = row.unwatched ? `${row.name} (${LOWER_BOUND})` : row.name;
  if (highest === undefined) return [name, statusText(row), ...Array(4).fill(NO_VALUE)];
  const { value, sampleCount } = highest.estimate;
  const there = points.find(({ ratePerSecond }) => ratePerSecond === value) ??
    points.findLast(({ ratePerSecond, tail }) => ratePerSecond <= value && tail !== undefined);
  return [
    name,
    rateText(highest),
    intervalText(highest),
    formatCount(sampleCount),
    there?.middle === undefined ? NO_VALUE : formatMiddle(there.middle, "ns"),
    there?.tail === undefined ? NO_VALUE : formatMiddle(there.tail, "ns"),
  ];
}

/** A rate such as `316/s`, `at least 100,000/s` or `below 3.16/s`. */
export function rateText({ estimate, isSearched, isOpenEnded, isBelowAll }: HighestRate): string {
  if (isBelowAll) return `below ${formatQuantity(estimate.interval.upper, "per-second")}`;
  const text = isSearched
    ? formatMiddle(estimate, "per-second")
    : formatQuantity(estimate.value, "per-second");
  return isOpenEnded ? `at least ${text}` : text;
}

function intervalText(highest: HighestRate): string {
  const { estimate, isOpenEnded } = highest;
  if (highest.isSearched) return formatEnds(estimate, "per-second");
  return isOpenEnded ? NO_VALUE : formatQuantity(estimate.interval.upper, "per-second");
}

function statusText({ cells }: LadderRow): string {
  const [cell] = cells;
  if (cells.some(({ status }) => status === "wrong")) return "wrong";
  return cell?.status === "verified" ? "not found yet" : cell?.status ?? "missing";
}

function rankOf({ highest }: LadderRow): number {
  return highest?.estimate.value ?? -1;
}

function rateTable({ rows, rates }: RateLadder): ReportTable {
  return {
    title: "By rate",
    columns: [
      { title: "rate", align: "right" },
      ...rows.map(({ name, unwatched }) => ({
        title: unwatched ? `${name} (${LOWER_BOUND})` : name,
        align: "right" as const,
      })),
    ],
    rows: rates.map((rate) => [
      plain(formatQuantity(rate, "per-second")),
      ...rows.map(({ points }) =>
        plain(pointText(points.find(({ ratePerSecond }) => ratePerSecond === rate)))
      ),
    ]),
    notes: [READING],
  };
}

function pointText(point: RatePoint | undefined): string {
  if (point === undefined) return NO_VALUE;
  const { middle, tail, sustainedCount, blockCount } = point;
  if (2 * sustainedCount <= blockCount) return "unsustained";
  const parts = [middle, tail].map((estimate) =>
    estimate === undefined ? NO_VALUE : formatMiddle(estimate, "ns")
  );
  const some = sustainedCount < blockCount ? ` (${sustainedCount} of ${repetitions(blockCount)})` : "";
  return `${parts.join(" / ")}${some}`;
}

function plain(text: string): TableCell {
  return { text, isBest: false, notes: [] };
}
