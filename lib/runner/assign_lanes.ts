/** Which operations run beside each other: those that no result has in common. */

/**
 * The lane of each operation. `groups` names for each write the group of writes that must keep their order; reads have
 * none (-1), as they may run beside everything. Groups go to the lane with the fewest operations, the largest first;
 * what is in a lane keeps its order.
 *
 * @throws {RangeError} when there are fewer groups than lanes, as some lanes would stand idle.
 */
export function assignLanes(groups: Int32Array, laneCount: number): Float64Array {
  const groupCount = countGroups(groups);
  if (groupCount < laneCount) {
    throw new RangeError(
      `Cannot keep ${laneCount} operations in flight as no result may have two of them in common: ` +
        `they make ${groupCount} groups`,
    );
  }
  const sizes = new Map<number, number>();
  for (const group of groups) if (group >= 0) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const load = new Float64Array(laneCount);
  const take = (count: number): number => {
    const lane = load.indexOf(Math.min(...load));
    load[lane]! += count;
    return lane;
  };
  const laneOf = new Map(
    [...sizes].sort(([, a], [, b]) => b - a).map(([group, size]) => [group, take(size)]),
  );
  return Float64Array.from(groups, (group) => group < 0 ? take(1) : laneOf.get(group)!);
}

/** How many lanes can have work of their own: one for each group of writes, and one for each read. */
export function countGroups(groups: Int32Array): number {
  return new Set(groups.filter((group) => group >= 0)).size + groups.filter((group) => group < 0).length;
}
