/**
 * The body of a request for re-queries.
 *
 * @module
 */

import type { Encoder } from "../codec.ts";
import { requeryFlag } from "../protocol.ts";
import type { RequeryInput } from "./reads.ts";

/** Adds how many there are, and each of them. */
export function encodeRequeries(encoder: Encoder, inputs: readonly RequeryInput[]): Encoder {
  encoder.uint(inputs.length);
  for (const input of inputs) {
    const hashFlag = input.hash === null ? 0 : requeryFlag.hasHash;
    encoder.byte(hashFlag | (input.wantsDependencies ? requeryFlag.wantsDependencies : 0));
    encoder.text(input.sql).values(input.params);
    if (input.hash !== null) encoder.uint(input.hash[0]).uint(input.hash[1]);
  }
  return encoder;
}
