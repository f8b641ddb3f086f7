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
  actions: "Main actions",
  barMine: "Mine",
  barPay: "Pay",
  barLongest: "Longest chain",
  whyGone: "Waits for the node to answer.",
  notForGuests: (access) =>
    access === "read"
      ? "Other machines may only look: the teacher has started this node so (--guests read)."
      : "Only the node's own machine may do this: the teacher has started it so (--guests use).",
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
  sentIn: (block) => `It is in block ${block}.`,
  whichNumber: "Which one?",
  numberFault: (reason) => (reason === "empty" ? "A number, please." : "This is not a number."),
  rewardsOf: (name) => `${name}’s node (rewards)`,

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
  networkNone: "This node knows no other. Connect one to see who has the longer chain.",
  connect: "Connect",
  connectHint: "An address such as 127.0.0.1:1002, or all of nodes.json",
  connectBad: "This is neither an address nor the JSON of nodes.json.",
  connected: (count) => (count === 0 ? "All of them were known." : `${s(count, "node", "nodes")} connected.`),
  refresh: "Ask again",
  remove: (address) => `Forget ${address}`,
  longest: "Ask for the longest chain",
  longestHelp: "The node asks all others for their chains, checks them, and takes the longest valid one.",
  replacedBy: (address, length) => `The chain of ${address} is longer and was taken: ${s(length, "block", "blocks")}.`,
  replacedFile: (length) => `A longer chain was taken: ${s(length, "block", "blocks")}.`,
  kept: "No chain is longer: the own one is kept.",
  outcome: (outcome) => ({ taken: "taken", passed_over: "passed over", itself: "itself" })[outcome] ?? outcome,
  beyondLimit: (address, limit) => `The chain of ${address} is beyond this node's limit ${limit}, and is not taken.`,
  itself: "this node itself",
  fails: "does not answer",
  unasked: "not asked yet",
  relation: (relation, behind) =>
    ({
      same: "agrees",
      ahead: `is ahead by ${s(behind, "block", "blocks")}`,
      behind: `is behind by ${s(behind, "block", "blocks")}`,
      parted: "has gone another way",
    })[relation] ?? relation,
  partedAfter: (index) => (index === 0 ? "They share no block." : `They part after block ${index}.`),
  branches: (ours, theirs) =>
    `Ours goes on for ${s(ours, "block", "blocks")}, theirs for ${s(theirs, "block", "blocks")}.`,
  ours: "ours",
  theirs: "theirs",
  listing: "a node of the printed listing",
  givenUp: "Blocks that were given up",
  givenUpKept: (number) => `They are kept: bcoin export --given-up ${number}`,
  givenUpNotKept: "They are too long to be kept.",
  returned: "Payments that wait again",
  nothingReturned: "No payment has to wait again.",
  notReturned: (count) =>
    `${s(count, "payment", "payments")} of the blocks that were given up ${count === 1 ? "is" : "are"} gone: no node takes such payments, as a name or an amount is not right.`,

  accounts: "Accounts",
  account: "Account",
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
  problem: (kind) =>
    ({
      "no-answer": "The node does not answer. Nothing was changed here; try again when it runs.",
      "too-slow":
        "The node has not answered in time. Whether it has done this is not known: look before you try again.",
      "bad-body": "The node cannot use what was sent.",
      "body-broken": "The request did not arrive whole. Try again.",
      "bad-host": "The node does not understand the name in this page's address.",
      "bad-query": "The node does not understand what was asked for.",
      "bad-path": "The node does not understand what was asked for.",
      "bad-interval": "Blocks can be mined every 0.1 to 3600 seconds.",
      "too-many-peers": "The node knows as many other nodes as it may. Remove some first.",
      "foreign-host": "The node does not answer to the name in this page's address. Open it by its IP address.",
      "foreign-site": "The node takes orders from its own page only. Open it by its own address.",
      "unknown-path": "This node is another version than this page. Load the page again.",
      "unknown-block": "The chain has no such block. Give the number of a block, or a whole hash of 64 digits.",
      "unknown-account":
        "No payment in the chain names this account. Payments that wait are counted once they are in a block.",
      "unknown-peer": "The node does not know that node any more.",
      "wrong-verb": "This node is another version than this page. Load the page again.",
      "body-too-slow": "Sending took too long. Try again.",
      "body-too-large": "This is more than the node takes at once.",
      "not-saved": "The node could not save this, so nothing has changed. Its log says why.",
      "not-read": "The node cannot read its chain. Its log says why.",
      "not-ready": "The node is not ready. Its log says why.",
      internal: "Something went wrong inside the node. Its log says more.",
      "pending-full": "Too many payments wait. Mine a block, then send it again.",
      "too-many-listeners": "Too many pages follow this node. Close some.",
      stopping: "The node is stopping.",
      "disk-full": "The disk of the node is full, so nothing was saved. Make room, then try again.",
    })[kind] ?? "",
  paymentFault: (code, field) =>
    ({
      missing: field === "amount" ? "How much? A number above 0." : "Whose name?",
      empty: field === "amount" ? "How much? A number above 0." : "Whose name?",
      too_long: field === "amount" ? "At most 4,300 characters." : "At most 256 characters.",
      not_text: "This has to be a text.",
      not_a_number: "This is not a number.",
      not_positive: "It has to be above 0.",
      too_many_digits: "At most 4,300 digits.",
    })[code] ?? "",
  addressFault: (code) =>
    ({
      malformed: "this is not an address. Addresses look like 192.168.1.7:1001.",
      scheme: "addresses of nodes begin with http://, or with nothing.",
      credentials: "an address has no user name and no password.",
      not_asked: "nodes do not ask this kind of address.",
      ipv4_spelling: "an IP address has four numbers from 0 to 255, such as 192.168.1.7.",
      port_zero: "there is no port 0.",
      port_too_large: "ports go up to 65535.",
      port_missing: "the port is missing after the colon.",
      not_text: "an address has to be a text.",
    })[code] ?? "",
};
