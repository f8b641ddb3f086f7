// Reads and writes JSON without losing a digit, and writes it as CPython's json.dumps(value, sort_keys=True) does.

/** @import { Json } from "../../types/ledger.d.ts" */

/** A number in its canonical text: integers keep their digits, floats read as CPython prints them. */
export class JsonNumber {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

/** Why a text is no JSON that can be hashed; `at` counts its characters from 0. */
export class JsonError extends Error {
  /**
   * @param {string} code
   * @param {number} at
   */
  constructor(code, at) {
    super(`${code} at ${at}`);
    this.code = code;
    this.at = at;
  }
}

/** How deeply lists and objects may stand in each other. */
const DEEPEST = 128;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const BLANK = /[ \t\n\r]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
/** @type {Record<string, string>} */
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/**
 * Reads a JSON text. Objects become Maps, numbers JsonNumbers.
 * @param {string} text
 * @returns {Json}
 */
export function parse(text) {
  const reader = new Reader(text);
  const result = reader.value(0);
  reader.end();
  return result;
}

/** Reads values from a text, one after the other. */
class Reader {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  /**
   * @param {string} code
   * @returns {never}
   */
  fail(code) {
    throw new JsonError(code, this.at);
  }

  /** @param {RegExp} pattern one that begins where it is told */
  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  /** The next character that is no blank. */
  next() {
    this.match(BLANK);
    return this.text[this.at];
  }

  /** @param {string} character */
  take(character) {
    if (this.next() !== character) this.fail("syntax");
    this.at += 1;
  }

  end() {
    this.match(BLANK);
    if (this.at < this.text.length) this.fail("syntax");
  }

  /**
   * @param {number} depth how many lists and objects are around the value
   * @returns {Json}
   */
  value(depth) {
    if (depth > DEEPEST) this.fail("deep");
    switch (this.next()) {
      case "{":
        return this.object(depth + 1);
      case "[":
        return this.list(depth + 1);
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  /**
   * @template {null | boolean} Value
   * @param {string} literal
   * @param {Value} value
   */
  word(literal, value) {
    if (!this.text.startsWith(literal, this.at)) this.fail("syntax");
    this.at += literal.length;
    return value;
  }

  number() {
    const found = this.match(NUMBER);
    if (!found) return this.fail("syntax");
    if (found[1] === undefined && found[2] === undefined) return new JsonNumber(found[0] === "-0" ? "0" : found[0]);
    const value = Number(found[0]);
    if (!Number.isFinite(value)) this.fail("infinite");
    return new JsonNumber(floatText(value));
  }

  string() {
    this.take('"');
    let value = "";
    for (;;) {
      value += /** @type {RegExpExecArray} */ (this.match(PLAIN))[0];
      const character = this.text[this.at];
      if (character === '"') break;
      if (character !== "\\") this.fail("syntax");
      value += this.escape();
    }
    this.at += 1;
    if (!value.isWellFormed()) this.fail("surrogate");
    return value;
  }

  /** The character that an escape stands for. */
  escape() {
    const escaped = this.text[this.at + 1];
    if (escaped === "u") {
      const digits = this.text.slice(this.at + 2, this.at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail("syntax");
      this.at += 6;
      return String.fromCharCode(parseInt(digits, 16));
    }
    if (!Object.hasOwn(ESCAPES, escaped)) this.fail("syntax");
    this.at += 2;
    return ESCAPES[escaped];
  }

  /** @param {number} depth */
  list(depth) {
    /** @type {Json[]} */
    const items = [];
    this.take("[");
    if (this.next() === "]") {
      this.at += 1;
      return items;
    }
    for (;;) {
      items.push(this.value(depth));
      if (this.next() === "]") break;
      this.take(",");
    }
    this.at += 1;
    return items;
  }

  /** @param {number} depth */
  object(depth) {
    /** @type {Map<string, Json>} */
    const fields = new Map();
    this.take("{");
    if (this.next() === "}") {
      this.at += 1;
      return fields;
    }
    for (;;) {
      const key = this.string();
      if (fields.has(key)) this.fail("duplicate");
      this.take(":");
      fields.set(key, this.value(depth));
      if (this.next() === "}") break;
      this.take(",");
    }
    this.at += 1;
    return fields;
  }
}

/**
 * The canonical text of a value that parse has read: keys in code-point order, ASCII only.
 * @param {Json} value
 * @returns {string}
 */
export function canonical(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return stringText(value);
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(canonical).join(", ")}]`;
  const fields = [...value].sort(([left], [right]) => byCodePoint(left, right));
  return `{${fields.map(([key, field]) => `${stringText(key)}: ${canonical(field)}`).join(", ")}}`;
}

/**
 * A text as CPython writes it: everything outside ASCII, and DEL, as \uXXXX in lower case.
 * @param {string} text
 */
export function stringText(text) {
  const escape = (/** @type {string} */ unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  // JSON.stringify escapes what is below the blank as CPython does.
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, escape);
}

/**
 * A finite float as CPython's repr prints it; both take the shortest digits that read back the same.
 * @param {number} value
 */
export function floatText(value) {
  if (Object.is(value, -0)) return "-0.0";
  const [digits, power] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const plain = exponent < 0 ? smallText(digits, exponent) : String(value);
  return plain.includes(".") ? plain : `${plain}.0`;
}

/**
 * Digits with zeros in front, which JavaScript leaves to the exponent sooner than Python does.
 * @param {string} digits
 * @param {number} exponent
 */
function smallText(digits, exponent) {
  const sign = digits.startsWith("-") ? "-" : "";
  return `${sign}0.${"0".repeat(-exponent - 1)}${digits.replace("-", "").replace(".", "")}`;
}

/**
 * @param {string} a
 * @param {string} b
 */
function byCodePoint(a, b) {
  const [left, right] = [codePoints(a), codePoints(b)];
  for (let at = 0; at < left.length && at < right.length; at += 1) {
    const difference = left[at] - right[at];
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** @param {string} text */
const codePoints = (text) => Array.from(text, (character) => Number(character.codePointAt(0)));
