// A copy of a chain that may be changed, and what the rules say of it. The node never sees it.

import { JsonNumber, canonical, parse } from "./json.js";
import { RuleError, faultsOf, hashOf, integerOf, readBlock, readStoredBlock, search, tipOf } from "./rules.js";

/** @import { Block, Fault, Scalar, Tip } from "../../types/ledger.d.ts" */

/** A copy of consecutive blocks. */
export class Copy {
  /**
   * @param {string[]} texts canonical texts of the blocks
   * @param {Tip | null} before the block before them; null when the first is the first
   */
  constructor(texts, before) {
    this.before = before;
    this.blocks = texts.map((text) => readStoredBlock(parse(text)));
    this.hashes = this.blocks.map(hashOf);
    this.originals = [...this.hashes];
    /** @type {(Fault | null)[]} */
    this.errors = texts.map(() => null);
  }

  /** How many blocks there are. */
  get length() {
    return this.blocks.length;
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
      const isInteger = field === "index" || field === "proof";
      block.set(field, isInteger ? new JsonNumber(typed) : typed);
    } else {
      const transactions = block.get("transactions").map((other) => new Map(other));
      transactions[transaction].set(field, scalar(typed, field));
      block.set("transactions", transactions);
    }
    this.replace(place, block);
  }

  /**
   * @param {number} place
   * @param {Block} block
   */
  replace(place, block) {
    this.blocks[place] = block;
    try {
      readBlock(block);
      this.errors[place] = null;
      this.hashes[place] = hashOf(block);
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      this.errors[place] = { code: error.code, data: error.data };
    }
  }

  /**
   * What is wrong with a block of the copy.
   * @param {number} place
   * @returns {Fault[]}
   */
  faults(place) {
    const error = this.errors[place];
    if (error) return [error];
    if (place === 0) return faultsOf(this.blocks[0], this.before);
    // A block that is none has the hash of its last good form, and no proof to go on from.
    if (this.errors[place - 1]) return [{ code: "after", data: {} }];
    return faultsOf(this.blocks[place], { ...tipOf(this.blocks[place - 1]), hash: this.hashes[place - 1] });
  }

  /**
   * Whether a block differs from the one that was copied.
   * @param {number} place
   */
  isChanged(place) {
    return this.errors[place] !== null || this.hashes[place] !== this.originals[place];
  }

  /** Gives every block the hash of the one before it: what whoever rewrites history does next. Returns how many changed. */
  relink() {
    let changed = 0;
    let parent = this.before;
    for (let place = 0; place < this.length && !this.errors[place]; place += 1) {
      const block = this.blocks[place];
      if (parent !== null && block.get("previous_hash") !== parent.hash) {
        this.replace(place, copyOf(block).set("previous_hash", parent.hash));
        changed += 1;
      }
      parent = { ...tipOf(this.blocks[place]), hash: this.hashes[place] };
    }
    return changed;
  }

  /**
   * Finds a block's proof anew.
   * @param {number} place
   * @param {AbortSignal} [signal]
   */
  async mine(place, signal) {
    const previous = place === 0 ? this.before?.proof : integerOf(this.blocks[place - 1], "proof");
    const proof = previous === undefined ? 1n : await search(previous, signal);
    this.replace(place, copyOf(this.blocks[place]).set("proof", new JsonNumber(String(proof))));
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
 * @param {Block} block
 * @returns {Block}
 */
const copyOf = (block) => /** @type {Block} */ (new Map(block));

/**
 * What was typed into a transaction: an amount is a number where it can be one, everything else is a text.
 * @param {string} typed
 * @param {string} field
 * @returns {Scalar}
 */
function scalar(typed, field) {
  if (field === "amount") {
    try {
      const value = parse(typed);
      if (value instanceof JsonNumber) return value;
    } catch {
      // Not a number, so it is a text.
    }
  }
  return typed;
}
