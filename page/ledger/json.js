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
  const reader = new Reader(text);
  const result = reader.value(0);
  reader.end();
  return result;
}

/** Reads values from a text, one after the other. */
class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  fail(code) {
    throw new JsonError(code, this.at);
  }

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

  take(character) {
    if (this.next() !== character) this.fail("syntax");
    this.at += 1;
  }

  end() {
    this.match(BLANK);
    if (this.at < this.text.length) this.fail("syntax");
  }

  /** Any value; `depth` lists and objects are around it. */
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
      value += this.match(PLAIN)[0];
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

  list(depth) {
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

  object(depth) {
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
