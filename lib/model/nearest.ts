/**
 * The name that was probably meant: the one that fewest edits (a character added, removed, replaced, or swapped with
 * its neighbour) lead to, the earlier one of equals. Absent when even that takes edits for more than a third of the
 * longer name, since a wild guess helps nobody.
 */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  return nearestOf(name, names)?.candidate;
}

function nearestOf(
  name: string,
  names: Iterable<string>,
): { readonly candidate: string; readonly distance: number } | undefined {
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of names) {
    const distance = editDistance(name, candidate);
    if (distance < (best?.distance ?? Infinity) && distance <= Math.max(name.length, candidate.length) / 3) {
      best = { candidate, distance };
    }
  }
  return best;
}

/** Optimal string alignment: Levenshtein's distance with swaps of neighbours. O(a.length * b.length). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = last[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      let distance = Math.min(replaced, last[column]! + 1, current[column - 1]! + 1);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        distance = Math.min(distance, beforeLast[column - 2]! + 1);
      }
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}

/** How many names are offered at most. */
const MOST_OFFERED = 4;
/** More edits are no slip of a key: a name that holds what was typed is meant rather (`sqlite` is two edits from `pglite`). */
const MOST_SLIPS = 1;
/** A shorter part is in too many names by chance. */
const SHORTEST_PART = 2;

/**
 * Names that were probably meant: the one that a single slip leads to, or where there is none those that hold what was
 * typed, or are held by it, whatever their case: `sqlite` offers `node-sqlite` and its like. In their order, four at most.
 */
export function namesMeant(name: string, names: Iterable<string>): string[] {
  const all = [...new Set(names)];
  const near = nearestOf(name, all);
  if (near !== undefined && near.distance <= MOST_SLIPS) return [near.candidate];
  const typed = name.toLowerCase();
  const holds = (whole: string, part: string): boolean =>
    part.length >= SHORTEST_PART && whole.includes(part);
  const parts = all.filter((one) => holds(one.toLowerCase(), typed) || holds(typed, one.toLowerCase()));
  return parts.length === 0 && near !== undefined ? [near.candidate] : parts.slice(0, MOST_OFFERED);
}

/** ` (did you mean "x"?)`, or `"x" or "y"`, for messages about unknown names; empty when nothing is near. */
export function didYouMean(name: string, names: Iterable<string>): string {
  const quoted = namesMeant(name, names).map((one) => `"${one}"`);
  const last = quoted.pop();
  if (last === undefined) return "";
  return ` (did you mean ${quoted.length === 0 ? last : `${quoted.join(", ")} or ${last}`}?)`;
}
