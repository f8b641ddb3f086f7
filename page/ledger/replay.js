// The search for a proof, tried once more: some of its numbers, rising, and the proof as the last.

import { sha256 } from "./sha256.js";

/** With how many zeros the hash of an answer begins. */
export const ZEROS = 4;

/** @typedef {{ number: number, difference: string, hash: string, zeros: number }} Trial */

/**
 * Tries one number, as a miner does.
 * @param {number} previous the proof before
 * @param {number} number
 * @returns {Trial}
 */
export function attempt(previous, number) {
  const difference = String(BigInt(number) ** 2n - BigInt(previous) ** 2n);
  const hash = sha256(difference);
  return { number, difference, hash, zeros: hash.length - hash.replace(/^0+/, "").length };
}

/**
 * Whether the page can try the search again: it finds the answer itself, and knows all digits of both numbers.
 * @param {number} previous
 * @param {number} proof
 */
export function canReplay(previous, proof) {
  return Number.isSafeInteger(previous) && Number.isSafeInteger(proof) && attempt(previous, proof).zeros >= ZEROS;
}

/**
 * The numbers that one step of a show tries: `share` of the way from the first try to the proof, and the ones just before.
 * @param {number} proof
 * @param {number} share from 0 to 1
 * @param {number} most how many
 * @returns {number[]} rising; never the proof before the last step
 */
export function sample(proof, share, most) {
  if (share >= 1) return [proof];
  const last = Math.min(proof - 1, 1 + Math.floor((proof - 1) * share));
  const first = Math.max(1, last - most + 1);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}

/**
 * The trial with the most zeros; of equals the latest.
 * @param {Trial[]} trials at least one
 */
export function best(trials) {
  return trials.reduce((leader, trial) => (trial.zeros >= leader.zeros ? trial : leader));
}
