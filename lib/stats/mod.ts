/** Numbers from numbers: no clock, no disk, no npm package. */
export * from "./quantile.ts";
export * from "./distribution.ts";
export * from "./interval.ts";
export * from "./ratio.ts";
export * from "./paired.ts";
export * from "./two_sample.ts";
