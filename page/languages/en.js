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
      ? "Other machines may only look: the teacher started this node that way (--guests read)."
      : "Only the node's own machine may do this: the teacher started it that way (--guests use).",
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
  sentIn: (block) => `It is in block ${block}.`,
  whichNumber: "Which one?",
  numberFault: (reason) => (reason === "empty" ? "A number, please." : "This is not a number."),
  rewardsOf: (name) => `${name}’s node (rewards)`,

  mining: "Mining",
  mine: "Mine a block",
  mineBusy: "Searching…",
  mined: (index, tries, took) => `Block ${index} after ${tries} ${tries === "1" ? "try" : "tries"} in ${took}.`,
  automatic: "Mine automatically",
  modeOff: "off",
  modePayment: "when a payment waits",
  modeInterval: "every so many seconds",
  modeContinuous: "one block after the other",
  seconds: "Seconds",
  secondsBad: "A number of seconds from 0.1 to 3,600, please.",
  slowly: "Slowly",
  slowHelp: "Shows the search in about six seconds. Only the page takes its time: the node mines as before.",
  nextBlock: (index) => `Block ${index}, the next one`,
  waitingNone: "No payment waits. This block would hold the reward alone.",
  morePayments: (count) => `+ ${count.toLocaleString("en")}`,
  reward: "reward",
  searchNone: "The search is shown here",
  searchHelp:
    "Which number n gives a hash that begins with 0000? The node hashes n² − p², written in decimal, where p is the proof before.",
  searchFor: (index) => `Block ${index}: the search for its proof`,
  searchFound: (index) => `Block ${index}: its proof is found`,
  tryNumber: (tried) => `Try ${tried}`,
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
  by: (name) => `by ${name}`,
  milliseconds: (value) => `${value} ms`,
  goneTag: "gone",
  elsewhereTag: (why) => ({ other_rules: "other rules", other_network: "another room" })[why],
  listingTag: "printed",
  minesTag: "mines by itself",
  minedTag: (index) => `mined ${index}`,
  everySeconds: (seconds) => `every ${seconds} s`,
  about: (name) => `About ${name}`,
  openPage: "Open the page of this node",
  addressWord: "Address",
  alsoAt: "Also at",
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
      other_rules: "it follows other rules than this node, and they exchange nothing",
      other_network: "it is in another room than this node, and they exchange nothing",
      changed: "its chain changed while it was fetched",
    })[code] ?? code,
  newsNode: (name) => `${name} is in the network.`,
  newsGone: (name) => `${name} does not answer any more.`,
  newsElsewhere: (name, why) =>
    ({
      other_rules: `${name} follows other rules than this node.`,
      other_network: `${name} is in another room than this node.`,
    })[why],
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
  connectHint: (port) => `a port (${port}), an address, or nodes.json`,
  connectBad: "This is neither an address nor the JSON of nodes.json.",
  connectResult: (result) =>
    ({
      connected: "connected",
      known: "was known already",
      fails: "added; it does not answer yet",
      asking: "added; it is being asked",
      itself: "is this node itself",
    })[result],
  connectFailed: (reason) => `added; ${reason}`,
  remove: (address) => `Forget ${address}`,
  longest: "Ask for the longest chain",
  longestHelp: "This node asks all others for their chains, checks them, and takes the longest valid one.",
  longestNone: "There is no other node to ask. Connect one first.",
  longestBusy: "Asking…",
  replacedBy: (address, length) => `The chain of ${address} is longer and was taken: ${s(length, "block", "blocks")}.`,
  replacedFile: (length) => `A longer chain was taken: ${s(length, "block", "blocks")}.`,
  kept: "No chain is longer: this node keeps its own.",
  outcome: (outcome) => ({ taken: "taken", passed_over: "passed over", itself: "itself" })[outcome] ?? outcome,
  offer: (code) =>
    ({
      itself: "this address is the node itself",
      adopted: "the longest valid chain",
      not_longer: "it is not longer than the chain of this node",
      unfinished: "it has not answered yet; its chain is judged when it arrives",
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
      other_rules: "it follows other rules",
      other_network: "it is in another room",
      changed: "it changed while it was fetched",
    })[code] ?? null,
  beyondLimit: (address, limit) => `The chain of ${address} is beyond this node's limit ${limit}, and is not taken.`,
  fails: "does not answer",
  unasked: "not asked yet",
  listing: "a node of the printed program",
  givenUp: "Blocks that were given up",
  givenUpKept: (number, port) => `They are kept: bcoin export --given-up ${number} --port ${port}`,
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

  tamper: "Try to tamper",
  tamperHelp:
    "A copy of the last blocks, in this page alone: nothing that you do here changes a node. Follow the steps, and see what protects a chain and what does not.",
  tamperStart: "Make a copy",
  tamperAgain: "Start over",
  tamperTooShort: (missing) =>
    `The chain is too short for this. Mine ${s(missing, "more block", "more blocks")} first.`,
  tamperUndo: "Undo the change of this block",
  tamperField: (field) =>
    ({
      index: "Index",
      previous_hash: "Hash of the block before",
      proof: "Proof",
      timestamp: "Time",
      amount: "Amount",
      sender: "Sender",
      receiver: "Receiver",
    })[field] ?? field,
  steps: "Steps",
  stepTitle: (step) =>
    ({
      change: "Change a block",
      break: "See the link break",
      relink: "Repair the links",
      offer: "Show it to the real nodes",
      win: "Make the copy longer",
    })[step],
  stepDone: "done",
  story: (told, data) =>
    ({
      change: "Open a block, and change something in it, such as an amount.",
      isChanged: `Block ${data.changed} is changed (amber). Its hash is another one now.`,
      onlyLinks: "No block is changed by hand, but some name another hash than they did.",
      break: "Each block names the hash of the block before it.",
      isBroken: `Block ${data.broken} names a hash that block ${data.broken - 1} does not have: the link is broken (red). All blocks after it rest on a broken link.`,
      wasBroken: "The link was broken. It is whole again.",
      nothingFollows: "No block comes after the one you have changed, so no link breaks. Change an earlier one.",
      relink: "A forger writes the new hash into each later block.",
      noneBroken: "No link is broken.",
      faulty: `The proof or another field of block ${data.faulty} is not right. Open the block, and find its proof anew or undo the change.`,
      isRelinked: "All links are whole again. Every block after the change has a new hash, too.",
      nothingToOffer: "First change something: a copy without a change says nothing new to a node.",
      offer: "They check the copy and say what they think of it. Nothing changes on any node.",
      isOffered: "This is what they say. Nothing has changed on any node.",
      win: "A node takes a valid chain only when it is longer than its own. Mine one more block on the copy, then show it again.",
      won: `The longest valid chain wins, whoever made it: this node${data.agreeing > 0 ? ` and ${s(data.agreeing, "other", "others")}` : ""} would now take what you have forged. The printed rules are not safe against this, because a proof does not depend on the payments: after a change no old block has to be mined again.`,
    })[told],
  relink: "Link all blocks anew",
  relinked: (count) => `${s(count, "block", "blocks")} got a new previous_hash.`,
  findProof: "Find the proof",
  tamperOffer: "Show it to the nodes",
  offerTooLarge: (kilobytes, most) =>
    `These blocks are too large to be shown: ${kilobytes} KiB, and at most ${most} KiB are allowed. Start over and change a later block.`,
  extend: "Mine one more block on the copy",
  extended: (length) => `Block ${length} was mined on the copy.`,
  cancel: "Cancel",
  heights: (copy, own) =>
    `The copy: ${s(copy, "block", "blocks")}. The chain of this node: ${s(own, "block", "blocks")}.`,
  blockState: (state) =>
    ({ same: "as in the chain", changed: "changed", relinked: "new link, new hash", mined: "mined on the copy" })[
      state
    ],
  blockRests: "rests on a broken link",
  blockWrong: "not right",
  blockSame: "as in the chain",
  hashWas: "was",
  linkWhole: (index, before) => `Block ${index} names the hash of block ${before}.`,
  linkBroken: "Broken link",
  linkNames: (index) => `Block ${index} names`,
  linkIs: (before) => `Block ${before} is now`,
  linkUnreadable: (before) => `Block ${before} cannot be read, so it has no hash.`,
  judged: ({ verdict, code, block, length, own_length }) => {
    if (verdict === "longer") {
      return `It is valid and longer than my chain (${length} blocks, mine has ${own_length}). I would take it.`;
    }
    if (verdict === "not_longer") {
      return `It is valid, but not longer than my chain (${length} and ${own_length} blocks). I keep mine.`;
    }
    const why = {
      unknown_parent: `I do not know the block before block ${block}`,
      shape: block === null ? "The first of these blocks cannot be read" : `Block ${block} cannot be read`,
      genesis: "The first block is not the one that all chains have",
      index: `Block ${block} has the wrong index`,
      link: `Block ${block} does not link to the block before it`,
      proof: `The proof of block ${block} does not solve the puzzle`,
    };
    return `${code === null ? "It is not valid" : why[code]}. I refuse it.`;
  },
  notJudged: (code) =>
    code === "listing" ? "The program printed in the book cannot be asked for its opinion." : "No answer.",
  judgeHere: "This node",
  otherChains: (count) =>
    `${s(count, "node has", "nodes have")} another chain than this one. Let all nodes ask for the longest chain first.`,
  allRight:
    "The rules find nothing wrong with this copy, although it is not the chain that was mined. That is what the printed puzzle cannot stop: a proof depends on the proof before alone, not on what the block says, so linking anew costs nothing. A node that has the true chain keeps it only as long as the copy is not longer.",
  untouched: "Nothing was changed yet.",
  copyWrong: (links, blocks) =>
    [
      links > 0 && `${s(links, "link is", "links are")} broken.`,
      blocks > 0 && `${s(blocks, "block is", "blocks are")} not right.`,
    ]
      .filter(Boolean)
      .join(" "),
  fault: (code, data) =>
    /** @type {Partial<Record<FaultCode, string>>} */ ({
      genesis: 'The first block has index 1, proof 1, previous_hash "0" and no payments.',
      index: `The index has to be ${data.expected}.`,
      proof: `The proof ${data.proof} does not solve the puzzle that ${data.previous} sets.`,
      integer: `${data.field} has to be a whole number from 1 to 2^63-1.`,
      text: `${data.field} has to be a text.`,
      transaction: `Payment ${data.position} cannot be read.`,
      digits: `Payment ${data.position} holds an integer of more than ${data.most} digits, which Python cannot read.`,
    })[code] ?? code,

  log: "What happens",
  logNone: "Nothing yet. Mine a block, or send a payment.",
  logBlock: (index, count) => `Block ${index} was mined: ${s(count, "transaction", "transactions")}.`,
  logPayment: (block) => `A payment waits for block ${block}:`,
  logPeers: (count) => `The node knows ${s(count, "other node", "other nodes")} now.`,
  logMining: (mode) => `Mining automatically: ${mode}.`,
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
      "unknown-address": "The node has no such address for other machines.",
      "unknown-peer": "The node does not know that node any more.",
      "wrong-verb": "This node is another version than this page. Load the page again.",
      "body-too-slow": "Sending took too long. Try again.",
      "body-too-large": "This is more than the node takes at once.",
      "not-saved": "The node could not save this, so nothing has changed. Its log says why.",
      "not-read": "The node cannot read its chain. Its log says why.",
      "not-ready": "The node is not ready. Its log says why.",
      internal: "Something went wrong inside the node. Its log says more.",
      "pending-full": "Too many payments wait. Mine a block, then send it again.",
      "too-many-judgements": "The nodes are looking at the blocks of others. Try again in a moment.",
      "too-many-listeners": "Too many pages follow this node. Close some.",
      stopping: "The node is stopping.",
      "disk-full": "The disk of the node is full, so nothing was saved. Make room, then try again.",
    })[kind] ?? "",
  paymentFault: (code, field) =>
    ({
      empty: field === "amount" ? "How much? A number above 0." : "Whose name?",
      not_positive: "It has to be above 0.",
      not_a_number: "This is not a number.",
      name: "A name of 1 to 256 characters.",
      amount: "A number above 0.",
      too_long: field === "amount" ? "At most 4,300 characters." : "At most 256 characters.",
      too_many_digits: "At most 4,300 digits.",
      not_finite: "This number is too large.",
      not_a_scalar: "This has to be a text or a number.",
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
    })[code] ?? "",
};
