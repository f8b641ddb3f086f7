// Amounts of the sound rules: whole numbers of units, shown as coins without losing a unit. Pure.

/** @import { Units } from "../../../types/sound.d.ts" */

/** Units that make 1 coin (docs/sound-rules.md section 1). */
const UNITS = 100_000_000n;
const DIGITS = 8;

/** How many units an amount is. */
export const unitsOf = (/** @type {Units | bigint} */ amount) => BigInt(String(amount));

/**
 * The whole coins of an amount, and the digits of the rest without the zeros at their end.
 * @param {Units | bigint} amount
 */
export function coinsOf(amount) {
  const units = unitsOf(amount);
  const rest = String(units % UNITS).padStart(DIGITS, "0");
  return { whole: units / UNITS, part: rest.replace(/0+$/, "") };
}
