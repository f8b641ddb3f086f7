// Numbers as people type them: full-width digits, a decimal comma, digits in groups.

/** What is meant by a typed number, or why it is not clear. @typedef {{ text: string, reason: null, choices: [] } | { text: null, reason: "empty" | "not_a_number", choices: [] } | { text: null, reason: "ambiguous", choices: [string, string] }} Typed */

/** Marks between groups of three digits that mean nothing else: blanks of all widths, which NFKC has made plain ones, and apostrophes. */
const GROUPED = /^[+-]?\d{1,3}(?:([ '])\d{3})(?:\1\d{3})*(?![\d '])/;
const PLAIN = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * Reads a number as JSON writes it. All digits are kept, however many there are.
 * @param {string} typed
 * @returns {Typed}
 */
export function numberOf(typed) {
  // Input methods for Chinese give full-width characters, and a full stop of their own.
  const text = typed.normalize("NFKC").replace(/[−﹣]/g, "-").replace(/[。｡]/g, ".").replace(/[‘’]/g, "'").trim();
  if (text === "") return { text: null, reason: "empty", choices: [] };
  const together = GROUPED.test(text) ? text.replace(/[ ']/g, "") : text;
  const whole = withoutCommas(together);
  // Digits that stand in groups already are no question: the comma is a decimal one.
  const choices = together === text ? meanings(text) : null;
  if (choices) return { text: null, reason: "ambiguous", choices };
  const number = canonical(whole);
  return number === null
    ? { text: null, reason: "not_a_number", choices: [] }
    : { text: number, reason: null, choices: [] };
}

/**
 * The two meanings of a comma before exactly three digits; null when only one can be meant.
 * @param {string} text
 * @returns {[string, string] | null}
 */
function meanings(text) {
  const found = /^([+-]?)([1-9]\d{0,2}),(\d{3})$/.exec(text);
  if (!found) return null;
  const sign = found[1] === "-" ? "-" : "";
  return [`${sign}${found[2]}${found[3]}`, `${sign}${found[2]}.${found[3]}`];
}

/**
 * The same number with a decimal point and without marks between groups. The last mark is the decimal one; a mark that occurs
 * twice stands between groups.
 * @param {string} text
 */
function withoutCommas(text) {
  if (/^[+-]?\d{1,3}(,\d{3})+\.\d*$/.test(text) || /^[+-]?\d{1,3}(,\d{3}){2,}$/.test(text)) {
    return text.replaceAll(",", "");
  }
  if (/^[+-]?\d{1,3}(\.\d{3})+,\d*$/.test(text) || /^[+-]?\d{1,3}(\.\d{3}){2,}$/.test(text)) {
    return text.replaceAll(".", "").replace(",", ".");
  }
  return /^[^,.]*,[^,.]*$/.test(text) ? text.replace(",", ".") : text;
}

/**
 * A number in JSON's grammar; null for what is none.
 * @param {string} text
 */
function canonical(text) {
  const found = PLAIN.exec(text);
  if (!found) return null;
  const [, sign, whole, part = "", exponent] = found;
  if (whole === "" && part === "") return null;
  const digits = whole.replace(/^0+(?=\d)/, "") || "0";
  return `${sign === "-" ? "-" : ""}${digits}${part && `.${part}`}${exponent === undefined ? "" : `e${exponent}`}`;
}
