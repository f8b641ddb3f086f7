// Movement between cards by keys.

/**
 * How many blocks a key moves towards the newest one.
 * @type {Record<string, number>}
 */
const STEPS = { ArrowDown: -1, ArrowUp: 1, PageDown: -8, PageUp: 8, Home: Infinity, End: -Infinity };

/**
 * Calls `focus` with the index that a key leads to, which may lie beyond the ends of the chain.
 * @param {KeyboardEvent} event
 * @param {number} from
 * @param {(index: number) => void} focus
 */
export function moveByKey(event, from, focus) {
  if (!Object.hasOwn(STEPS, event.key)) return;
  event.preventDefault();
  focus(from + STEPS[event.key]);
}
