/** Numbers from numbers: no clock, no disk, no npm package. */
export * from "./quantile.ts";
export * from "./distribution.ts";
export * from "./interval.ts";
export * from "./ratio.ts";
export * from "./paired.ts";
export * from "./side.ts";
export * from "./two_sample.ts";
export * from "./student.ts";
export * from "./normal.ts";
export * from "./multiple.ts";
export * from "./looks.ts";
export * from "./verdict.ts";
export * from "./precision.ts";
export * from "./resample.ts";
export * from "./seeded_index.ts";
export * from "./power_law.ts";
export * from "./trend.ts";
