/** Criteria that several experiments state in the same words. */
import type { Criterion, Place } from "../../model/mod.ts";

/** A phase that criteria are about. */
export interface JudgedPhase {
  /** How the ids of its criteria begin. */
  readonly id: string;
  /** How their titles end. */
  readonly name: string;
  /** Where it is read. */
  readonly place: Place;
  /** As much more is no loss: a fraction. */
  readonly margin: number;
}

/** A phase of a workload with its version, such as `keyed-pk@4`. */
export function judgedPhase(
  id: string,
  name: string,
  workload: string,
  phase: string,
  margin: number,
  scale: NonNullable<Place["scale"]> = "standard",
): JudgedPhase {
  return { id, name, place: { workload, scale, phase }, margin };
}

/** Two frames at 60 Hz in a whole phase: what the machine itself swallows now and then. */
const SWALLOWED_FRAMES = 2;

/** A time of a phase that must shrink by a fraction of at least `worthwhile`. */
export function improves(
  id: string,
  title: string,
  { place }: JudgedPhase,
  metric: string,
  worthwhile: number,
): Criterion {
  const bar = { kind: "improve", better: "lower", worthwhile } as const;
  return { id, title, place, quantity: { metric }, unit: "ns", bar };
}

/** A time of a phase that must not grow by more than its margin. */
export function keeps(id: string, title: string, phase: JudgedPhase, metric: string): Criterion {
  return {
    id: `${phase.id}-${id}`,
    title: `${title}, ${phase.name}`,
    place: phase.place,
    quantity: { metric },
    unit: "ns",
    bar: { kind: "keep", better: "lower", margin: phase.margin },
    missReason: "tradeoff",
  };
}

/** A phase that must let the calling thread draw. */
export function keepsFrames(phase: JudgedPhase): Criterion {
  return {
    id: `${phase.id}-frames`,
    title: `Missed frames, ${phase.name}`,
    place: phase.place,
    quantity: { metric: "frames_missed" },
    unit: "count",
    bar: { kind: "absolute", comparison: "at-most", value: SWALLOWED_FRAMES },
    missReason: "tradeoff",
  };
}
