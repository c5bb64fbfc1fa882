/**
 * A worker's disk: what was run and is not acknowledged yet.
 *
 * ```
 * <spool>/machine.json                    the machine's name
 *         lock                            held while a worker runs
 *         <plan>/<run folder>/            a round that is being run
 *         <plan>/<run folder>.result.json a round that waits to be acknowledged, signed
 * ```
 */
import { join } from "node:path";
import { messageOf, UsageError } from "../../lib/model/mod.ts";
import { loadRun, replaceFile } from "../../lib/record/mod.ts";
import type { FleetKey } from "./fleet_key.ts";
import type { MachineState } from "./machine.ts";
import { packRound, resultSchema, type RoundResult } from "./round_result.ts";

const SUFFIX = ".result.json";
/** Ids of plans are UUIDs. */
const PLAN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Holds a spool against other workers of this machine. */
export class Spool implements Disposable {
  readonly #folder: string;
  readonly #lock: Deno.FsFile;

  /** Throws a UsageError when the folder cannot be written, or when another worker holds it. */
  constructor(folder: string) {
    this.#folder = folder;
    try {
      Deno.mkdirSync(folder, { recursive: true });
      this.#lock = Deno.openSync(join(folder, "lock"), { write: true, create: true });
    } catch (error) {
      throw new UsageError(
        `Cannot keep rounds in "${folder}" as it must be a writable folder: ${messageOf(error)}`,
        { cause: error },
      );
    }
    if (this.#lock.tryLockSync(true)) return;
    this.#lock.close();
    throw new UsageError(
      `Cannot work from "${folder}" as only one worker may: another one does now; give --spool <folder>`,
    );
  }

  /** Where rounds of a plan are run. */
  rootOf(plan: string): string {
    return join(this.#folder, plan);
  }

  /**
   * Packs a sealed run folder, signs it, and removes the folder when the result is on the disk. Throws an Error when the disk
   * does not take it; the folder stays then.
   */
  keep(folder: string, plan: string, round: number, machine: MachineState, key: FleetKey): void {
    const result = packRound(folder, { plan, round, machine }, key);
    replaceFile(`${folder}${SUFFIX}`, JSON.stringify(result));
    Deno.removeSync(folder, { recursive: true });
  }

  /** Results that wait, by their files, oldest first. */
  waiting(): string[] {
    return this.#plans().flatMap((plan) =>
      names(join(this.#folder, plan)).filter((name) => name.endsWith(SUFFIX)).map((name) =>
        join(this.#folder, plan, name)
      )
    );
  }

  /** A result that waits. Throws a TypeError for a file that holds none. */
  read(file: string): RoundResult {
    const parsed = resultSchema.safeParse(JSON.parse(Deno.readTextFileSync(file)));
    if (parsed.success) return parsed.data;
    throw new TypeError(
      `Cannot send "${file}" as it must hold a result of this version: remove or keep it elsewhere`,
    );
  }

  /** Forgets a result that was acknowledged. */
  forget(file: string): void {
    Deno.removeSync(file);
  }

  /**
   * What a killed worker left: rounds that were whole are packed, others removed, since a round is whole or nothing. Returns
   * how many there were of each.
   */
  recover(
    machine: MachineState,
    key: FleetKey,
  ): { readonly packedCount: number; readonly removedCount: number } {
    let [packedCount, removedCount] = [0, 0];
    for (const plan of this.#plans()) {
      const root = this.rootOf(plan);
      for (const name of names(root)) {
        const path = join(root, name);
        if (!Deno.statSync(path).isDirectory) continue;
        const round = wholeRound(path);
        if (round === undefined) {
          Deno.removeSync(path, { recursive: true });
          removedCount++;
        } else {
          this.keep(path, plan, round, machine, key);
          packedCount++;
        }
      }
    }
    return { packedCount, removedCount };
  }

  /** Folders of plans. Others are somebody else's, such as the spool of another worker. */
  #plans(): string[] {
    return names(this.#folder).filter((name) =>
      PLAN.test(name) && Deno.statSync(join(this.#folder, name)).isDirectory
    );
  }

  /** Lets other workers have it. */
  [Symbol.dispose](): void {
    this.#lock.unlockSync();
    this.#lock.close();
  }
}

/** The round of a sealed run folder; `undefined` for one that was cut off. */
function wholeRound(folder: string): number | undefined {
  try {
    const { status, label } = loadRun(folder);
    const round = /^round-(\d+)-/.exec(label)?.[1];
    return status === "complete" && round !== undefined ? Number(round) : undefined;
  } catch {
    return undefined;
  }
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}
