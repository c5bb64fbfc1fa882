/**
 * What parent and child say to each other.
 *
 * The parent hands the child one {@link BlockOrder} as its only argument. The child prints one message a line on
 * standard output, behind a token that the parent made up for this block; every other line is the driver's chatter.
 */
import type { OptionValues, PhaseTimeline, ProgramContext, Scale } from "../model/mod.ts";
import type { BlockResult } from "./run_block.ts";
import type { Patience } from "./run_phase.ts";

/** What the child is asked to do. */
export interface BlockOrder {
  /** Marks the child's messages. */
  readonly token: string;
  /** Id of a registered adapter, or the URL of a module that exports one. */
  readonly adapter: string;
  readonly options: OptionValues;
  /** `id@version` of a registered workload, or the URL of a module that exports one. */
  readonly workload: string;
  readonly scale: Scale;
  readonly context: ProgramContext;
  readonly directory: string;
  readonly patience: Patience;
  /** Absent where the C library was not found. */
  readonly libcPath?: string;
  /**
   * Share by which each operation is made longer, such as 0.05: a planted slowdown for the proof that comparisons find
   * real ones; 0 for the side that it is compared with. Absent for real measurements.
   */
  readonly slowdownShare?: number;
  /** The child is to send pictures of its phases. */
  readonly timeline?: boolean;
}

/** What the child answers. The last message of a well-behaved child is `result` or `skip`. */
export type ChildMessage =
  | { readonly kind: "step"; readonly step: string }
  | { readonly kind: "result"; readonly result: BlockResult; readonly timeline?: readonly PhaseTimeline[] }
  | { readonly kind: "skip"; readonly reason: string };

/** A message as one line without its line end. */
export function encodeMessage(token: string, message: ChildMessage): string {
  return `${token} ${JSON.stringify(message)}`;
}

/** The message in a line, or `undefined` for a line that is not one. What a result holds is the record's to check. */
export function decodeMessage(token: string, line: string): ChildMessage | undefined {
  if (!line.startsWith(`${token} `)) return undefined;
  try {
    const message: unknown = JSON.parse(line.slice(token.length + 1));
    return isMessage(message) ? message : undefined;
  } catch {
    // A child that was killed in the middle of a line leaves half a message: the same as none.
    return undefined;
  }
}

function isMessage(value: unknown): value is ChildMessage {
  const { kind, step, reason, result } = (value ?? {}) as Record<string, unknown>;
  switch (kind) {
    case "step":
      return typeof step === "string";
    case "skip":
      return typeof reason === "string";
    case "result":
      return Array.isArray((result as { warnings?: unknown } | null | undefined)?.warnings);
    default:
      return false;
  }
}
