/** What a machine says of itself: its name in the fleet, its fingerprint, its calibration. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { calibrationFile } from "../../lib/experiments/run/calibration.ts";
import { type Environment, messageOf, UsageError } from "../../lib/model/mod.ts";
import { readEnvironment, replaceFile } from "../../lib/record/mod.ts";

/** See the members. */
export interface MachineState {
  /** Unique in the fleet. */
  readonly name: string;
  readonly environment: Environment;
  /** SHA-256 in hex of the calibration that is stored for machines of this kind; absent where none is. */
  readonly calibration?: string;
}

const NAME_FILE = "machine.json";
const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const nameSchema = z.strictObject({ name: z.string().regex(NAME_PATTERN) });

/**
 * What this machine is. Its name is the one that was typed, else one that was drawn when its spool was first used: names of
 * hosts are nobody's business. Throws a UsageError for a name that breaks the rule.
 */
export function readMachine(spool: string, results: string, typed: string | undefined): MachineState {
  const environment = readEnvironment();
  const calibration = digestIfThere(calibrationFile(results, environment.machineId));
  return {
    name: typed === undefined ? ownName(spool) : parseName(typed),
    environment,
    ...(calibration === undefined ? {} : { calibration }),
  };
}

function parseName(name: string): string {
  if (NAME_PATTERN.test(name)) return name;
  throw new UsageError(
    `Cannot name a machine as its name must be 1 to 64 letters, digits, ".", "_" or "-": got ${
      JSON.stringify(name)
    }`,
  );
}

function ownName(spool: string): string {
  const file = join(spool, NAME_FILE);
  try {
    return nameSchema.parse(JSON.parse(Deno.readTextFileSync(file))).name;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new UsageError(`Cannot name this machine as "${file}" must hold its name: ${messageOf(error)}`);
    }
  }
  const name = `m-${crypto.randomUUID().slice(0, 8)}`;
  Deno.mkdirSync(spool, { recursive: true });
  replaceFile(file, JSON.stringify({ name }) + "\n");
  return name;
}

function digestIfThere(file: string): string | undefined {
  try {
    return createHash("sha256").update(Deno.readFileSync(file)).digest("hex");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
