// The chart's numbers: a logarithmic scale of tries, and what a series comes to.

/** Where the scale begins and ends: powers of ten. */
export const DECADES = { from: 2, to: 6 };

/**
 * How high a number of tries stands, from 0 to 1, on a scale where each power of ten takes the same height.
 * @param {number} tries
 */
export function heightOf(tries) {
  const height = (Math.log10(Math.max(1, tries)) - DECADES.from) / (DECADES.to - DECADES.from);
  return Math.min(1, Math.max(0.02, height));
}

/**
 * The smallest, the middle and the largest of some numbers.
 * @param {number[]} numbers at least one
 */
export function summary(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other);
  return { least: sorted[0], middle: sorted[Math.floor((sorted.length - 1) / 2)], most: sorted[sorted.length - 1] };
}

/**
 * The time of day within a block's timestamp, which is text of any kind.
 * @param {string} timestamp
 */
export function timeOfDay(timestamp) {
  return /^\d{4}-\d\d-\d\d[ T](\d\d:\d\d:\d\d)/.exec(timestamp)?.[1] ?? "";
}
