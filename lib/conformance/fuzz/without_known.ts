/**
 * Cuts out of a history what is known to be wrong, and leaves the rest: with it left out whole, a library with a common
 * fault would hardly be tried at all.
 */
import type { History, Step } from "../history.ts";
import { withoutStep } from "./smaller_histories.ts";
import { playable } from "./taken.ts";
import { askedTraits, type Blocked, isBlocked, type Trait, writeTraits } from "./traits.ts";

/**
 * The history itself where nothing in it is known; else one without the queries and, where the fault is one of writes
 * alone, the writes that bring it about. `undefined` where nothing is left.
 */
export function withoutKnown(history: History, blocked: Blocked): History | undefined {
  let left = history;
  // Each time at least a step is gone, or is waited for that was not.
  while (left.steps.length > 0 && isBlocked(left, blocked)) {
    left = { ...left, steps: withoutOne(left, blocked) };
  }
  return left.steps.length === 0 ? undefined : left;
}

function withoutOne(history: History, blocked: Blocked): readonly Step[] {
  const written = writeTraits(history);
  for (const [index, own] of askedTraits(history)) {
    const isMet = (set: readonly Trait[]) => set.every((trait) => own.has(trait) || written.has(trait));
    if (blocked.some((set) => isMet(set) && set.some((trait) => !written.has(trait)))) {
      return withoutStep(history.steps, index);
    }
  }
  const set = blocked.find((one) => one.every((trait) => written.has(trait)))!;
  if (set.length === 0) return [];
  return withoutWrites(history, set);
}

/** Of the traits, the one goes that the fewest steps bring about. */
function withoutWrites({ steps, tables }: History, set: readonly Trait[]): readonly Step[] {
  const bearers = set.map((trait) => ({
    trait,
    places: new Set(
      steps.flatMap((step, index) => writeTraits({ tables, steps: [step] }).has(trait) ? [index] : []),
    ),
  }));
  const { trait, places } = bearers.reduce((least, one) => one.places.size < least.places.size ? one : least);
  if (trait !== "overlap") return playable(steps.filter((_, index) => !places.has(index)));
  return steps.map((step, index) => {
    if (!places.has(index) || (step.do !== "write" && step.do !== "batch")) return step;
    const { isAwaited: _, ...awaited } = step;
    return awaited;
  });
}
