/** Where the names of a scatter plot go: beside their points, never over a point or another name. */

/** A place of a name: its baseline, and whether a line must lead to it. */
export interface PointLabel {
  /** Start or end of the text, by `anchor`. */
  readonly x: number;
  /** Baseline. */
  readonly y: number;
  /** On which side of `x` the text stands. */
  readonly anchor: "start" | "end";
  /** It stands so far off that a line has to show whose it is. */
  readonly isFar: boolean;
}

/** Edges of an area in pixels. */
export interface Area {
  /** Smallest x. */
  readonly left: number;
  /** Smallest y. */
  readonly top: number;
  /** Largest x. */
  readonly right: number;
  /** Largest y. */
  readonly bottom: number;
}

const GAP = 11;
const LINE_HEIGHT = 14;
/** Upper edge of a text above its baseline, and lower edge below it. */
const TEXT = { above: 10, below: 3 };
const POINT_RADIUS = 8;
/** How many lines a name may be moved up or down before it is left out. */
const MOST_LINES = 8;

/**
 * A place for each text, or `undefined` where there is none: then the point has to speak for itself. Points come first
 * to last; `widthOf` is in pixels.
 */
export function placeLabels(
  points: readonly (readonly [x: number, y: number])[],
  widthOf: (index: number) => number,
  area: Area,
): (PointLabel | undefined)[] {
  const taken: Area[] = points.map(([x, y]) => ({
    left: x - POINT_RADIUS,
    right: x + POINT_RADIUS,
    top: y - POINT_RADIUS,
    bottom: y + POINT_RADIUS,
  }));
  return points.map(([x, y], index) => {
    for (const lines of nearestFirst()) {
      for (const anchor of ["start", "end"] as const) {
        const label = {
          x: anchor === "start" ? x + GAP : x - GAP,
          y: y + 4 + lines * LINE_HEIGHT,
          anchor,
          isFar: lines !== 0,
        };
        const left = anchor === "start" ? label.x : label.x - widthOf(index);
        const box = {
          left,
          right: left + widthOf(index),
          top: label.y - TEXT.above,
          bottom: label.y + TEXT.below,
        };
        if (isInside(box, area) && !taken.some((other) => isOverlapping(box, other))) {
          taken.push(box);
          return label;
        }
      }
    }
    return undefined;
  });
}

function* nearestFirst(): Generator<number> {
  yield 0;
  for (let lines = 1; lines <= MOST_LINES; lines++) {
    yield -lines;
    yield lines;
  }
}

function isInside(box: Area, area: Area): boolean {
  return box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom;
}

function isOverlapping(a: Area, b: Area): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
