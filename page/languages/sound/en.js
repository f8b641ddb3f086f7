// English under the sound rules: what they alone have, and what is said otherwise than under the printed ones.

import en from "../en.js";

/** @import { SoundTexts } from "../../../types/texts.d.ts" */

/**
 * @param {number} count
 * @param {string} one
 * @param {string} many
 */
const s = (count, one, many) => (count === 1 ? `1 ${one}` : `${count.toLocaleString("en")} ${many}`);

/** @type {SoundTexts} */
export default {
  coins: (amount, isOne) => `${amount} ${isOne ? "coin" : "coins"}`,
  room: "Room",
  profile: (name) =>
    ({ classroom: "profile classroom", instant: "profile instant: no real difficulty" })[name] ?? `profile ${name}`,
  work: (hashes) => `Work: ${hashes} hashes`,
  bits: "Bits",
  nonce: "Nonce",
  merkleRoot: "Merkle root",
  unixSeconds: (seconds) => `Unix time ${seconds}, as it is hashed`,
  onAverage: (trials) => `${trials} hashes on average`,
  versionWord: "Version",
  size: "Size",
  bytes: (count) => `${count} bytes`,
  rewardWord: "Reward",
  rewardAndFees: "reward and fees",
  feesIn: "Fees in it",
  fee: "Fee",
  transfer: "Payment",
  note: "Note",
  noteBytes: "Note (bytes)",
  id: "Id",
  signature: "Signature",
  nobody: "nobody",
  beside: "The chain does not have this block: it is on a branch beside it.",
  signedElsewhere: [
    "This page cannot sign: it has no keys yet, and a wallet comes with a later version. Send a payment that is signed already to ",
    "POST /add_transaction",
    ".",
  ],
  left: (why, count) =>
    ({
      replaced: `${s(count, "payment waits", "payments wait")} no more: the sender replaced ${count === 1 ? "it by one" : "them by others"} with a higher fee.`,
      evicted: `${s(count, "payment waits", "payments wait")} no more: too many wait, and others pay more per byte.`,
      invalid: `${s(count, "payment waits", "payments wait")} no more: after the latest blocks ${count === 1 ? "it is" : "they are"} not valid.`,
      undone: `${s(count, "payment is", "payments are")} undone: the chain gave up the block, and ${count === 1 ? "it is" : "they are"} not valid after the blocks that came instead.`,
    })[why] ?? `${s(count, "payment waits", "payments wait")} no more.`,
  noReceiver: "This node mines nothing, as nobody would be paid: start the node with --miner ADDRESS.",
  lastBlock: (index) => `Block ${index}, the last one`,
  chance: (trials) =>
    `At these bits a block takes ${trials} tries on average. How long a search takes, nobody knows beforehand: each try has the same chance.`,
  foundBy: "Found",
  foundHere: "here",
  foundElsewhere: "by another node",
  afterTries: (tries) => `, after ${tries} ${tries === "1" ? "try" : "tries"}`,
  inTime: (took) => `, in ${took}`,
  logBlockCame: (index, count) => `Block ${index} came from elsewhere: ${s(count, "transaction", "transactions")}.`,
  logTransaction: "A payment waits:",
  undone: (blocks, returned, gone) =>
    [
      `${s(blocks, "block was", "blocks were")} given up`,
      returned > 0 && `${s(returned, "payment waits", "payments wait")} again`,
      gone > 0 && `${s(gone, "payment is", "payments are")} gone`,
    ]
      .filter(Boolean)
      .join("; ") + ".",
  deep: (blocks) =>
    `Attention, ${s(blocks, "block", "blocks")} at once: a chain with more work than all of them came from elsewhere. Payments that seemed certain may be gone.`,
  addressOf: "Look up an address",
  addressHint: "bco1…",
  sentCount: "Payments sent",
  nextNonce: "Nonce of the next payment",
  immature: "Rewards not yet spendable",
  accountEmpty: "The chain holds no transaction of this address.",
  older: "Show older ones",
  waits: "waits",
  joinElsewhere:
    "If their node shows this one in “another room”, ask for the file with the first block, and start with --genesis FILE in place of --room and --profile.",

  barLongest: "Most work",
  pendingNone: "No payment waits.",
  pendingHelp:
    "A payment waits until a block holds it. The sender has signed it and has the money for it, and its fee goes to the miner. Miners take those first that pay most per byte.",
  searchNone: "No block was read yet",
  searchHelp:
    "A miner hashes the header of the block, which stands for everything in it, again and again with another nonce. The hash has to be at most the target that the bits name.",
  pictureSummary: (nodes, others, longest) =>
    nodes === 1
      ? `This node alone, with ${s(longest, "block", "blocks")}.`
      : `${s(nodes, "node", "nodes")}${others > 0 ? `, ${s(others, "other chain", "other chains")}` : ""}; up to block ${longest}.`,
  newsMany: (count, longest) => `${s(count, "node has", "nodes have")} changed; the blocks go up to ${longest}.`,
  longest: "Ask for the chain with the most work",
  longestHelp:
    "This node asks all others for more work, checks their blocks, and takes the valid chain with the most work.",
  replacedBy: (address, length) =>
    `The chain of ${address} has more work and was taken: ${s(length, "block", "blocks")}.`,
  replacedFile: (length) => `A chain with more work was taken: ${s(length, "block", "blocks")}.`,
  kept: "No chain has more work: this node keeps its own.",
  offer: (code) =>
    ({
      adopted: "the valid chain with the most work",
      not_longer: "it has no more work than the chain of this node",
      tie: "as much work as the one that was taken, which came first",
      outdone: "another one has more work",
    })[/** @type {string} */ (code)] ?? en.offer(code),
  notReturned: (count) =>
    `${s(count, "payment", "payments")} of the blocks that were given up ${count === 1 ? "is" : "are"} gone: not valid after the blocks that came instead.`,

  accountsNone: "No address has a coin yet: a reward can be spent from the 11th block after its own on.",
  accountsHelp:
    "What each address can spend. No balance is below zero: a payment that is not covered is in no block. A reward can be spent from the 11th block after its own on.",

  logNone: "Nothing yet.",
  logBlock: (index, count) => `Block ${index} was mined here: ${s(count, "transaction", "transactions")}.`,
  words: [
    [
      "Hash",
      "A fingerprint of bytes: 64 digits that SHA-256 computes, here twice. The same bytes always have the same hash; the smallest change makes another one.",
    ],
    ["Block", "A page of the ledger: a header of 80 bytes, the reward of its miner, and payments."],
    [
      "Merkle root",
      "One hash that stands for all transactions of a block. It is in the header, so the work covers what the block says.",
    ],
    [
      "Mining",
      "Hashing the header with one nonce after the other until the hash is at most the target. Whoever finds it gets the reward and all fees.",
    ],
    ["Bits", "The target in short form. The lower the target, the more tries a block takes."],
    ["Work", "How many hashes the blocks of a chain have taken on average, together."],
    [
      "Most work",
      "When nodes have different chains, the valid one with the most work wins, however long it is. Payments that only the other one holds wait again where they are still valid.",
    ],
    [
      "Address",
      "The public key of somebody, written as text. Only the key that belongs to it can sign payments from it.",
    ],
    ["Nonce of a payment", "How many payments its sender has made before. So no payment is booked twice."],
  ],
  problem: (kind) =>
    ({
      "no-receiver": "This node mines nothing, as nobody would be paid: start the node with --miner ADDRESS.",
      "clock-behind": "The last block is ahead of the clock of the node's machine: set the clock, or wait.",
      "broken-rule": "This breaks a rule.",
      "bad-mode": "Blocks are not mined in this way under these rules.",
      "bad-path": "This is no address. Addresses have 63 characters and begin with bco1.",
      "unknown-account": "The chain holds no transaction of this address.",
      "unknown-transaction": "The node knows no such transaction.",
      "not-confirmed": "No block of the chain holds this transaction.",
      "too-many-blocks": "The node is busy with other blocks. Try again in a moment.",
    })[kind] ?? en.problem(kind),
};
