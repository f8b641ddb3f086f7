// What follows from the transactions of a block (docs/sound-rules.md sections 1 and 2). Pure.

import { unitsOf } from "./coins.js";

/** @import { Reward, Transaction, Transfer } from "../../../types/sound.d.ts" */

/** Bytes of a header, and of a reward and a transfer without their notes. */
const BYTES = { header: 80, reward: 86, transfer: 154 };

/**
 * Whether a transaction is a payment; otherwise it is the reward.
 * @param {Transaction} transaction
 * @returns {transaction is Transfer}
 */
export const isTransfer = (transaction) => "sender" in transaction;

/** The reward of a block, which is its first transaction. */
export const rewardOf = (/** @type {Transaction[]} */ transactions) =>
  /** @type {Reward | undefined} */ (transactions.find((one) => !isTransfer(one)));

/** The fees of all payments of a block, in units. */
export const feesOf = (/** @type {Transaction[]} */ transactions) =>
  transactions.filter(isTransfer).reduce((sum, { fee }) => sum + unitsOf(fee), 0n);

/**
 * A version as it is written for miners: its 32 bits in hexadecimal digits.
 * @param {number} version as a signed number
 */
export const versionText = (version) => `0x${(version >>> 0).toString(16)}`;

/** How many bytes the encoding of a block has. */
export function bytesOf(/** @type {Transaction[]} */ transactions) {
  const count = transactions.length < 253 ? 1 : transactions.length <= 0xffff ? 3 : 5;
  const sizes = transactions.map((one) => (isTransfer(one) ? BYTES.transfer : BYTES.reward) + one.note.length / 2);
  return sizes.reduce((sum, size) => sum + size, BYTES.header + count);
}
