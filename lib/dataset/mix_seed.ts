/**
 * The seed of one generator of a workload: the published one, varied by the seed of the run.
 *
 * The run's seed 0 leaves `published` as it is. Any other seed, a safe integer, is spread over 32 bits first: a plain
 * XOR would let a small seed turn one generator of a workload into another, whose seeds often differ in few bits.
 */
export function mixSeed(published: number, seed: number): number {
  if (seed === 0) return published;
  const folded = (seed >>> 0) ^ Math.imul(Math.floor(seed / 0x1_0000_0000) | 0, 0x85eb_ca6b);
  let bits = Math.imul(folded ^ (folded >>> 16), 0x7feb_352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846c_a68b);
  return (published ^ bits ^ (bits >>> 16)) >>> 0;
}
