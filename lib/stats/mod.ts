/** Numbers from numbers: no clock, no disk, no npm package. */
export * from "./quantile.ts";
export * from "./distribution.ts";
