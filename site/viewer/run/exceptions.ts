/** What is not as it should be: what is right needs no badge. */
import { formatCount } from "../../../lib/report/format.ts";
import type { CellView, RunView } from "../../pages/view.ts";
import { GAP_MARK } from "../../../lib/report/known_gaps.ts";
import { pill, statusPill } from "../badges.ts";
import { h } from "../dom.ts";
import { adapterAnchor } from "./adapters_part.ts";

/** Counts of what went wrong, as badges; nothing where all is right. */
export function exceptionPills(cells: readonly CellView[]): HTMLElement[] {
  return ([
    ["wrong", "wrong", "bad"],
    ["failed", "failed", "fair"],
    ["skipped", "skipped", "none"],
    ["missing", "not run", "none"],
  ] as const).flatMap(([status, word, state]) => {
    const count = cells.filter((cell) => cell.status === status).length;
    return count === 0 ? [] : [pill(`${formatCount(count)} ${word}`, state)];
  });
}

/** One line for those who are right, one for each who is not, one for those with known gaps. */
export function exceptionList({ adapters }: RunView, cells: readonly CellView[]): HTMLElement {
  const isPlain = ({ status, phases }: CellView): boolean =>
    status === "verified" && !phases.some(({ isUnsustained }) => isUnsustained);
  const right = cells.filter(isPlain);
  const floors = right.filter(({ phases }) => phases.some(({ unwatched }) => unwatched));
  const gaps = right.filter(({ adapter }) => adapters[adapter]!.knownGaps.length > 0);
  return h(
    "ul",
    { class: "exceptions" },
    right.length > 0 && h(
      "li",
      {},
      h("b", {}, `${formatCount(right.length)} of ${formatCount(cells.length)} gave right answers only`),
      floors.length > 0 &&
        `; ${floors.map(({ name }) => name).join(", ")} ran without live queries, as ${
          floors.length === 1 ? "a lower bound" : "lower bounds"
        }`,
    ),
    ...cells.filter((cell) => !isPlain(cell)).map((cell) => h("li", {}, statusPill(cell), ` ${cell.name}`)),
    gaps.length > 0 && h(
      "li",
      {},
      h("span", { class: "gap" }, GAP_MARK),
      " known to be wrong in something that was not asked here: ",
      ...gaps.flatMap((cell, index) => [
        index === 0 ? "" : ", ",
        h("a", { href: `#${adapterAnchor(cell.adapter)}` }, cell.name),
        ` (${adapters[cell.adapter]!.knownGaps.map(({ title }) => title).join(", ")})`,
      ]),
    ),
  );
}
