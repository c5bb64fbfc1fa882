/** Older records, brought to the present format step by step. */
import { RecordFormatError } from "../model/errors.ts";
import { RECORD_SCHEMA_VERSION } from "../model/record.ts";

/** Parsed JSON of an object whose format is not known yet. */
export type RawObject = Readonly<Record<string, unknown>>;

/** One step of the format: turns what version `from` stored into what version `from + 1` stores. */
export interface Migration {
  /** The version that it reads. */
  readonly from: number;
  /** Turns a header; `schemaVersion` is raised by the caller. */
  header(header: RawObject): RawObject;
  /** Turns a block; absent where blocks stayed as they were. */
  block?(block: RawObject): RawObject;
}

/** All steps. */
export const MIGRATIONS: readonly Migration[] = [
  // Version 2 says which meaning the numbers have. Blocks of before are told apart by the header alone: they keep their
  // numbers under the ids that they had.
  { from: 1, header: (header) => ({ ...header, metricsVersion: 1 }) },
];

/**
 * The steps from the version of a stored header to the present one, in order; empty for the present version.
 * Throws a RecordFormatError naming both versions when the record is newer, or older than the steps reach.
 */
export function migrationsFor(
  header: RawObject,
  file: string,
  migrations: readonly Migration[],
): readonly Migration[] {
  const version = header["schemaVersion"];
  if (typeof version !== "number" || !Number.isSafeInteger(version)) {
    throw new RecordFormatError(
      file,
      undefined,
      `"schemaVersion" must be a whole number: it is ${JSON.stringify(version) ?? "absent"}`,
    );
  }
  if (version > RECORD_SCHEMA_VERSION) {
    throw new RecordFormatError(
      file,
      undefined,
      `it has schema version ${version} and this Watchbench reads versions up to ${RECORD_SCHEMA_VERSION}: ` +
        "load it with a newer Watchbench",
    );
  }
  const steps: Migration[] = [];
  for (let from = version; from < RECORD_SCHEMA_VERSION; from++) {
    const step = migrations.find((migration) => migration.from === from);
    if (step === undefined) {
      throw new RecordFormatError(
        file,
        undefined,
        `it has schema version ${version} and nothing leads from version ${from} to ${RECORD_SCHEMA_VERSION}, ` +
          "which this Watchbench reads",
      );
    }
    steps.push(step);
  }
  return steps;
}

/** The header in the present format, its version raised. */
export function migrateHeader(header: RawObject, steps: readonly Migration[]): RawObject {
  return steps.reduce<RawObject>(
    (older, step) => ({ ...step.header(older), schemaVersion: step.from + 1 }),
    header,
  );
}

/** A block in the present format. */
export function migrateBlock(block: RawObject, steps: readonly Migration[]): RawObject {
  return steps.reduce<RawObject>((older, step) => step.block?.(older) ?? older, block);
}
