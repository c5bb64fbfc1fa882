import { append } from "../protocol/append.ts";
import { NumberColumn } from "./number_column.ts";

const Numbers = Float64Array;
const NO_NUMBERS = new Numbers(0);

/** Numbers in a piece of memory. */
const PIECE_LENGTH = 8192;

/**
 * Lists of digests, each written at once, in large pieces of memory: an array of its own for each result would cost a
 * read of twenty rows more than the digests do.
 */
export class DigestLists {
  #pieces: Float64Array[] = [];
  #piece = NO_NUMBERS;
  #usedLength = 0;
  readonly #pieceOf: NumberColumn;
  readonly #from: NumberColumn;
  readonly #lengths: NumberColumn;

  /** Room for `capacity` lists before the notes about them grow for the first time. */
  constructor(capacity = 64) {
    this.#pieceOf = new NumberColumn(capacity);
    this.#from = new NumberColumn(capacity);
    this.#lengths = new NumberColumn(capacity);
  }

  /** How many lists there are. */
  get count(): number {
    return this.#lengths.length;
  }

  /** Where the newest list is written. */
  get piece(): Float64Array {
    return this.#piece;
  }

  /** Begins a list of so many digests, and answers from which index of {@link piece} on it is written. */
  open(length: number): number {
    if (this.#usedLength + length > this.#piece.length) {
      this.#piece = new Numbers(length > PIECE_LENGTH ? length : PIECE_LENGTH);
      append(this.#pieces, this.#piece);
      this.#usedLength = 0;
    }
    const from = this.#usedLength;
    this.#usedLength += length;
    this.#pieceOf.add(this.#pieces.length - 1);
    this.#from.add(from);
    this.#lengths.add(length);
    return from;
  }

  /** A copy of list `index`, in the order in which they were begun. */
  list(index: number): Float64Array {
    const piece = this.#pieces[this.#pieceOf.at(index)];
    const from = this.#from.at(index);
    const copy = new Numbers(this.#lengths.at(index));
    for (let place = 0; place < copy.length; place++) copy[place] = piece![from + place]!;
    return copy;
  }
}
