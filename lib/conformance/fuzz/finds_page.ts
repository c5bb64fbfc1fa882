/** What hunts have found, as a page in markdown: how long each adapter was tried, and each find with what became of it. */
import { plain, table } from "../conformance_page.ts";
import type { StoredFind, StoredHunt, StoredHunts } from "./finds_file.ts";

/** The page's file, beside what it tells. */
export const PAGE_FILE = "README.md";

/** The whole page; the same input gives the same bytes. */
export function findsPage(all: readonly StoredHunts[]): string {
  const found = all.flatMap(({ adapter, hunts }) =>
    hunts.flatMap((hunt) => hunt.finds.map((find) => ({ adapter, hunt, find })))
  );
  return [
    "# Fuzz",
    "",
    ...table(
      [
        "database",
        "minutes",
        "histories",
        "steps",
        "found",
        "of it right again",
        "known gaps",
        "not asked",
        "open",
      ],
      all.map(({ adapter, hunts }) => [adapter, ...numbersOf(hunts)]),
    ),
    "",
    ...found.map(({ adapter, hunt, find }) =>
      `- **${plain(adapter)}** (${plain(versionsOf(hunt))}, seed ${hunt.seed}): ${plain(find.message)}: ${
        fateOf(find)
      }.`
    ),
    ...(found.length === 0 ? ["Nothing was found."] : []),
    "",
  ].join("\n");
}

function numbersOf(hunts: readonly StoredHunt[]): string[] {
  const sum = (of: (hunt: StoredHunt) => number) => hunts.reduce((total, hunt) => total + of(hunt), 0);
  const finds = hunts.flatMap((hunt) => hunt.finds);
  const countOf = (is: (find: StoredFind) => boolean) => String(finds.filter(is).length);
  return [
    (sum(({ durationMs }) => durationMs) / 60_000).toFixed(1),
    sum(({ caseCount }) => caseCount).toLocaleString("en"),
    sum(({ stepCount }) => stepCount).toLocaleString("en"),
    String(finds.length),
    countOf(({ again }) => again?.outcome === "right"),
    countOf(({ again }) => again?.outcome === "known-gap"),
    countOf(({ again }) => again?.outcome === "not-asked"),
    countOf(isOpen),
  ];
}

/** Whether somebody has to look at a find. */
export function isOpen({ again }: Pick<StoredFind, "again">): boolean {
  return again === undefined || again.outcome === "wrong";
}

/** What became of a find, as the end of a sentence. */
export function fateOf({ again, isSteady }: Pick<StoredFind, "again" | "isSteady">): string {
  const when = isSteady ? "" : ", wrong now and then";
  switch (again?.outcome) {
    case undefined:
      return `not played again yet${when}`;
    case "right":
      return `right when it was played again on ${again.at.slice(0, 10)}`;
    case "known-gap":
      return `known gap \`${again.gap}\`${when}`;
    case "not-asked":
      return `not asked any more, as nobody promises an order of writes that are not waited for${when}`;
    case "wrong":
      return `still wrong${when}`;
  }
}

function versionsOf({ drivers }: StoredHunt): string {
  return Object.entries(drivers).map(([name, version]) => `${name} ${version}`).join(", ") ||
    "part of the runtime, or of this repository";
}
