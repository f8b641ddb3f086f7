// English

/** @import { FaultCode } from "../../types/ledger.d.ts" */
/** @import { Texts } from "../../types/texts.d.ts" */

/**
 * @param {number} count
 * @param {string} one
 * @param {string} many
 */
const s = (count, one, many) => (count === 1 ? `1 ${one}` : `${count.toLocaleString("en")} ${many}`);

/** @type {Texts} */
export default {
  name: "English",
  title: "B-Coin",
  subtitle: "A blockchain one can watch",
  skip: "Skip to the chain",
  connecting: "Looking for the node…",
  alive: "The node is running",
  gone: "The node is gone. Start it again; this page goes on by itself.",
  theme: "Light or dark",
  language: "Language",
  node: "Node",
  miner: "Miner",
  data: (kind) => (kind === "folder" ? "Kept on disk" : "Kept in memory: gone when the node stops"),
  blocks: (count) => s(count, "block", "blocks"),
  payments: (count) => s(count, "payment", "payments"),

  chain: "The chain",
  chainHelp:
    "Each block names the hash of the one before it: the same colours stand above and below every link. The newest block is at the top.",
  goTo: "Go to a block",
  goToHint: "index or hash",
  go: "Go",
  block: (index) => `Block ${index}`,
  genesis: "the first block",
  transactions: (count) => s(count, "transaction", "transactions"),
  loading: "Loading…",
  close: "Close",
  hash: "Hash",
  previousHash: "Hash of the block before",
  proof: "Proof",
  made: "Made",
  from: "From",
  to: "To",
  amount: "Amount",
  payment: "Payment",
  nothingIn: "No payment is in this block.",
  moreRows: (count) => `and ${count.toLocaleString("en")} more`,
  hashedText: "The exact text that was hashed",
  sameHash: "This page has hashed the text as well, and found the same.",
  otherHash: "This page has hashed the text as well, and found something else!",
  followLink: (index) => `Go to block ${index}`,

  pending: "Waiting payments",
  pendingNone: "No payment waits. Send one, then mine.",
  pendingHelp:
    "A payment waits until a block holds it. Nobody checks whether the sender has that much, and nobody signs: the printed rules do not ask for it.",
  sender: "Sender",
  receiver: "Receiver",
  send: "Send",
  sent: (block) => `It waits for block ${block}.`,
  needName: "A name, please.",
  needAmount: "A number above 0, please.",

  mining: "Mining",
  mine: "Mine a block",
  mineBusy: "Searching…",
  mined: (index, tries, took) => `Block ${index} after ${tries} tries in ${took}.`,
  automatic: "By itself",
  modeOff: "off",
  modePayment: "when a payment waits",
  modeInterval: "every so many seconds",
  seconds: "Seconds",
  apply: "Set",

  network: "The network",
  pictureLabel: "All nodes in one tree of blocks",
  nodeTitle: (name, block) => `${name}: block ${block}`,
  classLink: "For the projector",
  classTitle: (name) => `The class of ${name}`,
  thisNode: "this node",
  pictureSummary: (nodes, others, longest) =>
    nodes === 1
      ? `This node alone, with ${s(longest, "block", "blocks")}.`
      : `${s(nodes, "node", "nodes")}${others > 0 ? `, ${s(others, "other chain", "other chains")}` : ""}; the longest has ${s(longest, "block", "blocks")}.`,
  legend: (kind) => ({ own: "blocks of this node", ahead: "not here yet", other: "of another branch" })[kind],
  stands: (relation, difference) =>
    ({
      same: "the chain of this node",
      ahead: `ahead by ${s(difference, "block", "blocks")}`,
      behind: `behind by ${s(difference, "block", "blocks")}`,
    })[relation],
  parts: (index) => `parted after block ${index}`,
  apart: "shares no block with this node",
  fan: (relation, first, last) => {
    const places = first === last ? `block ${first}` : `blocks ${first} to ${last}`;
    if (relation === "parted") return last === 0 ? "share no block with this node" : `parted after ${places}`;
    return relation === "behind" ? `behind, at ${places}` : `ahead, after ${places}`;
  },
  unknownChain: "chain not known",
  by: "by",
  goneTag: "gone",
  listingTag: "printed",
  minesTag: "mines by itself",
  minedTag: (index) => `mined ${index}`,
  everySeconds: (seconds) => `every ${seconds} s`,
  about: (name) => `About ${name}`,
  openPage: "Open the page of this node",
  addressWord: "Address",
  stateWord: "State",
  seenWord: "Answered last",
  tipWord: "Last block",
  minedWord: "Mined last",
  peerError: (code) =>
    ({
      refused: "nothing listens at this address",
      too_slow: "it takes too long to answer",
      not_a_node: "what answers is no node",
      bad_chain: "its chain breaks the rules",
      beyond_limit: "its chain is beyond a limit of this node",
      store: "this node could not store its chain",
      cut_off: "there was no room for its chain",
      interrupted: "checking its chain was interrupted",
    })[code] ?? code,
  newsNode: (name) => `${name} is in the network.`,
  newsGone: (name) => `${name} does not answer any more.`,
  newsBack: (name) => `${name} answers again.`,
  newsBlocks: (name, length) => `${name} has ${s(length, "block", "blocks")} now.`,
  newsForgotten: (name) => `${name} is no longer in the list.`,
  newsMany: (count, longest) =>
    `${s(count, "node has", "nodes have")} changed; the longest chain has ${s(longest, "block", "blocks")}.`,
  entrance: "Others come in here",
  entranceQr: (address) => `QR code of ${address}`,
  entranceJoin: "A node of their own that joins this network:",
  entranceAlone: "This node is for this machine alone. To let others in, start it with",
  connect: "Connect",
  connectTitle: "Connect other nodes",
  connectHint: (port) => `${port}, an address, or nodes.json`,
  connectBad: "This is neither an address nor the JSON of nodes.json.",
  connectResult: (result) =>
    ({
      connected: "connected",
      known: "was known already",
      silent: "added; it does not answer yet",
      asking: "added; it is being asked",
      itself: "is this node itself",
    })[result],
  remove: (address) => `Forget ${address}`,
  longest: "Ask for the longest chain",
  longestHelp: "This node asks all others for their chains, checks them, and takes the longest valid one.",
  longestNone: "There is no other node to ask. Connect one first.",
  longestBusy: "Asking…",
  replacedBy: (address, length) => `The chain of ${address} is longer and was taken: ${s(length, "block", "blocks")}.`,
  replacedFile: (length) => `A longer chain was taken: ${s(length, "block", "blocks")}.`,
  kept: "No chain is longer: the own one is kept.",
  outcome: (outcome) => ({ taken: "taken", passed_over: "passed over", itself: "itself" })[outcome] ?? outcome,
  offer: (code) =>
    ({
      itself: "this address is the node itself",
      adopted: "the longest valid chain",
      not_longer: "it is not longer than the own one",
      unfinished: "it was not read to the end, as a longer one was found",
      outdated: "it has changed meanwhile",
      tie: "as long as the one that was taken, which came first",
      outdone: "another one is longer",
      refused: "nothing listens at this address",
      too_slow: "it takes too long to answer",
      not_a_node: "what answers is no node",
      bad_chain: "it breaks the rules",
      beyond_limit: "it is beyond a limit of this node",
      store: "this node could not store it",
      cut_off: "there was no room for it",
      interrupted: "checking it was interrupted",
    })[code] ?? null,
  beyondLimit: (address, limit) => `The chain of ${address} is beyond this node's limit ${limit}, and is not taken.`,
  fails: "does not answer",
  unasked: "not asked yet",
  listing: "a node of the printed program",
  givenUp: "Blocks that were given up",
  givenUpKept: (number) => `They are kept: bcoin export --given-up ${number}`,
  givenUpNotKept: "They are too long to be kept.",
  returned: "Payments that wait again",
  nothingReturned: "No payment has to wait again.",
  notReturned: (count) =>
    `${s(count, "payment", "payments")} of the blocks that were given up ${count === 1 ? "is" : "are"} gone: no node takes such payments, as a name or an amount is not right.`,

  accounts: "Accounts",
  accountsNone: "No payment is in the chain yet.",
  accountsHelp:
    "Exact sums of all payments in the chain. A balance may be below zero: the printed rules do not forbid it.",
  balance: "Balance",
  received: "Received",

  tamper: "Try to tamper",
  tamperHelp:
    "A copy of the last blocks, in this page alone: the node never sees it. Change anything, and watch which block breaks, and why.",
  tamperStart: "Make a copy",
  tamperAgain: "Start over",
  relink: "Link all blocks anew",
  relinked: (count) => `${s(count, "block", "blocks")} got a new previous_hash.`,
  findProof: "Find the proof",
  valid: "right",
  changed: "changed",
  allRight:
    "The rules find nothing wrong with this copy, although it is not the chain that was mined. That is what the printed puzzle cannot stop: a proof depends on the proof before alone, not on what the block says, so linking anew costs nothing. Only the other nodes, which have the true chain, can tell.",
  untouched: "Nothing was changed yet.",
  broken: (count) => `${s(count, "block is", "blocks are")} not right.`,
  fault: (code, data) =>
    /** @type {Partial<Record<FaultCode, string>>} */ ({
      genesis: 'The first block has index 1, proof 1, previous_hash "0" and no payments.',
      index: `The index has to be ${data.expected}.`,
      link: "The previous_hash is not the hash of the block before.",
      proof: `The proof ${data.proof} does not solve the puzzle that ${data.previous} sets.`,
      integer: `${data.field} has to be a whole number from 1 to 2^63-1.`,
      text: `${data.field} has to be a text.`,
      transaction: `Payment ${data.position} cannot be read.`,
      digits: `Payment ${data.position} holds an integer of more than ${data.most} digits, which Python cannot read.`,
      after: "The block before cannot be read.",
    })[code] ?? code,

  log: "What happens",
  logNone: "Nothing yet. Mine a block, or send a payment.",
  logBlock: (index, count) => `Block ${index} was mined: ${s(count, "transaction", "transactions")}.`,
  logPayment: (block) => `A payment waits for block ${block}:`,
  logPeers: (count) => `The node knows ${s(count, "other node", "other nodes")} now.`,
  logMining: (mode) => `Mining by itself: ${mode}.`,
  logReset: "Some events are lost; the page has read everything anew.",

  glossary: "What do the words mean?",
  words: [
    [
      "Hash",
      "A fingerprint of a text: 64 digits that SHA-256 computes. The same text always has the same hash; the smallest change makes another one.",
    ],
    ["Block", "A page of the ledger: payments, a time, a proof, and the hash of the page before."],
    [
      "Proof",
      "The answer to a puzzle that is hard to find and easy to check: the smallest number whose square, less the square of the proof before, has a hash that begins with 0000. The hash of the block itself begins with anything.",
    ],
    ["Mining", "Trying numbers until one solves the puzzle. Whoever finds it makes the next block and is paid 1."],
    [
      "Longest chain",
      "When two nodes have different chains, the longer valid one wins. What only the shorter one holds is given up; its payments wait again.",
    ],
  ],
  documentation: "For programs: /docs",
  failed: (detail) => `That did not work: ${detail}`,
};
