/** The nouns of the bench. No I/O; imports nothing outside this folder. */
export * from "./value.ts";
export * from "./schema.ts";
export * from "./statement.ts";
export * from "./sql.ts";
export * from "./counter.ts";
export * from "./adapter.ts";
export * from "./workload.ts";
export * from "./measurement.ts";
export * from "./verdict.ts";
export * from "./metric.ts";
export * from "./warning.ts";
export * from "./record.ts";
export * from "./reporter.ts";
export * from "./experiment.ts";
export * from "./errors.ts";
export * from "./module_name.ts";
export * from "./nearest.ts";
