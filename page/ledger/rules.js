// Blocks: how they are read and hashed, and which ones are right (the rules of the chapter).

import { JsonError, JsonNumber, canonical, parse } from "./json.js";
import { sha256 } from "./sha256.js";

/** @import { Block, ChainCode, Fault, FaultCode, FaultData, Json, Scalar, Tip } from "../../types/ledger.d.ts" */

/** The largest index and the largest proof: 2^63-1. */
const LARGEST = 2n ** 63n - 1n;
/** The most digits an integer may have: CPython reads no longer ones. */
const MOST_DIGITS = 4300;
const FIELDS = ["index", "previous_hash", "proof", "timestamp", "transactions"];
const TRANSACTION_FIELDS = ["amount", "receiver", "sender"];

/** Why something is no block, or not the right one; `code` and `data` are for people's languages. */
export class RuleError extends Error {
  /**
   * @param {FaultCode} code
   * @param {FaultData} data
   */
  constructor(code, data = {}) {
    super(code);
    this.code = code;
    this.data = data;
  }
}

/**
 * Makes sure that a parsed value is a block.
 * @param {Json} value what json.parse has read
 * @returns {Block}
 */
export function readBlock(value) {
  const block = readStoredBlock(value);
  block.get("transactions").forEach((transaction, at) => {
    if ([...transaction.values()].some(isTooLong))
      throw new RuleError("digits", { position: at + 1, most: MOST_DIGITS });
  });
  return block;
}

/** @param {Scalar} scalar the text of a float is much shorter */
const isTooLong = (scalar) => scalar instanceof JsonNumber && scalar.text.replace("-", "").length > MOST_DIGITS;

/**
 * As readBlock, for a block that a node has stored: earlier programs took integers of any length.
 * @param {Json} value what json.parse has read
 * @returns {Block}
 */
export function readStoredBlock(value) {
  if (!(value instanceof Map) || !hasJust(value, FIELDS)) throw new RuleError("shape");
  for (const field of ["index", "proof"]) integerOf(value, field);
  for (const field of ["previous_hash", "timestamp"]) {
    if (typeof value.get(field) !== "string") throw new RuleError("text", { field });
  }
  const transactions = value.get("transactions");
  if (!Array.isArray(transactions)) throw new RuleError("transactions");
  transactions.forEach((transaction, at) => {
    const isOne = transaction instanceof Map && hasJust(transaction, TRANSACTION_FIELDS);
    const isScalar = (/** @type {Json} */ field) => !(field instanceof Map || Array.isArray(field));
    if (!isOne || ![...transaction.values()].every(isScalar)) throw new RuleError("transaction", { position: at + 1 });
  });
  return /** @type {Block} */ (value);
}

/**
 * @param {Map<string, Json>} map
 * @param {string[]} fields
 */
function hasJust(map, fields) {
  return map.size === fields.length && fields.every((field) => map.has(field));
}

/**
 * An integer field of a block, from 1 to 2^63-1.
 * @param {Map<string, Json>} block
 * @param {string} field
 */
export function integerOf(block, field) {
  const number = block.get(field);
  if (!(number instanceof JsonNumber) || !/^[0-9]+$/.test(number.text)) throw new RuleError("integer", { field });
  const value = BigInt(number.text);
  if (value < 1n || value > LARGEST) throw new RuleError("integer", { field });
  return value;
}

/**
 * The hash of a block: SHA-256 of its canonical text.
 * @param {Json} block
 */
export function hashOf(block) {
  return sha256(canonical(block));
}

/**
 * Whether `proof` solves the puzzle that the proof before it sets.
 * @param {bigint} previous
 * @param {bigint} proof
 */
export function solves(previous, proof) {
  return sha256(String(proof * proof - previous * previous)).startsWith("0000");
}

/**
 * Finds the proof after `previous`, in slices that leave the page alive.
 * @param {bigint} previous
 * @param {AbortSignal} [signal]
 * @returns {Promise<bigint>}
 */
export async function search(previous, signal) {
  signal?.throwIfAborted();
  const square = previous * previous;
  for (let candidate = 1n; ; candidate += 1n) {
    if (sha256(String(candidate * candidate - square)).startsWith("0000")) return candidate;
    if (candidate % 2000n === 0n) {
      await new Promise((resume) => setTimeout(resume));
      signal?.throwIfAborted();
    }
  }
}

/**
 * What is wrong with a block that follows another one.
 * @param {Block} block
 * @param {Tip | null} parent null before the first block
 * @returns {Fault[]} nothing when it is right
 */
export function faultsOf(block, parent) {
  /** @type {Fault[]} */
  const faults = [];
  /** @type {(code: ChainCode, data?: FaultData) => void} */
  const fault = (code, data = {}) => {
    faults.push({ code, data });
  };
  const [index, proof] = [integerOf(block, "index"), integerOf(block, "proof")];
  const link = block.get("previous_hash");
  if (parent === null) {
    if (index !== 1n || proof !== 1n || link !== "0" || block.get("transactions").length > 0) fault("genesis");
    return faults;
  }
  if (index !== parent.index + 1n) fault("index", { expected: parent.index + 1n, found: index });
  if (link !== parent.hash) fault("link", { expected: parent.hash, found: link });
  if (!solves(parent.proof, proof)) fault("proof", { previous: parent.proof, proof });
  return faults;
}

/**
 * What a block is to the one after it.
 * @param {Block} block
 * @returns {Tip}
 */
export function tipOf(block) {
  return { index: integerOf(block, "index"), proof: integerOf(block, "proof"), hash: hashOf(block) };
}

/**
 * Judges a chain as /get_chain serves it.
 * @param {string} text
 * @returns {{valid: boolean, reason: string}}
 */
export function judgeChain(text) {
  try {
    const answer = parse(text);
    const [chain, length] = answer instanceof Map ? [answer.get("chain"), answer.get("length")] : [];
    if (!Array.isArray(chain)) throw new RuleError("shape");
    if (chain.length === 0 || !(length instanceof JsonNumber) || length.text !== String(chain.length)) {
      throw new RuleError("length");
    }
    /** @type {Tip | null} */
    let parent = null;
    for (const value of chain) {
      const block = readBlock(value);
      const [first] = faultsOf(block, parent);
      if (first) throw new RuleError(first.code, first.data);
      parent = tipOf(block);
    }
    return { valid: true, reason: "" };
  } catch (error) {
    if (!(error instanceof RuleError || error instanceof JsonError)) throw error;
    return { valid: false, reason: error.code };
  }
}
