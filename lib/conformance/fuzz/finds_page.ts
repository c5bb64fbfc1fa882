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
      ["database", "minutes", "histories", "steps", "found", "of it right again", "a known gap", "open"],
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
    countOf(({ again }) => again?.isWrong === false),
    countOf(({ again }) => again?.gap !== undefined),
    countOf(({ again }) => again === undefined || (again.isWrong && again.gap === undefined)),
  ];
}

/** What became of a find, as the end of a sentence. */
export function fateOf({ again, isSteady }: Pick<StoredFind, "again" | "isSteady">): string {
  const when = isSteady ? "" : ", wrong now and then";
  if (again === undefined) return `not played again yet${when}`;
  if (!again.isWrong) return `right when it was played again on ${again.at.slice(0, 10)}`;
  return again.gap === undefined ? `still wrong${when}` : `known gap \`${again.gap}\`${when}`;
}

function versionsOf({ drivers }: StoredHunt): string {
  return Object.entries(drivers).map(([name, version]) => `${name} ${version}`).join(", ") ||
    "part of the runtime, or of this repository";
}
