// The notes of transactions: up to 80 bytes of any kind. Pure.

/** Letters, marks, digits, signs and blanks: what can be seen, and does not turn the text around. */
const SEEN = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]+$/u;

/**
 * A note as text; null when it is none that can be shown as it is.
 * @param {string} hex
 */
export function noteText(hex) {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (digits) => parseInt(digits, 16));
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return SEEN.test(text) ? text : null;
  } catch {
    return null;
  }
}
