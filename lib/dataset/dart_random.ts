const MULTIPLIER = 0xffff_da61;
const TWO_32 = 0x1_0000_0000;
const TWO_26 = 0x400_0000;
const TWO_27 = 0x800_0000;
const TWO_53 = 0x20_0000_0000_0000;

/**
 * The generator of the Dart VM, bit for bit: `new DartRandom(seed)` draws what Dart's `Random(seed)` draws.
 *
 * The published traffic of the first versions of the workloads is defined by it. It multiplies with carry, 32 bits of
 * state and 32 bits of carry. Only the seeding needs 64-bit integers; a step is four multiplications of doubles.
 */
export class DartRandom {
  #low: number;
  #high: number;

  /** Starts the sequence of a seed, a safe integer. Throws a RangeError for any other seed. */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) {
      throw new RangeError(
        `Cannot seed a generator as the seed must be a safe integer: current value is ${seed}`,
      );
    }
    const state = mixBits(BigInt.asUintN(64, BigInt(seed))) || 0x5a17n;
    this.#low = Number(BigInt.asUintN(32, state));
    this.#high = Number(state >> 32n);
    for (let discarded = 0; discarded < 4; discarded++) this.#step();
  }

  /**
   * A whole number from 0 up to but not including `max`, which is a whole number from 1 to 2^32.
   * Throws a RangeError for any other `max`.
   */
  nextInt(max: number): number {
    if (!Number.isInteger(max) || max < 1 || max > TWO_32) {
      throw new RangeError(
        `Cannot draw an integer as the limit must be an integer from 1 to 2^32: current value is ${max}`,
      );
    }
    // A double of at most 2^32 is a power of two when no lower bit is set.
    if (max === TWO_32 || (max & (max - 1)) === 0) return (this.#step() & (max - 1)) >>> 0;
    for (;;) {
      const bits = this.#step();
      const drawn = bits % max;
      // Bits of the last, incomplete stretch of `max` would favour small results.
      if (bits - drawn + max <= TWO_32) return drawn;
    }
  }

  /** A number from 0 up to but not including 1, with 53 random bits. */
  nextDouble(): number {
    return (this.nextInt(TWO_26) * TWO_27 + this.nextInt(TWO_27)) / TWO_53;
  }

  #step(): number {
    // MULTIPLIER * low needs 64 bits, more than a double holds. Its halves need 48.
    const upper = MULTIPLIER * (this.#low >>> 16);
    const lower = MULTIPLIER * (this.#low & 0xffff) + (upper % 0x1_0000) * 0x1_0000 + this.#high;
    this.#high = Math.floor(upper / 0x1_0000) + Math.floor(lower / TWO_32);
    this.#low = lower >>> 0;
    return this.#low;
  }
}

/** Thomas Wang's mix of 64 bits. */
function mixBits(seed: bigint): bigint {
  const wrap = (bits: bigint) => BigInt.asUintN(64, bits);
  let bits = wrap(~seed + (seed << 21n));
  bits ^= bits >> 24n;
  bits = wrap(bits * 265n);
  bits ^= bits >> 14n;
  bits = wrap(bits * 21n);
  bits ^= bits >> 28n;
  return wrap(bits + (bits << 31n));
}
