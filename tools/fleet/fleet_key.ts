/** The key that all members of a fleet share: what it signed comes from one of them, whoever may write to the database. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { messageOf, UsageError } from "../../lib/model/mod.ts";

/** Holds the key where no file does. */
export const KEY_VARIABLE = "WATCHBENCH_FLEET_KEY";

const LEAST_LENGTH = 16;

/** Signs and checks texts by HMAC with SHA-256. What a text is for is signed with it, so that none passes for another. */
export class FleetKey {
  readonly #secret: string;

  /** Throws a UsageError for a secret that is too short to be one. */
  constructor(secret: string) {
    if (secret.length < LEAST_LENGTH) {
      throw new UsageError(
        `Cannot use the fleet's key as it must have at least ${LEAST_LENGTH} characters: it has ${secret.length}`,
      );
    }
    this.#secret = secret;
  }

  /** The signature in hex. */
  sign(purpose: string, text: string): string {
    return createHmac("sha256", this.#secret).update(`watchbench ${purpose}\n${text}`).digest("hex");
  }

  /** Whether this key made the signature. */
  signed(purpose: string, text: string, signature: unknown): boolean {
    if (typeof signature !== "string" || !/^[0-9a-f]{64}$/.test(signature)) return false;
    return timingSafeEqual(Buffer.from(this.sign(purpose, text), "hex"), Buffer.from(signature, "hex"));
  }
}

/**
 * Reads the key from a file, else from {@link KEY_VARIABLE}; never from the command line, which every user of a machine
 * can see. Throws a UsageError when there is none.
 */
export function readFleetKey(file: string | undefined): FleetKey {
  if (file === undefined) {
    const secret = Deno.env.get(KEY_VARIABLE);
    if (secret !== undefined && secret !== "") return new FleetKey(secret.trim());
    throw new UsageError(
      `Cannot sign as the fleet's key must be in ${KEY_VARIABLE} or in a file: give --key-file <file>; openssl rand -hex 32 makes one`,
    );
  }
  let text: string;
  try {
    text = Deno.readTextFileSync(file);
  } catch (error) {
    throw new UsageError(`Cannot sign as the fleet's key must be readable in "${file}": ${messageOf(error)}`);
  }
  return new FleetKey(text.trim());
}
