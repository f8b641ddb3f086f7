// What people type, as numbers.

/**
 * The number that a text stands for, in canonical form; null when it is none.
 * @param {string} text
 * @returns {string | null}
 */
export function numberOf(text) {
  const plain = text.normalize("NFKC").trim().replace(",", ".");
  return /^\d+(\.\d+)?$/.test(plain) ? plain : null;
}
