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
  newest: (index, fresh) => `↑ Newest: block ${index}${fresh > 0 ? ` (${fresh.toLocaleString("en")} new)` : ""}`,
  asBlock: (index) => `as block ${index}`,

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
  secondsBad: "A number of seconds from 0.1 to 3,600, please.",
  whyGone: "The node does not answer.",
  notForGuests: (access) =>
    access === "read"
      ? "The teacher has chosen that guests only look."
      : "The teacher has chosen that guests change no settings.",
  slowly: "Slowly",
  slowHelp: "Shows the search in about six seconds. Only the page takes its time: the node mines as before.",
  nextBlock: (index) => `Block ${index}, the next one`,
  waitingNone: "No payment waits. This block would hold the reward alone.",
  morePayments: (count) => `+ ${count.toLocaleString("en")}`,
  reward: "reward",
  searchNone: "The search is shown here",
  searchHelp:
    "Which number n gives a hash that begins with 0000? Hashed is n² less the square of the proof before, as decimal digits.",
  searchFor: (index) => `Block ${index}: the search for its proof`,
  searchFound: (index) => `Block ${index}: its proof is found`,
  triesOf: (tried, all) => `Try ${tried} of ${all}`,
  triesAll: (count) => s(count, "try", "tries"),
  nodeTook: (took) => `The node needed ${took}. The page repeats some of its tries.`,
  nodeTookSlow: (took) =>
    `The node was much faster: ${took}. Only this page takes its time; the rules stay as they are.`,

  chart: "Work and proofs",
  chartHelp:
    "How many tries each block took. Nobody knows beforehand: a few hundred, or a few hundred thousand. The search counts up from 1, so the proof is the number of tries. Each line is ten times the one below it.",
  chartNone: "No block was mined yet.",
  chartSays: (blocks, least, middle, most) =>
    `Tries of the last ${s(blocks, "block", "blocks")}: at least ${least}, at most ${most}; half of them took at most ${middle}.`,
  chartLine: (index, tries, time) => `Block ${index}: ${s(tries, "try", "tries")}${time && `, at ${time}`}`,
  asTable: "As a table",
  index: "Block",
  triesHead: "Tries",
  repeats: "The proofs repeat",
  repeatsWhy:
    "A puzzle depends on the proof before it and on nothing else: not on payments, names or time. So whoever counts up from 1 finds the same proofs, on every node, and once a proof comes again, all that follow it come again, too. There are 225 different ones. The real Bitcoin hashes the block itself, so no puzzle comes twice.",
  repeatsSoon: (index, again, first) =>
    `The first 225 blocks have different proofs; this chain is at block ${index}. Searched for from 1 on, block ${again} will have the proof of block ${first}.`,
  repeatsNow: (index, earlier, proof) => `Block ${index} has the proof of block ${earlier}: ${proof}.`,
  repeatsNot: (index) => `Block ${index} has another proof than a search from 1 on would find here.`,
  circleSays: (first, last) =>
    `A line from block 1 to block ${first}, then a circle: after block ${last} come the proofs from block ${first} on again.`,
  sameProofAs: "Same proof as",

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
