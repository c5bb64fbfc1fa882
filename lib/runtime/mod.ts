/** The runtime that a block plays in: the contract. Entries import the file of the one that they are for. */
export type { ChildRuntime, CpuReading, Screen } from "./runtime.ts";
export { findLibc } from "./libc.ts";
