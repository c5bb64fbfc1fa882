/**
 * How adapters are told apart. Up to eight have a colour of their own. More would repeat colours, so that then the colour
 * tells the class, and shapes and names tell who it is.
 */
import type { AdapterClass } from "../../lib/model/adapter_class.ts";

/** Colours that can be told apart. */
export const COLOR_COUNT = 8;

/** Shapes of points, in the order in which they are given out. */
const SHAPES = ["circle", "square", "diamond", "triangle", "down", "ring"] as const;

/** See {@link SHAPES}. */
export type Shape = typeof SHAPES[number];

let classes: readonly AdapterClass[] = [];

/** Says of which class each adapter of the page is. */
export function setMarks(ofAdapters: readonly AdapterClass[]): void {
  classes = ofAdapters.length > COLOR_COUNT ? ofAdapters : [];
}

/** Style class of the colour of an adapter, by its number. */
export function colorClass(adapter: number): string {
  const own = classes[adapter];
  return own === undefined ? `c${adapter % COLOR_COUNT}` : `class-${own.replaceAll(" ", "-")}`;
}

/** Shape of an adapter among those of its colour. */
export function shapeOf(adapter: number): Shape {
  const own = classes[adapter];
  const before = own === undefined
    ? Math.floor(adapter / COLOR_COUNT)
    : classes.slice(0, adapter).filter((one) => one === own).length;
  return SHAPES[before % SHAPES.length]!;
}

/** A shape around a point, as the path of an SVG element. */
export function shapePath(shape: Shape, x: number, y: number, radius: number): string {
  const at = (dx: number, dy: number): string => `${x + dx * radius},${y + dy * radius}`;
  switch (shape) {
    case "square":
      return `M${at(-0.85, -0.85)}L${at(0.85, -0.85)}L${at(0.85, 0.85)}L${at(-0.85, 0.85)}Z`;
    case "diamond":
      return `M${at(-1.1, 0)}L${at(0, -1.1)}L${at(1.1, 0)}L${at(0, 1.1)}Z`;
    case "triangle":
      return `M${at(-1, 0.8)}L${at(0, -1)}L${at(1, 0.8)}Z`;
    case "down":
      return `M${at(-1, -0.8)}L${at(0, 1)}L${at(1, -0.8)}Z`;
    case "circle":
      return circle(x, y, radius);
    case "ring":
      return `${circle(x, y, radius)}${circle(x, y, radius / 2)}`;
  }
}

function circle(x: number, y: number, radius: number): string {
  return `M${x - radius},${y}a${radius},${radius} 0 1 0 ${2 * radius},0a${radius},${radius} 0 1 0 ${
    -2 * radius
  },0Z`;
}
