// How much work a target asks for (docs/sound-rules.md section 4). Pure.

/** Bytes of a target's mantissa. */
const MANTISSA = 3;
const SIGN = 0x800000;
const ALL = 1n << 256n;

/**
 * The target that `bits` stand for; null when they stand for none.
 * @param {string} bits 8 hexadecimal digits
 */
export function targetOf(bits) {
  if (!/^[0-9a-f]{8}$/.test(bits)) return null;
  const size = parseInt(bits.slice(0, 2), 16);
  const mantissa = parseInt(bits.slice(2), 16);
  if (mantissa & SIGN) return null;
  const shift = BigInt(8 * (size - MANTISSA));
  const target = shift < 0n ? BigInt(mantissa) >> -shift : BigInt(mantissa) << shift;
  return target > 0n && target < ALL ? target : null;
}

/**
 * How many headers are hashed on average until one meets the target; null when `bits` stand for none.
 * @param {string} bits
 */
export function trialsOf(bits) {
  const target = targetOf(bits);
  return target === null ? null : ALL / (target + 1n);
}

/**
 * Work as the node tells it, which is the number of hashes that it takes on average.
 * @param {string} work 64 hexadecimal digits
 */
export const hashesOf = (work) => BigInt(`0x${work}`);
