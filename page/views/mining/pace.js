// How long the show of a search takes.

/** How long the tries of a search are shown, in milliseconds: as a rule, and slowly. */
export const PACE = { usual: 550, slow: 5500 };
/** How long the closed box is seen after them. */
export const CLOSED = { usual: 250, slow: 900 };
/** A shorter show is none. */
const SHORTEST = 400;
/** Which part of the time between two blocks a show may take. */
const SHARE = 0.7;

/**
 * How long to show a search, in milliseconds; 0 for not at all. A show is over before the next block can be expected, so shows never
 * queue up.
 * @param {number} gap how long ago the block before came, in milliseconds
 * @param {boolean} slow
 */
export function showTime(gap, slow) {
  const time = Math.min(slow ? PACE.slow : PACE.usual, gap * SHARE);
  return time < SHORTEST ? 0 : time;
}
