// Reads and writes JSON without losing a digit, and writes it as CPython's json.dumps(value, sort_keys=True) does.

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
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/**
 * Reads a JSON text. Objects become Maps, numbers JsonNumbers.
 * @param {string} text
 * @returns {null|boolean|string|JsonNumber|Array|Map}
 */
export function parse(text) {
  let at = 0;
  const fail = (code) => {
    throw new JsonError(code, at);
  };
  const match = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const take = (character) => {
    match(BLANK);
    if (text[at] !== character) fail("syntax");
    at += 1;
  };
  const next = () => {
    match(BLANK);
    return text[at];
  };
  const word = (literal, value) => {
    if (!text.startsWith(literal, at)) fail("syntax");
    at += literal.length;
    return value;
  };
  function string() {
    take('"');
    let value = "";
    for (;;) {
      value += match(PLAIN)[0];
      const character = text[at];
      if (character === '"') break;
      if (character !== "\\") fail("syntax");
      const escaped = text[at + 1];
      if (escaped === "u") {
        const digits = text.slice(at + 2, at + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) fail("syntax");
        value += String.fromCharCode(parseInt(digits, 16));
        at += 6;
      } else {
        if (!Object.hasOwn(ESCAPES, escaped)) fail("syntax");
        value += ESCAPES[escaped];
        at += 2;
      }
    }
    at += 1;
    if (!value.isWellFormed()) fail("surrogate");
    return value;
  }
  function number() {
    const found = match(NUMBER);
    if (!found) fail("syntax");
    if (found[1] === undefined && found[2] === undefined) return new JsonNumber(found[0] === "-0" ? "0" : found[0]);
    const value = Number(found[0]);
    if (!Number.isFinite(value)) fail("infinite");
    return new JsonNumber(floatText(value));
  }
  function list(depth) {
    const items = [];
    take("[");
    if (next() === "]") {
      at += 1;
      return items;
    }
    for (;;) {
      items.push(value(depth));
      if (next() === "]") break;
      take(",");
    }
    at += 1;
    return items;
  }
  function object(depth) {
    const fields = new Map();
    take("{");
    if (next() === "}") {
      at += 1;
      return fields;
    }
    for (;;) {
      match(BLANK);
      const key = string();
      if (fields.has(key)) fail("duplicate");
      take(":");
      fields.set(key, value(depth));
      if (next() === "}") break;
      take(",");
    }
    at += 1;
    return fields;
  }
  function value(depth) {
    if (depth > DEEPEST) fail("deep");
    switch (next()) {
      case "{":
        return object(depth + 1);
      case "[":
        return list(depth + 1);
      case '"':
        return string();
      case "t":
        return word("true", true);
      case "f":
        return word("false", false);
      case "n":
        return word("null", null);
      default:
        return number();
    }
  }
  const result = value(0);
  match(BLANK);
  if (at < text.length) fail("syntax");
  return result;
}

/**
 * The canonical text of a value that parse has read: keys in code-point order, ASCII only.
 * @returns {string}
 */
export function canonical(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return stringText(value);
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(canonical).join(", ")}]`;
  const keys = [...value.keys()].sort(byCodePoint);
  return `{${keys.map((key) => `${stringText(key)}: ${canonical(value.get(key))}`).join(", ")}}`;
}

/** A text as CPython writes it: everything outside ASCII, and DEL, as \uXXXX in lower case. */
export function stringText(text) {
  const escape = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  // JSON.stringify escapes what is below the blank as CPython does.
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, escape);
}

/** A finite float as CPython's repr prints it; both take the shortest digits that read back the same. */
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

/** Digits with zeros in front, which JavaScript leaves to the exponent sooner than Python does. */
function smallText(digits, exponent) {
  const sign = digits.startsWith("-") ? "-" : "";
  return `${sign}0.${"0".repeat(-exponent - 1)}${digits.replace("-", "").replace(".", "")}`;
}

function byCodePoint(a, b) {
  const [left, right] = [[...a], [...b]];
  for (let at = 0; at < left.length && at < right.length; at += 1) {
    const difference = left[at].codePointAt(0) - right[at].codePointAt(0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
