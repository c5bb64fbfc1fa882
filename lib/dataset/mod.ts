/** Reproducible data: the same seed gives the same rows and the same traffic everywhere. */
export * from "./dart_random.ts";
export * from "./zipf.ts";
export * from "./mix_seed.ts";
export * from "./first_serial.ts";
