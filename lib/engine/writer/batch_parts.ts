/**
 * The rows of a batch as they arrive: in one message, or the first ones with the request and the others behind it.
 *
 * @module
 */

import type { Decoder } from "../codec.ts";
import { batchPart } from "../protocol.ts";
import type { SqlParam } from "../values.ts";

/** Rows by column; valid until the next part is asked for. */
export interface BatchPart {
  readonly rowCount: number;
  readonly columns: ArrayLike<SqlParam>[];
}

/** The parts of one batch, in order, each to be read once. */
export class BatchParts implements Iterable<BatchPart> {
  readonly #request: Decoder;
  readonly #receive: () => Uint8Array<ArrayBuffer>;
  #hasMore: boolean;

  /** `request` stands before the mark that tells whether there is more; `receive` waits for the next message. */
  constructor(request: Decoder, receive: () => Uint8Array<ArrayBuffer>) {
    this.#request = request;
    this.#receive = receive;
    this.#hasMore = request.byte() === batchPart.more;
  }

  *[Symbol.iterator](): Generator<BatchPart> {
    yield this.#request.columns();
    if (this.#hasMore) yield this.#next().columns();
  }

  /** Takes what was not read off the channel, so that the next message is a request again. */
  drain(): void {
    if (this.#hasMore) this.#next();
  }

  #next(): Decoder {
    this.#hasMore = false;
    return this.#request.open(this.#receive());
  }
}
