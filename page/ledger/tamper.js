// A copy of the end of a chain that may be changed, and what the rules say of it. No node sees it unless it is offered.

import { numberOf } from "../typed.js";
import { JsonNumber, canonical, parse } from "./json.js";
import { RuleError, faultsOf, hashOf, integerOf, readBlock, readStoredBlock, search, tipOf } from "./rules.js";

/** @import { Block, BlockState, Fault, Link, Scalar, Tip } from "../../types/ledger.d.ts" */

/** The faults that belong to the link before a block, and not to the block itself. */
const LINK_FAULTS = ["link", "after"];

/** A copy of consecutive blocks, to which further ones may be mined. */
export class Copy {
  /**
   * @param {string[]} texts canonical texts of the blocks
   * @param {Tip | null} before the block before them; null when the first is the first
   */
  constructor(texts, before) {
    this.before = before;
    this.blocks = texts.map((text) => readStoredBlock(parse(text)));
    this.hashes = this.blocks.map(hashOf);
    /** The blocks and hashes as they were copied or mined. */
    this.originals = this.blocks.map((block, place) => ({ block, hash: this.hashes[place] }));
    /** How many blocks come from the chain; those after them were mined on the copy. */
    this.copied = texts.length;
    /** @type {(Fault | null)[]} */
    this.errors = texts.map(() => null);
  }

  /** How many blocks there are. */
  get length() {
    return this.blocks.length;
  }

  /** How many blocks the whole chain has with this end. */
  get height() {
    return Number(this.before?.index ?? 0n) + this.length;
  }

  /**
   * Changes a field of a block, or of one of its transactions, to what somebody typed. A text field takes any text; index and proof
   * take digits; a field of a transaction takes a JSON number, or a text.
   * @param {number} place which block of the copy
   * @param {string} field
   * @param {string} typed
   * @param {number} [transaction] which transaction
   */
  edit(place, field, typed, transaction) {
    const block = copyOf(this.blocks[place]);
    if (transaction === undefined) {
      block.set(field, field === "index" || field === "proof" ? integer(typed) : typed);
    } else {
      const transactions = block.get("transactions").map((other) => new Map(other));
      transactions[transaction].set(field, scalar(typed, field));
      block.set("transactions", transactions);
    }
    this.replace(place, block);
  }

  /**
   * Makes a block what it was when it was copied or mined.
   * @param {number} place
   */
  undo(place) {
    this.replace(place, this.originals[place].block);
  }

  /**
   * @param {number} place
   * @param {Block} block
   */
  replace(place, block) {
    this.blocks[place] = block;
    try {
      // An original may be one that only a store may hold.
      if (block !== this.originals[place].block) readBlock(block);
      this.errors[place] = null;
      this.hashes[place] = hashOf(block);
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      this.errors[place] = { code: error.code, data: error.data };
    }
  }

  /**
   * What a block is to the one after it; null when there is none, or it cannot be read.
   * @param {number} place -1 is the block before the copy
   * @returns {Tip | null}
   */
  tip(place) {
    if (place < 0) return this.before;
    if (this.errors[place]) return null;
    const block = this.blocks[place];
    return { index: integerOf(block, "index"), proof: integerOf(block, "proof"), hash: this.hashes[place] };
  }

  /**
   * What is wrong with a block of the copy.
   * @param {number} place
   * @returns {Fault[]}
   */
  faults(place) {
    const error = this.errors[place];
    if (error) return [error];
    if (place > 0 && this.errors[place - 1]) return [{ code: "after", data: {} }];
    return faultsOf(this.blocks[place], this.tip(place - 1));
  }

  /**
   * What is wrong with a block apart from its link.
   * @param {number} place
   */
  ownFaults(place) {
    return this.faults(place).filter(({ code }) => !LINK_FAULTS.includes(code));
  }

  /**
   * The link between a block and the one before it; null for the first block of a chain.
   * @param {number} place
   * @returns {Link | null}
   */
  link(place) {
    if (place === 0 && this.before === null) return null;
    const named = this.blocks[place].get("previous_hash");
    const hash = this.tip(place - 1)?.hash ?? null;
    return { named, hash, whole: named === hash };
  }

  /** The places of the blocks whose link is broken. */
  brokenLinks() {
    return this.places().filter((place) => this.link(place)?.whole === false);
  }

  /** The places of all blocks. */
  places() {
    return this.blocks.map((_, place) => place);
  }

  /**
   * Whether a block differs from the one that was copied or mined.
   * @param {number} place
   */
  isChanged(place) {
    return this.errors[place] !== null || this.hashes[place] !== this.originals[place].hash;
  }

  /**
   * How a block came to be what it is.
   * @param {number} place
   * @returns {BlockState}
   */
  state(place) {
    if (!this.isChanged(place)) return place < this.copied ? "same" : "mined";
    return this.link(place)?.whole && this.hasOriginalContent(place) ? "relinked" : "changed";
  }

  /**
   * Whether nothing but the link of a block differs from the original.
   * @param {number} place
   */
  hasOriginalContent(place) {
    if (this.errors[place]) return false;
    const [block, { block: original }] = [this.blocks[place], this.originals[place]];
    const [ours, theirs] = [block.get("transactions"), original.get("transactions")];
    return (
      block.get("index").text === original.get("index").text &&
      block.get("proof").text === original.get("proof").text &&
      block.get("timestamp") === original.get("timestamp") &&
      (ours === theirs || canonical(ours) === canonical(theirs))
    );
  }

  /** Gives every block the hash of the one before it: what whoever rewrites history does next. Returns how many changed. */
  relink() {
    let changed = 0;
    for (const place of this.places()) {
      if (this.errors[place]) break;
      const parent = this.tip(place - 1);
      const block = this.blocks[place];
      if (parent !== null && block.get("previous_hash") !== parent.hash) {
        this.replace(place, copyOf(block).set("previous_hash", parent.hash));
        changed += 1;
      }
    }
    return changed;
  }

  /**
   * Finds a block's proof anew.
   * @param {number} place
   * @param {AbortSignal} [signal]
   */
  async mine(place, signal) {
    const previous = this.tip(place - 1)?.proof;
    const proof = previous === undefined ? 1n : await search(previous, signal);
    this.replace(place, copyOf(this.blocks[place]).set("proof", new JsonNumber(String(proof))));
  }

  /**
   * Mines a block without payments after the last one. The copy must not change meanwhile.
   * @param {Date} time
   * @param {AbortSignal} [signal]
   */
  async extend(time, signal) {
    const last = this.tip(this.length - 1);
    if (last === null) throw new RuleError("after");
    const proof = await search(last.proof, signal);
    const block = readBlock(
      new Map(
        /** @type {[string, Scalar | []][]} */ ([
          ["index", new JsonNumber(String(last.index + 1n))],
          ["previous_hash", last.hash],
          ["proof", new JsonNumber(String(proof))],
          ["timestamp", timeText(time)],
          ["transactions", []],
        ]),
      ),
    );
    const hash = hashOf(block);
    this.blocks.push(block);
    this.hashes.push(hash);
    this.originals.push({ block, hash });
    this.errors.push(null);
  }

  /**
   * The texts to show to other nodes: everything from the first block that is not on the chain, and the block before it, so that
   * they can judge that link, too. Empty when nothing differs.
   */
  offer() {
    const first = this.places().find((place) => place >= this.copied || this.isChanged(place));
    return first === undefined ? [] : this.blocks.slice(Math.max(0, first - 1)).map((block) => canonical(block));
  }

  /**
   * The exact text that is hashed.
   * @param {number} place
   */
  text(place) {
    return canonical(this.blocks[place]);
  }
}

/**
 * @param {string[]} texts canonical texts of consecutive blocks
 * @param {string | null} before the text of the block before them
 */
export const copyOfTexts = (texts, before) =>
  new Copy(texts, before === null ? null : tipOf(readStoredBlock(parse(before))));

/**
 * @param {Block} block
 * @returns {Block}
 */
const copyOf = (block) => /** @type {Block} */ (new Map(block));

/**
 * What was typed for an integer: full-width digits are understood, zeros at the front dropped. What is no integer stays a text, which
 * the rules refuse.
 * @param {string} typed
 */
function integer(typed) {
  const text = typed.normalize("NFKC").trim();
  return /^[0-9]+$/.test(text) ? new JsonNumber(text.replace(/^0+(?=[0-9])/, "")) : typed;
}

/**
 * What was typed into a transaction: an amount is a number where only one can be meant, everything else is a text.
 * @param {string} typed
 * @param {string} field
 * @returns {Scalar}
 */
function scalar(typed, field) {
  const number = field === "amount" ? numberOf(typed).text : null;
  if (number === null) return typed;
  try {
    const value = parse(number);
    return value instanceof JsonNumber ? value : typed;
  } catch {
    // A number that no float can hold stays a text.
    return typed;
  }
}

/**
 * A time as Python's str(datetime.now()) writes it.
 * @param {Date} time
 */
function timeText(time) {
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const fraction = `${String(time.getMilliseconds()).padStart(3, "0")}000`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${fraction}`;
}
