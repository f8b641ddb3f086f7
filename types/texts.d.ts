// The texts of the page's languages. For the type checker alone.

import type { BlockState, FaultCode, FaultData } from "./ledger.d.ts";
import type * as sound from "./sound.d.ts";
import type * as v1 from "./v1.d.ts";
import type { Elsewhere, Kind } from "./network.d.ts";

/** The texts of a language; functions make one from what they are given. */
export interface Texts {
  name: string;
  title: string;
  skip: string;
  connecting: string;
  alive: string;
  gone: string;
  actions: string;
  barMine: string;
  barPay: string;
  barLongest: string;
  /** Why a control is disabled while the node is gone. */
  whyGone: string;
  /** Why a machine that is a guest may not do something. */
  notForGuests(access: v1.Access): string;
  theme: string;
  language: string;
  node: string;
  miner: string;
  data(kind: v1.DataKind): string;
  blocks(count: number): string;
  payments(count: number): string;
  chain: string;
  chainHelp: string;
  goTo: string;
  goToHint: string;
  go: string;
  block(index: number | string): string;
  genesis: string;
  transactions(count: number): string;
  loading: string;
  close: string;
  hash: string;
  previousHash: string;
  proof: string;
  made: string;
  from: string;
  to: string;
  amount: string;
  payment: string;
  nothingIn: string;
  moreRows(count: number): string;
  hashedText: string;
  sameHash: string;
  otherHash: string;
  followLink(index: number): string;
  newest(index: string, fresh: number): string;
  asBlock(index: string): string;
  pending: string;
  pendingNone: string;
  pendingHelp: string;
  sender: string;
  receiver: string;
  send: string;
  sent(block: number): string;
  sentIn(block: number): string;
  /** Asks which of two numbers is meant by a comma. */
  whichNumber: string;
  /** Why a typed number cannot be used. */
  numberFault(reason: "empty" | "not_a_number"): string;
  /** The account from which a node pays its rewards. */
  rewardsOf(name: string): string;
  mining: string;
  mine: string;
  mineBusy: string;
  mined(index: string, tries: string, took: string): string;
  automatic: string;
  modeOff: string;
  modePayment: string;
  modeInterval: string;
  modeContinuous: string;
  seconds: string;
  secondsBad: string;
  slowly: string;
  slowHelp: string;
  nextBlock(index: string): string;
  waitingNone: string;
  morePayments(count: number): string;
  reward: string;
  searchNone: string;
  searchHelp: string;
  searchFor(index: string): string;
  searchFound(index: string): string;
  tryNumber(tried: string): string;
  triesAll(count: number): string;
  nodeTook(took: string): string;
  nodeTookSlow(took: string): string;
  chart: string;
  chartHelp: string;
  chartNone: string;
  chartSays(blocks: number, least: string, middle: string, most: string): string;
  chartLine(index: string, tries: number, time: string): string;
  asTable: string;
  index: string;
  triesHead: string;
  repeats: string;
  repeatsWhy: string;
  repeatsSoon(index: number, again: number, first: number): string;
  repeatsNow(index: string, earlier: string, proof: string): string;
  repeatsNot(index: string): string;
  circleSays(first: number, last: number): string;
  sameProofAs: string;
  network: string;
  pictureLabel: string;
  /** The title of the tab: a node's name, and how many blocks it has. */
  nodeTitle(name: string, block: string): string;
  classLink: string;
  classTitle(name: string): string;
  thisNode: string;
  pictureSummary(nodes: number, others: number, longest: number): string;
  legend(kind: Kind): string;
  stands(relation: Exclude<v1.Relation, "parted">, difference: number): string;
  parts(index: number): string;
  apart: string;
  fan(relation: v1.Relation, first: number, last: number): string;
  unknownChain: string;
  by(name: string): string;
  /** A duration; the number is written already. */
  milliseconds(value: string): string;
  goneTag: string;
  /** Stands beside the name of a node of another network. */
  elsewhereTag(why: Elsewhere): string;
  listingTag: string;
  minesTag: string;
  minedTag(index: number): string;
  everySeconds(seconds: string): string;
  about(name: string): string;
  openPage: string;
  addressWord: string;
  /** Further addresses of the same node. */
  alsoAt: string;
  stateWord: string;
  seenWord: string;
  tipWord: string;
  minedWord: string;
  peerError(code: v1.PeerErrorCode): string;
  newsNode(name: string): string;
  newsGone(name: string): string;
  newsElsewhere(name: string, why: Elsewhere): string;
  newsBack(name: string): string;
  newsBlocks(name: string, length: number): string;
  newsForgotten(name: string): string;
  newsMany(count: number, longest: number): string;
  entrance: string;
  entranceQr(address: string): string;
  entranceJoin: string;
  entranceAlone: string;
  connect: string;
  connectTitle: string;
  connectHint(port: string): string;
  connectBad: string;
  connectResult(result: "connected" | "known" | "fails" | "asking" | "itself"): string;
  /** The result for a node that fails; the reason is one of `peerError`. */
  connectFailed(reason: string): string;
  remove(address: string): string;
  longest: string;
  longestHelp: string;
  longestNone: string;
  longestBusy: string;
  replacedBy(address: string, length: number): string;
  replacedFile(length: number): string;
  kept: string;
  outcome(outcome: v1.Outcome): string;
  /** Null for a word that the page does not know. */
  offer(code: v1.OfferCode): string | null;
  beyondLimit(address: string, limit: string): string;
  fails: string;
  unasked: string;
  listing: string;
  givenUp: string;
  givenUpKept(number: number, port: string): string;
  givenUpNotKept: string;
  returned: string;
  nothingReturned: string;
  notReturned(count: number): string;
  accounts: string;
  account: string;
  accountsNone: string;
  accountsHelp: string;
  balance: string;
  tamper: string;
  tamperHelp: string;
  tamperStart: string;
  tamperAgain: string;
  tamperTooShort(missing: number): string;
  tamperUndo: string;
  tamperField(field: string): string;
  steps: string;
  stepTitle(step: StoryStep): string;
  stepDone: string;
  story(told: Told, data: Record<string, number>): string;
  relink: string;
  relinked(count: number): string;
  findProof: string;
  tamperOffer: string;
  offerTooLarge(kilobytes: number, most: number): string;
  extend: string;
  extended(length: number): string;
  cancel: string;
  heights(copy: number, own: number): string;
  blockState(state: BlockState): string;
  blockRests: string;
  blockWrong: string;
  blockSame: string;
  hashWas: string;
  linkWhole(index: number, before: number): string;
  linkBroken: string;
  linkNames(index: number): string;
  linkIs(before: number): string;
  linkUnreadable(before: number): string;
  judged(judgement: v1.Judgement): string;
  notJudged(code: v1.PeerJudgement["error_code"]): string;
  judgeHere: string;
  otherChains(count: number): string;
  allRight: string;
  untouched: string;
  copyWrong(links: number, blocks: number): string;
  fault(code: FaultCode, data: FaultData): string;
  log: string;
  logNone: string;
  logBlock(index: number, count: number): string;
  logPayment(block: number): string;
  logPeers(count: number): string;
  logMining(mode: string): string;
  logReset: string;
  glossary: string;
  /** Words and what they mean. */
  words: [word: string, meaning: string][];
  documentation: string;
  /** What a type of problem means, as section 7 of the contract names it; empty for an unknown one. */
  problem(kind: string): string;
  /** What is wrong with a field of a payment; empty for an unknown code. */
  paymentFault(code: string, field: string): string;
  /** What is wrong with an address, after the address and a colon; empty for an unknown code. */
  addressFault(code: string): string;
}

/** What is said under the sound rules alone. */
export interface SoundOnly {
  /** An amount of coins, whose number is written already. */
  coins(amount: string, isOne: boolean): string;
  room: string;
  profile(name: string): string;
  /** The work of the whole chain. */
  work(hashes: string): string;
  bits: string;
  nonce: string;
  merkleRoot: string;
  unixSeconds(seconds: number): string;
  /** How many headers are hashed on average for one block. */
  onAverage(trials: string): string;
  versionWord: string;
  size: string;
  bytes(count: string): string;
  rewardWord: string;
  rewardAndFees: string;
  feesIn: string;
  fee: string;
  transfer: string;
  note: string;
  /** A note that is no text. */
  noteBytes: string;
  id: string;
  signature: string;
  /** Stands in the place of an address. */
  nobody: string;
  /** That a block is on a branch beside the chain. */
  beside: string;
  /** How a payment is sent: every second part is code. */
  signedElsewhere: string[];
  /** Why payments wait no more although no block of the chain holds them. */
  left(why: sound.Departure, count: number): string;
  /** Why a node mines nothing. */
  noReceiver: string;
  lastBlock(index: string): string;
  chance(trials: string): string;
  foundBy: string;
  foundHere: string;
  foundElsewhere: string;
  /** Follow foundHere. */
  afterTries(tries: string): string;
  inTime(took: string): string;
  logBlockCame(index: number, count: number): string;
  logTransaction: string;
  /** What became of the blocks that were given up and of their payments. */
  undone(blocks: number, returned: number, gone: number): string;
  /** A warning that many blocks were given up at once. */
  deep(blocks: number): string;
  addressOf: string;
  addressHint: string;
  sentCount: string;
  nextNonce: string;
  immature: string;
  accountEmpty: string;
  older: string;
  /** Stands beside a payment that is in no block yet, where others have their block. */
  waits: string;
  /** What helps when the name of the room is not enough to get in. */
  joinElsewhere: string;
}

/** The texts of a language for the sound rules: those that they alone have, and those that say something else there. */
export type SoundTexts = SoundOnly & Partial<Texts>;

export type AllTexts = Texts & SoundOnly;

/** The steps of the story of a forged copy. */
export type StoryStep = "change" | "break" | "relink" | "offer" | "win";

/** What is said of a step, as things stand. */
export type Told =
  | "change"
  | "isChanged"
  | "onlyLinks"
  | "break"
  | "isBroken"
  | "wasBroken"
  | "nothingFollows"
  | "relink"
  | "noneBroken"
  | "faulty"
  | "isRelinked"
  | "nothingToOffer"
  | "offer"
  | "isOffered"
  | "win"
  | "won";

/** What makes a text. */
export type TextValues<Key extends keyof AllTexts> = AllTexts[Key] extends (...values: infer Values) => string | null
  ? Values
  : [];

/** What the page shows for a key. */
export type Text<Key extends keyof AllTexts> = AllTexts[Key] extends (...values: never) => infer Result
  ? Result
  : AllTexts[Key];
