/**
 * A finished round on its way: its run folder, packed, with the machine that ran it, signed.
 *
 * ```
 * run folder ──pack──> gzip of JSON, base64 ──sign──> job of the queue ──check──> run folder ──loadRun──> record
 * ```
 *
 * What comes out is loaded as every stored run is: digests, format and timelines are checked there.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { type Environment, messageOf } from "../../lib/model/mod.ts";
import { BLOCKS_FILE, HEADER_FILE, TIMELINES_FOLDER } from "../../lib/record/mod.ts";
import type { FleetKey } from "./fleet_key.ts";
import { FLEET_VERSION } from "./fleet_plan.ts";
import type { MachineState } from "./machine.ts";

const PURPOSE = "fleet result";
/** Unpacked; a round is some hundred kilobytes. */
const LARGEST_BYTES = 512 * 2 ** 20;

const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

const payloadSchema = z.strictObject({
  version: z.literal(FLEET_VERSION),
  plan: z.uuid(),
  round: z.int().min(0),
  machine: z.strictObject({
    name: z.string().min(1),
    environment: z.looseObject({ machineId: z.string() }),
    calibration: z.exactOptional(z.string().regex(/^[0-9a-f]{64}$/)),
  }),
  header: z.string(),
  blocks: z.string(),
  timelines: z.array(z.strictObject({ file: fileName, base64: z.base64() })),
});

/** What a job of the queue of results holds. */
export const resultSchema = z.strictObject({
  version: z.int(),
  plan: z.uuid(),
  round: z.int().min(0),
  machine: z.string().min(1),
  /** SHA-256 in hex of the packed round; names the result. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  signature: z.string(),
  /** Base64 of gzip. */
  packed: z.string(),
});

/** See {@link resultSchema}. */
export type RoundResult = z.infer<typeof resultSchema>;

/** A result that was checked and unpacked. */
export interface ArrivedRound {
  readonly round: number;
  readonly machine: MachineState;
  /** Of the packed round. */
  readonly sha256: string;
  /** Run folder. */
  readonly folder: string;
}

/** Packs the sealed run folder of a round. The same folder gives the same result. */
export function packRound(
  folder: string,
  { plan, round, machine }: { readonly plan: string; readonly round: number; readonly machine: MachineState },
  key: FleetKey,
): RoundResult {
  const timelines = namesIn(join(folder, TIMELINES_FOLDER)).map((file) => ({
    file,
    base64: Deno.readFileSync(join(folder, TIMELINES_FOLDER, file)).toBase64(),
  }));
  const payload: z.infer<typeof payloadSchema> = {
    version: FLEET_VERSION,
    plan,
    round,
    machine: { ...machine, environment: { ...machine.environment } },
    header: Deno.readTextFileSync(join(folder, HEADER_FILE)),
    blocks: Deno.readTextFileSync(join(folder, BLOCKS_FILE)),
    timelines,
  };
  const bytes = gzipSync(JSON.stringify(payload), { level: 6 });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const named = { version: FLEET_VERSION, plan, round, machine: machine.name, sha256 };
  return {
    ...named,
    signature: key.sign(PURPOSE, signedText(named)),
    packed: new Uint8Array(bytes).toBase64(),
  };
}

/**
 * Checks a result and unpacks it into a new folder below `root`. Throws an Error that says which rule it breaks; nothing of
 * it is kept then.
 */
export function unpackRound(value: unknown, key: FleetKey, root: string): ArrivedRound {
  const parsed = resultSchema.safeParse(value);
  if (!parsed.success) throw new Error("it must have the form of a result");
  const result = parsed.data;
  if (result.version !== FLEET_VERSION) {
    throw new Error(
      `its version must be ${FLEET_VERSION}: got ${result.version}, so another Watchbench ran it`,
    );
  }
  if (!key.signed(PURPOSE, signedText(result), result.signature)) {
    throw new Error("the fleet's key must have signed it: the worker had another key, or it was changed");
  }
  const bytes = Uint8Array.fromBase64(result.packed);
  if (createHash("sha256").update(bytes).digest("hex") !== result.sha256) {
    throw new Error("its bytes must be those that were signed: the digest differs");
  }
  let payload: z.infer<typeof payloadSchema>;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(
      gunzipSync(bytes, { maxOutputLength: LARGEST_BYTES }),
    );
    payload = payloadSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`it must be a packed round: ${messageOf(error)}`, { cause: error });
  }
  const { plan, round, machine } = payload;
  if (plan !== result.plan || round !== result.round || machine.name !== result.machine) {
    throw new Error("its label must say what is in it");
  }
  const folder = join(root, `round-${String(round).padStart(6, "0")}-${result.sha256.slice(0, 16)}`);
  Deno.mkdirSync(join(folder, TIMELINES_FOLDER), { recursive: true });
  Deno.writeTextFileSync(join(folder, HEADER_FILE), payload.header);
  Deno.writeTextFileSync(join(folder, BLOCKS_FILE), payload.blocks);
  for (const { file, base64 } of payload.timelines) {
    Deno.writeFileSync(join(folder, TIMELINES_FOLDER, file), Uint8Array.fromBase64(base64));
  }
  const environment = machine.environment as unknown as Environment;
  return { round, machine: { ...machine, environment }, sha256: result.sha256, folder };
}

function signedText(
  { version, plan, round, machine, sha256 }: Omit<RoundResult, "packed" | "signature">,
): string {
  return JSON.stringify([version, plan, round, machine, sha256]);
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
